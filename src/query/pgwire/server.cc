#include "query/pgwire/server.h"

#include "base/random.h"
#include "query/pgwire/connection.h"

namespace millrace::query::pgwire {

Server::Server(const io::World& world, io::EventLoop& loop, Engine& engine,
               const ServerOptions& options)
    : world_(world),
      loop_(loop),
      engine_(engine),
      options_(options),
      workers_(options.workers),
      listener_(loop.listen(
          options.address, options.port,
          [this](std::unique_ptr<io::Connection> connection) { accept(std::move(connection)); })) {}

Server::~Server() {
  for (const auto& [process, connection] : connections_) {
    connection->abandon();
  }
}

uint16_t Server::port() const { return listener_->port(); }

void Server::accept(std::unique_ptr<io::Connection> connection) {
  const int32_t process = next_process_++;
  const auto secret = static_cast<int32_t>(world_.random->next());
  const auto made = std::make_shared<Connection>(this, std::move(connection), process, secret);
  connections_.emplace(process, made);
  made->start();
}

void Server::cancel(int32_t process, int32_t secret) {
  const auto found = connections_.find(process);
  if (found != connections_.end()) {
    found->second->cancel(secret);
  }
}

void Server::forget(int32_t process) { connections_.erase(process); }

}  // namespace millrace::query::pgwire
