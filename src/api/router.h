#pragma once

// Answers requests of the REST API: finds the route, runs it, makes errors into responses. Knows
// nothing of connections, so the command line asks it directly where no server runs.

#include <memory>

#include "api/services.h"
#include "base/error.h"
#include "io/http/message.h"

namespace millrace::api {

class Router {
 public:
  explicit Router(Services services) : services_(std::move(services)) {}

  // Any thread; may wait for the disk. Never throws.
  io::http::Response answer(const io::http::Request& request) const;

 private:
  io::http::Response dispatch(const io::http::Request& request) const;

  Services services_;
};

// The HTTP status that says the same as the code.
int status_of(ErrorCode code);
// {"error": {"code", "message", "position"}}
io::http::Response error_response(const Error& error);

}  // namespace millrace::api
