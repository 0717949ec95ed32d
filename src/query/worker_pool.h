#pragma once

// Threads on which statements run, so that the event loop does not wait for them.

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace millrace::query {

class WorkerPool {
 public:
  explicit WorkerPool(size_t threads);
  // Finishes what runs, forgets what waits.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // From any thread. `task` must not throw. Each client has one task at most, so their number is
  // the bound of the queue.
  void submit(std::function<void()> task);

 private:
  void work();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> waiting_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace millrace::query
