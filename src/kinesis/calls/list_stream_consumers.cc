// ListStreamConsumers: those of enhanced fan-out, of which there are none.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListStreamConsumers.html

#include "kinesis/calls.h"

namespace millrace::kinesis {

void list_stream_consumers(const Call& call, Writer& out) {
  static_cast<void>(call.in.number("MaxResults", 1, 10'000));
  static_cast<void>(call.in.required_text("StreamARN", kStreamArnRule));
  call.in.refuse("NextToken");
  call.in.check();
  static_cast<void>(call.service.find(call.caller, broker::Operation::describe, call.in));
  out.begin_object();
  out.name("Consumers");
  out.begin_list();
  out.end_list();
  out.end_object();
}

}  // namespace millrace::kinesis
