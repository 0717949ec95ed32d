#pragma once

// The REST API on a socket: connections on the event loop, answers on worker threads.

#include <cstdint>
#include <memory>

#include "api/router.h"
#include "api/workers.h"
#include "io/http/server.h"

namespace millrace::api {

class Endpoint {
 public:
  // Listens at once, on the loop's thread. Throws Error(unavailable).
  Endpoint(io::EventLoop& loop, io::http::ServerOptions options, size_t worker_threads,
           Services services);

  uint16_t port() const { return server_.port(); }
  // As io::http::Server::drain().
  void drain() { server_.drain(); }
  bool is_drained() const { return server_.connections() == 0; }

 private:
  void handle(io::http::Request request, const io::http::Server::Respond& respond);

  io::EventLoop& loop_;
  std::string address_;
  Router router_;
  io::http::Server server_;
  Workers workers_;  // ends first: its tasks use the router
};

}  // namespace millrace::api
