#include "exec/background.h"

#include <utility>

namespace millrace::exec {

Background::Background() : thread_([this] { loop(); }) {}

Background::~Background() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    changed_.notify_all();
  }
  thread_.join();
}

void Background::run(std::function<void()> work) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !work_; });
  work_ = std::move(work);
  changed_.notify_all();
}

void Background::loop() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return work_ || ending_; });
    if (!work_) {
      return;
    }
    const std::function<void()> work = std::exchange(work_, nullptr);
    changed_.notify_all();
    lock.unlock();
    work();
    lock.lock();
  }
}

}  // namespace millrace::exec
