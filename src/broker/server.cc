#include "broker/server.h"

#include <deque>
#include <utility>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "broker/broker.h"
#include "broker/frames.h"
#include "broker/metrics.h"
#include "broker/session.h"
#include "io/tls.h"

namespace millrace::broker {

static constexpr int kMostInATurn = 64;

// One connection, its frames and its session.
class Server::Client {
 public:
  Client(Server& server, uint64_t number, std::unique_ptr<io::Connection> connection)
      : server_(server),
        number_(number),
        frames_(server.options_.max_unknown_frame_bytes),
        connection_(std::move(connection)) {
    server_.broker_.metrics().connections.add(1);
    session_ = std::make_shared<Session>(
        server_.broker_, server_.endpoint_, connection_->peer(),
        Session::Events{[this](kafka::Frame frame) { send(std::move(frame)); }, [this] { close(); },
                        [this](Duration time) { hold_back(time); }});
  }
  ~Client() {
    session_->end();
    server_.broker_.metrics().connections.add(-1);
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // It waits for nothing, and says nothing, nor takes anything of its answers.
  bool is_silent_since(Instant then) {
    const uint64_t left = written_ - connection_->unsent();
    if (std::exchange(left_, left) != left) {
      heard_ = server_.broker_.world().clock->monotonic();
    }
    return heard_ < then && !held_back_ && session_->unanswered() == 0 &&
           (requests_.empty() || connection_->unsent() > 0);
  }
  const std::string& peer() const { return connection_->peer(); }
  void close() {
    closing_ = true;
    connection_->close_after_writes();
  }
  // Without a wait for what it does not read.
  void drop() { server_.drop(number_); }

  void start() {
    connection_->start({[this](std::string_view bytes) { receive(bytes); },
                        [this](std::string_view why) { end(why); }, [this] { balance(); }});
  }

 private:
  void end(std::string_view why) {
    if (why.starts_with(io::kNoTls)) {
      server_.broker_.world().log->warning("broker", "connection closed",
                                           {{"peer", connection_->peer()}, {"error", why}});
      server_.broker_.metrics().closed_for_fault.add();
    }
    server_.drop(number_);
  }
  void receive(std::string_view bytes) {
    if (closing_) {
      return;
    }
    heard_ = server_.broker_.world().clock->monotonic();
    frames_.take_at_most(session_->is_known() ? server_.options_.max_frame_bytes
                                              : server_.options_.max_unknown_frame_bytes);
    try {
      frames_.append(bytes, [this](SharedBytes frame) { requests_.push_back(std::move(frame)); });
    } catch (const Error& error) {
      // No request came of it that could be answered: part of the place where requests end.
      server_.broker_.world().log->warning(
          "broker", "connection closed",
          {{"peer", connection_->peer()}, {"error", error.message()}});
      server_.broker_.metrics().closed_for_fault.add();
      close();
    }
    serve_some();
  }
  // What one read brings may be thousands of small requests: others have their turns in between.
  void serve_some() {
    serving_ = true;
    for (int served = 0; !requests_.empty() && !closing_ && !is_behind() && served < kMostInATurn;
         ++served) {
      const SharedBytes request = std::move(requests_.front());
      requests_.pop_front();
      session_->receive(request);
    }
    serving_ = false;
    balance();
  }
  void serve_later() {
    if (std::exchange(serves_later_, true)) {
      return;
    }
    server_.broker_.loop().post([self = std::weak_ptr<Client*>(self_)] {
      if (const auto client = self.lock()) {
        (*client)->serves_later_ = false;
        (*client)->serve_some();
      }
    });
  }
  // What it sends meanwhile waits, at last in its own buffers.
  void hold_back(Duration time) {
    held_back_ = true;
    timer_ = server_.broker_.loop().run_after(time, [this] {
      held_back_ = false;
      balance();
    });
    if (!serving_) {
      balance();
    }
  }
  bool is_behind() const {
    return held_back_ || connection_->unsent() > server_.options_.most_unsent_bytes ||
           session_->unanswered() > server_.options_.most_unanswered;
  }
  void send(kafka::Frame frame) {
    frame.take_parts(
        [this](std::string bytes) {
          written_ += bytes.size();
          connection_->write(std::move(bytes));
        },
        [this](SharedBytes bytes) {
          written_ += bytes.size();
          connection_->write(std::move(bytes));
        });
    if (!serving_) {
      balance();
    }
  }
  // Reads from a client that keeps up, and not from one that does not.
  void balance() {
    const bool behind = is_behind() || !requests_.empty();
    if (!requests_.empty() && !is_behind() && !closing_) {
      serve_later();
    }
    if (behind != paused_ && !closing_) {
      paused_ = behind;
      if (behind) {
        connection_->pause_reading();
      } else {
        connection_->resume_reading();
      }
    }
  }

  Server& server_;
  const uint64_t number_;
  Frames frames_;
  std::shared_ptr<Session> session_;
  std::unique_ptr<io::Connection> connection_;
  std::deque<SharedBytes> requests_;  // those of the last read that are not served yet
  std::shared_ptr<Client*> self_ = std::make_shared<Client*>(this);
  std::unique_ptr<io::Timer> timer_;  // while it is held back
  bool held_back_ = false;
  uint64_t written_ = 0;  // bytes of answers
  uint64_t left_ = 0;     // those of them that had left when somebody looked last
  Instant heard_ = server_.broker_.world().clock->monotonic();
  bool serves_later_ = false;
  bool serving_ = false;
  bool paused_ = false;
  bool closing_ = false;
};

Server::Server(Broker& broker, ServerOptions options)
    : broker_(broker),
      options_(std::move(options)),
      endpoint_{options_.advertised_host.empty() ? options_.address : options_.advertised_host, 0,
                options_.login, options_.tls == nullptr ? Wire::clear : Wire::tls},
      self_(std::make_shared<Server*>(this)),
      listener_(broker.loop().listen(
          options_.address, options_.port,
          [this](std::unique_ptr<io::Connection> connection) { accept(std::move(connection)); })) {
  endpoint_.port = listener_->port();
  broker_.world().log->info("broker", "listening",
                            {{"address", options_.address}, {"port", int64_t{port()}}});
  close_silent();
}

Server::~Server() = default;

void Server::accept(std::unique_ptr<io::Connection> connection) {
  if (clients_.size() >= options_.most_connections) {
    broker_.world().log->warning(
        "broker", "connection refused: there are too many",
        {{"peer", connection->peer()}, {"limit", static_cast<int64_t>(options_.most_connections)}});
    return;  // which closes it
  }
  if (options_.tls != nullptr) {
    connection = options_.tls->over(std::move(connection));
  }
  const uint64_t number = next_number_++;
  auto& client = clients_[number];
  client = std::make_unique<Client>(*this, number, std::move(connection));
  client->start();
}

void Server::close_silent() {
  const Instant now = broker_.world().clock->monotonic();
  for (const auto& [number, client] : clients_) {
    if (client->is_silent_since({now.ns - options_.most_silence.ns})) {
      broker_.world().log->info("broker", "silent connection closed", {{"peer", client->peer()}});
      client->close();
      client->drop();
    }
  }
  next_look_ =
      broker_.loop().run_after({options_.most_silence.ns / 10}, [this] { close_silent(); });
}

void Server::drop(uint64_t number) {
  broker_.loop().post([self = std::weak_ptr<Server*>(self_), number] {
    if (const auto server = self.lock()) {
      (*server)->clients_.erase(number);
    }
  });
}

}  // namespace millrace::broker
