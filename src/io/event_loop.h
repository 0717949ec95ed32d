#pragma once

// One thread serves all sockets. Callbacks run on that thread, to completion; other threads reach
// it through post() alone. AsioLoop (asio_loop.h) is the real one.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/shared_bytes.h"
#include "base/time.h"

namespace millrace::io {

// A stream of bytes to a peer. Loop thread only. Destroying it closes it, and no callback comes
// after that.
class Connection {
 public:
  virtual ~Connection() = default;

  struct Events {
    // Bytes arrived; the view is valid during the call only.
    std::function<void(std::string_view bytes)> on_data;
    // The peer closed or the connection broke; why is for the log. Comes at most once, last.
    std::function<void(std::string_view why)> on_close;
    // Everything written so far has left for the kernel.
    std::function<void()> on_drained;
  };
  virtual void start(Events events) = 0;
  // Queued without limit; the caller bounds it by unsent() and pause_reading().
  virtual void write(std::string bytes) = 0;
  // Where it can, without a copy.
  virtual void write(SharedBytes bytes) { write(std::string(bytes.view())); }
  virtual size_t unsent() const = 0;
  virtual void pause_reading() = 0;
  virtual void resume_reading() = 0;
  // Closes once all that was written has left; on_close follows.
  virtual void close_after_writes() = 0;
  virtual const std::string& peer() const = 0;  // "127.0.0.1:51234"
};

// Accepts connections until destroyed.
class Listener {
 public:
  virtual ~Listener() = default;
  virtual uint16_t port() const = 0;  // the one chosen, where 0 was asked for
};

// Destroying it cancels it.
class Timer {
 public:
  virtual ~Timer() = default;
};

class EventLoop {
 public:
  virtual ~EventLoop() = default;

  // From any thread: runs `task` on the loop soon, in order of posting.
  virtual void post(std::function<void()> task) = 0;
  [[nodiscard]] virtual std::unique_ptr<Timer> run_after(Duration delay,
                                                         std::function<void()> task) = 0;
  // Throws Error(unavailable) naming address and port where it cannot listen.
  [[nodiscard]] virtual std::unique_ptr<Listener> listen(
      const std::string& address, uint16_t port,
      std::function<void(std::unique_ptr<Connection>)> on_accept) = 0;
};

}  // namespace millrace::io
