#include "kinesis/reply.h"

namespace millrace::kinesis {

void Reply::send_body() {
  send_({.status = 200,
         .content_type = std::string(content_type_of(out_.encoding())),
         .body = out_.take(),
         .headers = {}});
}

void Reply::refuse(Fault fault, std::string_view message) {
  Writer out(out_.encoding());
  out.begin_object();
  out.text("__type", name_of(fault));
  out.text("message", message);
  out.end_object();
  send_({.status = status_of(fault),
         .content_type = std::string(content_type_of(out.encoding())),
         .body = out.take(),
         .headers = {{"x-amzn-ErrorType", std::string(name_of(fault))}}});
}

}  // namespace millrace::kinesis
