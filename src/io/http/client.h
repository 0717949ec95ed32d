#pragma once

// A small blocking HTTP/1.1 client for the command line: a connection for each request, a deadline
// for the whole of it. Never used where an event loop runs.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"
#include "io/http/message.h"

namespace millrace::io::http {

class Client {
 public:
  // `address` is a numeric one.
  Client(std::string address, uint16_t port, Duration timeout)
      : address_(std::move(address)), port_(port), timeout_(timeout) {}

  // Throws Error(unavailable) where nobody answers, timeout, or corrupt where it is not HTTP.
  // Whatever the status is, it is returned.
  Response send(std::string_view method, std::string_view target, std::string_view body = "",
                std::string_view content_type = "application/json") const;

 private:
  std::string address_;
  uint16_t port_;
  Duration timeout_;  // for each wait on the network
};

// The whole of a response whose connection has been closed. Throws Error(corrupt).
Response parse_response(std::string_view bytes);

}  // namespace millrace::io::http
