#pragma once

// The Postgres port. Connections are served on the event loop; their statements run on workers.
//
// Bounds: so many connections at once, one message of a client at work and the rest unread, and
// results handed out only as fast as the client takes them.

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "io/event_loop.h"
#include "io/world.h"
#include "query/engine.h"
#include "query/worker_pool.h"

namespace millrace::query::pgwire {

class Connection;

struct ServerOptions {
  std::string address = "127.0.0.1";
  uint16_t port = 5439;  // 0 for any
  std::string user = "millrace";
  size_t workers = 2;
  size_t max_connections = 100;
};

// Loop thread only. World, loop and engine outlive it.
class Server {
 public:
  // Throws Error(unavailable) where it cannot listen.
  Server(const io::World& world, io::EventLoop& loop, Engine& engine, const ServerOptions& options);
  // Ends all connections and waits for what runs.
  ~Server();

  uint16_t port() const;

 private:
  friend class Connection;
  void accept(std::unique_ptr<io::Connection> connection);
  void cancel(int32_t process, int32_t secret);
  void forget(int32_t process);

  io::World world_;
  io::EventLoop& loop_;
  Engine& engine_;
  ServerOptions options_;
  WorkerPool workers_;
  std::map<int32_t, std::shared_ptr<Connection>> connections_;  // by process number
  int32_t next_process_ = 1;
  std::unique_ptr<io::Listener> listener_;
};

}  // namespace millrace::query::pgwire
