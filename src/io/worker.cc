#include "io/worker.h"

#include <condition_variable>
#include <thread>

namespace millrace::io {

struct Worker::Thread {
  std::condition_variable wake;
  bool stopping = false;  // under Worker::mutex_
  std::thread thread;
};

Worker::Worker() = default;

Worker::~Worker() {
  if (!thread_) {
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    thread_->stopping = true;
  }
  thread_->wake.notify_one();
  thread_->thread.join();
}

void Worker::post(std::function<void()> work) {
  {
    const std::lock_guard lock(mutex_);
    posted_.push_back(std::move(work));
  }
  if (thread_) {
    thread_->wake.notify_one();
  }
}

bool Worker::step() {
  std::vector<std::function<void()>> round;
  {
    const std::lock_guard lock(mutex_);
    round.swap(posted_);
  }
  for (const auto& work : round) {
    work();
  }
  return !round.empty();
}

void Worker::start_thread() {
  thread_ = std::make_unique<Thread>();
  thread_->thread = std::thread([this] {
    while (true) {
      {
        std::unique_lock lock(mutex_);
        thread_->wake.wait(lock, [this] { return thread_->stopping || !posted_.empty(); });
        if (posted_.empty()) {
          return;
        }
      }
      step();
    }
  });
}

}  // namespace millrace::io
