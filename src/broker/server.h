#pragma once

// Brings a port's connections to the broker: puts frames together, hands answers back, and keeps
// what a client can make us hold within bounds.

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>

#include "base/time.h"
#include "broker/endpoint.h"
#include "io/event_loop.h"

namespace millrace::io {
class Tls;
}

namespace millrace::broker {

class Broker;

struct ServerOptions {
  std::string address = "127.0.0.1";
  uint16_t port = 9092;         // 0: any that is free
  std::string advertised_host;  // the address, where it is empty
  LoginPolicy login = LoginPolicy::anybody;
  std::shared_ptr<const io::Tls> tls;     // null: in the clear
  uint32_t max_frame_bytes = 100U << 20;  // Kafka's socket.request.max.bytes
  // Of who has yet to log in: Kafka's sasl.server.max.receive.size.
  uint32_t max_unknown_frame_bytes = 512U << 10;
  // A client that does not read its answers, or asks without end, is not read from either. One
  // answer may be more than that; thousands of small ones take several times their size.
  size_t most_unsent_bytes = 1U << 20;
  size_t most_unanswered = 1'000;
  size_t most_connections = 20'000;  // more are closed as they come
  // Whoever says nothing for so long and waits for nothing is taken for gone, for a machine may
  // vanish without a word. Kafka's connections.max.idle.ms.
  Duration most_silence = Duration::seconds(600);
};

// Loop thread only.
class Server {
 public:
  // Listens from now on. `broker` outlives it. Throws
  // Error(unavailable) where the port is taken.
  Server(Broker& broker, ServerOptions options);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  uint16_t port() const { return listener_->port(); }
  size_t connections() const { return clients_.size(); }

 private:
  class Client;

  void accept(std::unique_ptr<io::Connection> connection);
  // The client may be on the stack: it goes when the loop is back.
  void drop(uint64_t number);
  void close_silent();

  Broker& broker_;
  const ServerOptions options_;
  Endpoint endpoint_;
  std::unordered_map<uint64_t, std::unique_ptr<Client>> clients_;
  uint64_t next_number_ = 0;
  std::shared_ptr<Server*> self_;  // for what the loop still holds when this is gone
  std::unique_ptr<io::Listener> listener_;
  std::unique_ptr<io::Timer> next_look_;  // for silent clients
};

}  // namespace millrace::broker
