#pragma once

// The event loop over Boost.Asio and the machine's sockets.

#include <csignal>
#include <initializer_list>

#include "io/event_loop.h"

namespace millrace::io {

class AsioLoop final : public EventLoop {
 public:
  AsioLoop();
  ~AsioLoop() override;

  void post(std::function<void()> task) override;
  std::unique_ptr<Timer> run_after(Duration delay, std::function<void()> task) override;
  std::unique_ptr<Listener> listen(
      const std::string& address, uint16_t port,
      std::function<void(std::unique_ptr<Connection>)> on_accept) override;

  // Calls `handler` on the loop for each of these signals, instead of what they would do.
  void on_signal(std::initializer_list<int> signals, std::function<void(int signal)> handler);
  void run();   // until stop(); may be called again
  void stop();  // from any thread

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace millrace::io
