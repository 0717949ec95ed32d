#include "io/simulated_loop.h"

#include "base/error.h"

namespace millrace::io {

struct SimulatedLoop::Pending {
  std::function<void()> task;  // empty once cancelled
};

struct SimulatedLoop::Cancel final : Timer {
  explicit Cancel(std::shared_ptr<Pending> p) : pending(std::move(p)) {}
  ~Cancel() override { pending->task = nullptr; }
  std::shared_ptr<Pending> pending;
};

std::unique_ptr<Timer> SimulatedLoop::run_after(Duration delay, std::function<void()> task) {
  auto pending = std::make_shared<Pending>(std::move(task));
  timers_.emplace(clock_->monotonic() + delay, pending);
  return std::make_unique<Cancel>(std::move(pending));
}

std::unique_ptr<Listener> SimulatedLoop::listen(const std::string& address, uint16_t port,
                                                std::function<void(std::unique_ptr<Connection>)>) {
  throw Error(ErrorCode::unsupported, "cannot listen on " + address + ":" + std::to_string(port) +
                                          ": a simulated loop has no network");
}

bool SimulatedLoop::run_ready() {
  bool ran = false;
  while (true) {
    while (!timers_.empty() && timers_.begin()->first <= clock_->monotonic()) {
      const auto pending = timers_.begin()->second;
      timers_.erase(timers_.begin());
      if (pending->task) {
        posted_.push_back([pending] {
          // Between falling due and running it may have been cancelled.
          if (pending->task) {
            pending->task();
          }
        });
      }
    }
    if (posted_.empty()) {
      return ran;
    }
    const auto task = std::move(posted_.front());
    posted_.pop_front();
    task();
    ran = true;
  }
}

}  // namespace millrace::io
