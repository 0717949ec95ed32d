#include "topic/cleaner.h"

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
  std::thread thread;
};

Cleaner::Cleaner(io::World world, Store* store) : world_(world), store_(store) {}

Cleaner::~Cleaner() {
  if (!thread_) {
    return;
  }
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

void Cleaner::start_thread() {
  thread_ = std::make_unique<Thread>();
  thread_->thread = std::thread([this] {
    while (true) {
      {
        std::unique_lock lock(thread_->mutex);
        if (thread_->wake.wait_for(lock, std::chrono::milliseconds(store_->rest_of_cleaner().ms()),
                                   [this] { return thread_->stopping; })) {
          return;
        }
      }
      step();
    }
  });
}

}  // namespace millrace::topic
