#pragma once

// An event loop without sockets on a clock that stands still until it is moved: posted tasks and
// timers run, in one thread and in a fixed order, when the owner says so.

#include <deque>
#include <map>

#include "base/clock.h"
#include "io/event_loop.h"

namespace millrace::io {

class SimulatedLoop final : public EventLoop {
 public:
  // `clock` outlives the loop.
  explicit SimulatedLoop(const Clock* clock) : clock_(clock) {}

  void post(std::function<void()> task) override { posted_.push_back(std::move(task)); }
  std::unique_ptr<Timer> run_after(Duration delay, std::function<void()> task) override;
  // There is no network: Error(unsupported).
  std::unique_ptr<Listener> listen(const std::string& address, uint16_t port,
                                   std::function<void(std::unique_ptr<Connection>)>) override;

  // Runs what was posted and the timers that are due, and what those bring about. False where there
  // was nothing.
  bool run_ready();

 private:
  struct Pending;
  struct Cancel;

  const Clock* clock_;
  std::deque<std::function<void()>> posted_;
  std::multimap<Instant, std::shared_ptr<Pending>> timers_;  // equal instants in order of asking
};

}  // namespace millrace::io
