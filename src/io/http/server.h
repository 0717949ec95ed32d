#pragma once

// Serves HTTP/1.1 on an event loop: keep-alive, one request of a connection at a time, limits on
// sizes, connections and how long a peer may take. Loop thread only.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/time.h"
#include "io/http/message.h"
#include "io/http/request_parser.h"

namespace millrace::io {
class EventLoop;
}

namespace millrace::io::http {

struct ServerOptions {
  std::string address = "127.0.0.1";
  uint16_t port = 0;
  Limits limits;
  size_t connections = 1000;
  Duration request_timeout = Duration::seconds(30);  // for a whole request to arrive
  Duration idle_timeout = Duration::seconds(75);     // between requests
};

class Server {
 public:
  // Answers one request. Called at most once, on the loop, now or later; where the peer has gone
  // or the server was destroyed in the meantime, nothing happens.
  using Respond = std::function<void(Response)>;
  using Handler = std::function<void(Request, Respond)>;

  // Throws Error(unavailable) where it cannot listen. The loop outlives the server.
  Server(EventLoop& loop, ServerOptions options, Handler handler);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  uint16_t port() const;
  // No new connections; each present one closes once it has its answer, at once where it waits
  // for none.
  void drain();
  size_t connections() const;

 private:
  class Session;
  struct State;
  std::shared_ptr<State> state_;  // Respond functions hold it weakly
};

}  // namespace millrace::io::http
