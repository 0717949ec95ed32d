#include "topic/cleaner.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/clock.h"
#include "base/log.h"
#include "topic/store.h"

namespace millrace::topic {

struct Cleaner::Thread {
  std::mutex mutex;
  std::condition_variable wake;
  bool stopping = false;
  std::unique_ptr<Listeners::Subscription> rest_changed;
  std::thread thread;

  void notify() {
    // Under the lock: who looked before the change waits by now.
    const std::lock_guard lock(mutex);
    wake.notify_one();
  }
};

Cleaner::Cleaner(io::World world, Store* store) : world_(world), store_(store) {}

Cleaner::~Cleaner() {
  if (!thread_) {
    return;
  }
  thread_->rest_changed.reset();
  {
    const std::lock_guard lock(thread_->mutex);
    thread_->stopping = true;
  }
  thread_->wake.notify_one();
  thread_->thread.join();
}

bool Cleaner::is_stopping() const {
  if (!thread_) {
    return false;
  }
  const std::lock_guard lock(thread_->mutex);
  return thread_->stopping;
}

void Cleaner::step() {
  for (const auto& topic : store_->list()) {
    for (const auto& partition : topic->partitions) {
      if (partition == nullptr || is_stopping()) {
        continue;
      }
      try {
        partition->clean(world_.clock->now());
      } catch (const Error& error) {
        // Nobody asked for it: the log is whole, and the next round tries again.
        if (store_->find(topic->id) != nullptr) {
          world_.log->error("topic", "cleaning failed",
                            {{"partition", partition->name()}, {"error", error.message()}});
        }
      }
    }
  }
}

// Until the round is due; false where there shall be none. A rest that is changed meanwhile counts
// from where it began.
bool Cleaner::rest() {
  const Instant began = world_.clock->monotonic();
  std::unique_lock lock(thread_->mutex);
  while (!thread_->stopping) {
    const Duration rest = store_->rest_of_cleaner();
    const Duration left = began + rest - world_.clock->monotonic();
    const bool is_over = !thread_->wake.wait_for(
        lock, std::chrono::nanoseconds(std::max<int64_t>(0, left.ns)),
        [&] { return thread_->stopping || store_->rest_of_cleaner() != rest; });
    if (is_over) {
      return true;
    }
  }
  return false;
}

void Cleaner::start_thread() {
  thread_ = std::make_unique<Thread>();
  thread_->rest_changed = store_->on_rest_of_cleaner([this] { thread_->notify(); });
  thread_->thread = std::thread([this] {
    while (rest()) {
      step();
    }
  });
}

}  // namespace millrace::topic
