#include "io/asio_loop.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <deque>
#include <variant>

#include "base/check.h"
#include "base/error.h"

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace millrace::io {

namespace {

constexpr size_t kReadBytes = 256 * 1024;

using Part = std::variant<std::string, SharedBytes>;

std::string_view view_of(const Part& part) {
  const auto* own = std::get_if<std::string>(&part);
  return own != nullptr ? *own : std::get<SharedBytes>(part).view();
}

// What outlives the AsioConnection while reads and writes are under way: their handlers hold it.
class Stream : public std::enable_shared_from_this<Stream> {
 public:
  // Reads go through `room`, which all connections of a listener share: one of its own for each
  // would cost more than all else, and most are idle.
  Stream(tcp::socket socket, std::shared_ptr<std::vector<char>> room)
      : socket_(std::move(socket)), room_(std::move(room)) {
    error_code ignored;  // the peer may be gone already; the first read will say so
    socket_.set_option(tcp::no_delay(true), ignored);
    socket_.non_blocking(true, ignored);
    const tcp::endpoint remote = socket_.remote_endpoint(ignored);
    peer_ = remote.address().to_string() + ":" + std::to_string(remote.port());
  }

  void start(Connection::Events events) {
    events_ = std::move(events);
    read_next();
  }
  void write(Part part) {
    const size_t size = view_of(part).size();
    if (closed_ || size == 0) {
      return;
    }
    unsent_ += size;
    queued_.push_back(std::move(part));
    // Not at once: what else is written in this turn goes with it.
    if (!writing_) {
      writing_ = true;
      asio::post(socket_.get_executor(), [self = shared_from_this()] { self->write_next(); });
    }
  }
  size_t unsent() const { return unsent_; }
  void pause_reading() { paused_ = true; }
  void resume_reading() {
    paused_ = false;
    read_next();
  }
  void close_after_writes() {
    closing_ = true;
    if (!writing_) {
      close_with("closed here");
    }
  }
  // The owner is gone: no callback from now on.
  void abandon() {
    events_ = {};
    close_with("abandoned");
  }
  const std::string& peer() const { return peer_; }

 private:
  void read_next() {
    if (paused_ || reading_ || closed_) {
      return;
    }
    reading_ = true;
    socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](error_code failure) {
      self->reading_ = false;
      const size_t size = failure || self->closed_
                              ? 0
                              : self->socket_.read_some(asio::buffer(*self->room_), failure);
      if (failure == asio::error::would_block) {
        self->read_next();
      } else {
        self->read_done(failure, size);
      }
    });
  }
  void read_done(error_code failure, size_t size) {
    if (closed_) {
      return;
    }
    if (failure) {
      close_with(failure == asio::error::eof ? "closed by the peer" : failure.message());
      return;
    }
    if (events_.on_data) {
      // A copy, because the callback may destroy the connection and with it the function.
      const auto on_data = events_.on_data;
      on_data(std::string_view(room_->data(), size));
    }
    read_next();
  }
  void write_next() {
    if (closed_) {
      return;
    }
    writing_ = true;
    in_flight_.clear();
    std::vector<asio::const_buffer> buffers;
    while (!queued_.empty()) {
      in_flight_.push_back(std::move(queued_.front()));
      queued_.pop_front();
    }
    for (const Part& part : in_flight_) {
      const std::string_view bytes = view_of(part);
      buffers.emplace_back(bytes.data(), bytes.size());
    }
    asio::async_write(socket_, buffers, [self = shared_from_this()](error_code failure, size_t n) {
      self->writing_ = false;
      self->write_done(failure, n);
    });
  }
  void write_done(error_code failure, size_t size) {
    if (closed_) {
      return;
    }
    if (failure) {
      close_with(failure.message());
      return;
    }
    unsent_ -= size;
    in_flight_.clear();  // shared bytes are large
    if (!queued_.empty()) {
      write_next();
    } else if (closing_) {
      close_with("closed here");
    } else if (events_.on_drained) {
      const auto on_drained = events_.on_drained;
      on_drained();
    }
  }
  void close_with(const std::string& why) {
    if (closed_) {
      return;
    }
    closed_ = true;
    error_code ignored;  // closing is the end of it either way
    socket_.shutdown(tcp::socket::shutdown_both, ignored);
    socket_.close(ignored);
    if (events_.on_close) {
      const auto on_close = std::move(events_.on_close);
      events_ = {};
      on_close(why);
    }
  }

  tcp::socket socket_;
  Connection::Events events_;
  std::string peer_;
  std::shared_ptr<std::vector<char>> room_;
  std::deque<Part> queued_;
  std::vector<Part> in_flight_;
  size_t unsent_ = 0;
  bool reading_ = false;
  bool writing_ = false;
  bool paused_ = false;
  bool closing_ = false;
  bool closed_ = false;
};

class AsioConnection final : public Connection {
 public:
  AsioConnection(tcp::socket socket, std::shared_ptr<std::vector<char>> room)
      : stream_(std::make_shared<Stream>(std::move(socket), std::move(room))) {}
  ~AsioConnection() override { stream_->abandon(); }
  AsioConnection(const AsioConnection&) = delete;
  AsioConnection& operator=(const AsioConnection&) = delete;

  void start(Events events) override { stream_->start(std::move(events)); }
  void write(std::string bytes) override { stream_->write(std::move(bytes)); }
  void write(SharedBytes bytes) override { stream_->write(std::move(bytes)); }
  size_t unsent() const override { return stream_->unsent(); }
  void pause_reading() override { stream_->pause_reading(); }
  void resume_reading() override { stream_->resume_reading(); }
  void close_after_writes() override { stream_->close_after_writes(); }
  const std::string& peer() const override { return stream_->peer(); }

 private:
  std::shared_ptr<Stream> stream_;
};

// Shared with the accept in flight, as Stream is with its reads.
struct Acceptor : std::enable_shared_from_this<Acceptor> {
  explicit Acceptor(asio::io_context& context) : acceptor(context), retry(context) {}

  void accept_next() {
    acceptor.async_accept([self = shared_from_this()](error_code failure, tcp::socket socket) {
      if (failure == asio::error::operation_aborted || !self->acceptor.is_open()) {
        return;
      }
      if (failure) {
        // Out of descriptors, most likely: an immediate retry would spin.
        self->retry.expires_after(std::chrono::milliseconds(100));
        self->retry.async_wait([self](error_code cancelled) {
          if (!cancelled) {
            self->accept_next();
          }
        });
        return;
      }
      self->on_accept(std::make_unique<AsioConnection>(std::move(socket), self->room));
      self->accept_next();
    });
  }

  tcp::acceptor acceptor;
  asio::steady_timer retry;
  std::shared_ptr<std::vector<char>> room = std::make_shared<std::vector<char>>(kReadBytes);
  std::function<void(std::unique_ptr<Connection>)> on_accept;
};

class AsioListener final : public Listener {
 public:
  explicit AsioListener(std::shared_ptr<Acceptor> acceptor)
      : acceptor_(std::move(acceptor)), port_(acceptor_->acceptor.local_endpoint().port()) {}
  ~AsioListener() override {
    error_code ignored;  // it was open or it was not
    acceptor_->acceptor.close(ignored);
    acceptor_->retry.cancel();
  }
  AsioListener(const AsioListener&) = delete;
  AsioListener& operator=(const AsioListener&) = delete;

  uint16_t port() const override { return port_; }

 private:
  std::shared_ptr<Acceptor> acceptor_;
  uint16_t port_;
};

class AsioTimer final : public Timer {
 public:
  AsioTimer(asio::io_context& context, Duration delay, std::function<void()> task)
      : alive_(std::make_shared<bool>(true)), timer_(context, std::chrono::nanoseconds(delay.ns)) {
    timer_.async_wait([alive = alive_, task = std::move(task)](error_code cancelled) {
      if (!cancelled && *alive) {
        task();
      }
    });
  }
  ~AsioTimer() override { *alive_ = false; }
  AsioTimer(const AsioTimer&) = delete;
  AsioTimer& operator=(const AsioTimer&) = delete;

 private:
  std::shared_ptr<bool> alive_;
  asio::steady_timer timer_;
};

}  // namespace

struct AsioLoop::Impl {
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> work = asio::make_work_guard(context);
  std::vector<std::unique_ptr<asio::signal_set>> signals;

  void wait_for(asio::signal_set& set, std::function<void(int)> handler) {
    set.async_wait([this, &set, handler](error_code cancelled, int signal) {
      if (!cancelled) {
        handler(signal);
        wait_for(set, handler);
      }
    });
  }
};

AsioLoop::AsioLoop() : impl_(std::make_unique<Impl>()) {}
AsioLoop::~AsioLoop() = default;

void AsioLoop::post(std::function<void()> task) { asio::post(impl_->context, std::move(task)); }

std::unique_ptr<Timer> AsioLoop::run_after(Duration delay, std::function<void()> task) {
  return std::make_unique<AsioTimer>(impl_->context, delay, std::move(task));
}

std::unique_ptr<Listener> AsioLoop::listen(
    const std::string& address, uint16_t port,
    std::function<void(std::unique_ptr<Connection>)> on_accept) {
  const auto acceptor = std::make_shared<Acceptor>(impl_->context);
  error_code failure;
  const auto ip = asio::ip::make_address(address, failure);
  const tcp::endpoint endpoint(ip, port);
  if (!failure) {
    acceptor->acceptor.open(endpoint.protocol(), failure);
  }
  if (!failure) {
    acceptor->acceptor.set_option(tcp::acceptor::reuse_address(true), failure);
  }
  if (!failure) {
    acceptor->acceptor.bind(endpoint, failure);
  }
  if (!failure) {
    acceptor->acceptor.listen(asio::socket_base::max_listen_connections, failure);
  }
  if (failure) {
    throw Error(ErrorCode::unavailable, "cannot listen on " + address + ":" + std::to_string(port) +
                                            ": " + failure.message());
  }
  acceptor->on_accept = std::move(on_accept);
  acceptor->accept_next();
  return std::make_unique<AsioListener>(acceptor);
}

void AsioLoop::on_signal(std::initializer_list<int> signals, std::function<void(int)> handler) {
  auto& set = *impl_->signals.emplace_back(std::make_unique<asio::signal_set>(impl_->context));
  for (const int signal : signals) {
    set.add(signal);
  }
  impl_->wait_for(set, std::move(handler));
}

void AsioLoop::run() {
  impl_->context.run();
  impl_->context.restart();
}
void AsioLoop::stop() { impl_->context.stop(); }

}  // namespace millrace::io
