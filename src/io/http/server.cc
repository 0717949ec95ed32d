#include "io/http/server.h"

#include <map>
#include <utility>

#include "base/json.h"
#include "io/event_loop.h"

namespace millrace::io::http {

struct Server::State {
  State(EventLoop& l, ServerOptions o, Handler h)
      : loop(l), options(std::move(o)), handler(std::move(h)) {}

  EventLoop& loop;
  ServerOptions options;
  Handler handler;
  std::unique_ptr<Listener> listener;
  std::map<uint64_t, std::unique_ptr<Session>> sessions;
  uint64_t next_session = 0;
  bool draining = false;

  // Later, because the caller may stand inside the session.
  void close_later(std::weak_ptr<State> self, uint64_t id) {
    loop.post([self = std::move(self), id] {
      if (const auto state = self.lock()) {
        state->sessions.erase(id);
      }
    });
  }
};

// Of answers that the peer does not read, beside the last one: behind them its requests wait.
static constexpr size_t kUnsentBytes = size_t{1} << 20;

static std::string rendered(const Response& response, bool keep_alive, bool with_body) {
  std::string text = "HTTP/1.1 " + std::to_string(response.status) + " " +
                     std::string(reason_of(response.status)) + "\r\n";
  if (response.status != 204) {
    text += "Content-Type: " + response.content_type + "\r\n";
    text += "Content-Length: " + std::to_string(response.body.size()) + "\r\n";
  }
  for (const Header& header : response.headers) {
    text += header.name + ": " + header.value + "\r\n";
  }
  text += keep_alive ? "\r\n" : "Connection: close\r\n\r\n";
  return with_body && response.status != 204 ? text + response.body : text;
}

// One connection. Lives in State::sessions; gone when the connection is.
class Server::Session {
 public:
  Session(std::weak_ptr<State> owner, State& state, uint64_t id,
          std::unique_ptr<Connection> connection)
      : owner_(std::move(owner)),
        state_(state),
        id_(id),
        connection_(std::move(connection)),
        parser_(state.options.limits) {}

  void start() {
    wait(state_.options.idle_timeout);
    connection_->start({.on_data = [this](std::string_view bytes) { receive(bytes); },
                        .on_close = [this](std::string_view) { state_.close_later(owner_, id_); },
                        .on_drained = [this] { drained(); }});
  }

  void answer(const Response& response) {
    if (!answering_) {
      return;
    }
    answering_ = false;
    keep_alive_ = keep_alive_ && !state_.draining;
    connection_->write(rendered(response, keep_alive_, with_body_));
    if (!keep_alive_) {
      close();
    } else if (!dispatching_) {
      connection_->resume_reading();
      advance();
    }
  }

  void drain() {
    if (!answering_) {
      close();
    }
  }

 private:
  void receive(std::string_view bytes) {
    if (closing_) {
      return;  // what follows a refused request
    }
    pending_.append(bytes);
    advance();
  }

  void drained() {
    if (std::exchange(held_, false) && !closing_) {
      wait(parser_.idle() ? state_.options.idle_timeout : state_.options.request_timeout);
      connection_->resume_reading();
      advance();
    }
  }

  // Answers what has arrived, up to a request whose answer takes longer.
  void advance() {
    while (!answering_ && !closing_ && !held_) {
      if (connection_->unsent() > kUnsentBytes) {
        held_ = true;
        wait_for_reader();  // the peer is not idle: it has answers to read
        connection_->pause_reading();
        return;
      }
      const bool was_idle = parser_.idle();
      pending_.erase(0, parser_.feed(pending_));
      if (parser_.refusal()) {
        refuse(*parser_.refusal());
      } else if (parser_.complete()) {
        Request request = parser_.take();
        request.peer = connection_->peer();
        dispatch(std::move(request));
      } else {
        if (parser_.take_wants_continue()) {
          connection_->write("HTTP/1.1 100 Continue\r\n\r\n");
        }
        if (was_idle) {
          wait(parser_.idle() ? state_.options.idle_timeout : state_.options.request_timeout);
        }
        return;
      }
    }
  }

  void dispatch(Request request) {
    timer_.reset();
    answering_ = true;
    keep_alive_ = request.keep_alive;
    with_body_ = request.method != "HEAD";
    dispatching_ = true;
    state_.handler(std::move(request), [owner = owner_, id = id_](const Response& response) {
      if (const auto state = owner.lock()) {
        if (const auto found = state->sessions.find(id); found != state->sessions.end()) {
          found->second->answer(response);
        }
      }
    });
    dispatching_ = false;
    if (answering_) {
      connection_->pause_reading();  // the peer's next requests wait in the kernel
    }
  }

  void refuse(const Refusal& refusal) {
    Json error = Json::object({{"code", "invalid_argument"}, {"message", refusal.message}});
    const Response response{.status = refusal.status,
                            .content_type = "application/json",
                            .body = Json::object({{"error", std::move(error)}}).dump() + "\n",
                            .headers = {}};
    connection_->write(rendered(response, false, true));
    close();
  }

  void close() {
    closing_ = true;
    timer_.reset();
    connection_->close_after_writes();
    if (connection_->unsent() > 0) {
      wait_for_reader();
    }
  }

  // Whoever takes nothing of its answers in that time will not take them.
  void wait_for_reader() {
    timer_ =
        state_.loop.run_after(state_.options.idle_timeout, [this, unsent = connection_->unsent()] {
          if (connection_->unsent() < unsent) {
            wait_for_reader();
          } else {
            state_.close_later(owner_, id_);
          }
        });
  }

  void wait(Duration timeout) {
    timer_ = state_.loop.run_after(timeout, [this] {
      if (!parser_.idle()) {
        refuse({408, "the request did not arrive in time"});
      } else {
        close();
      }
    });
  }

  std::weak_ptr<State> owner_;
  State& state_;  // owns this
  uint64_t id_;
  std::unique_ptr<Connection> connection_;
  RequestParser parser_;
  std::string pending_;  // arrived, not parsed yet
  std::unique_ptr<Timer> timer_;
  bool answering_ = false;    // a request is with the handler
  bool dispatching_ = false;  // the handler is on the stack
  bool keep_alive_ = true;
  bool with_body_ = true;
  bool held_ = false;  // until the peer has read its answers
  bool closing_ = false;
};

Server::Server(EventLoop& loop, ServerOptions options, Handler handler)
    : state_(std::make_shared<State>(loop, std::move(options), std::move(handler))) {
  State& state = *state_;
  state.listener = loop.listen(
      state.options.address, state.options.port,
      [&state, weak = std::weak_ptr<State>(state_)](std::unique_ptr<Connection> connection) {
        if (state.sessions.size() >= state.options.connections) {
          return;  // destroyed, and so closed: the peer may try again
        }
        const uint64_t id = state.next_session++;
        const auto [at, added] = state.sessions.emplace(
            id, std::make_unique<Session>(weak, state, id, std::move(connection)));
        at->second->start();
      });
}

Server::~Server() = default;

uint16_t Server::port() const { return state_->listener->port(); }

size_t Server::connections() const { return state_->sessions.size(); }

void Server::drain() {
  state_->listener.reset();
  state_->draining = true;
  for (const auto& [id, session] : state_->sessions) {
    session->drain();
  }
}

}  // namespace millrace::io::http
