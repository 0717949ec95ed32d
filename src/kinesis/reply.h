#pragma once

// The answer of one call, and the way back to the client. Any thread, one at a time.

#include <functional>

#include "io/http/message.h"
#include "kinesis/refusal.h"
#include "kinesis/writer.h"

namespace millrace::kinesis {

class Reply {
 public:
  using Send = std::function<void(io::http::Response)>;

  Reply(Encoding encoding, Send send) : out_(encoding), send_(std::move(send)) {}

  // Where the answer is written before send_body().
  Writer& out() { return out_; }
  void send_body();
  void refuse(Fault fault, std::string_view message);

 private:
  Writer out_;
  Send send_;
};

}  // namespace millrace::kinesis
