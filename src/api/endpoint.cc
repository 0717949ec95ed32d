#include "api/endpoint.h"

#include "io/event_loop.h"
#include "io/http/origin.h"

namespace millrace::api {

using io::http::Request;
using io::http::Response;

// So that a full queue of slow statements never makes the process look dead.
static bool is_quick(const Request& request) {
  return request.path == "/healthz" || request.path == "/readyz" || request.path == "/metrics";
}

Endpoint::Endpoint(io::EventLoop& loop, io::http::ServerOptions options, size_t worker_threads,
                   Services services)
    : loop_(loop),
      address_(options.address),
      router_(std::move(services)),
      server_(loop, std::move(options),
              [this](Request request, const io::http::Server::Respond& respond) {
                handle(std::move(request), respond);
              }),
      workers_(worker_threads, worker_threads * 64) {}

void Endpoint::handle(Request request, const io::http::Server::Respond& respond) {
  if (!is_trusted(request, address_)) {
    respond(error_response(Error(ErrorCode::forbidden,
                                 "this server answers to localhost alone, and to no other page")));
    return;
  }
  if (is_quick(request)) {
    respond(router_.answer(request));
    return;
  }
  const auto shared = std::make_shared<Request>(std::move(request));
  const bool queued = workers_.run([this, shared, respond] {
    loop_.post([respond, response = router_.answer(*shared)] { respond(response); });
  });
  if (!queued) {
    respond(error_response(
        Error(ErrorCode::unavailable, "too many requests are waiting: try again in a moment")));
  }
}

}  // namespace millrace::api
