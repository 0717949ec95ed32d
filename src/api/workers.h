#pragma once

// Threads for requests that may wait for the disk or for a query. The queue is bounded: a full one
// is an answer (503), not a delay.

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace millrace::api {

class Workers {
 public:
  Workers(size_t threads, size_t queue_limit);
  // Runs what is queued, then ends the threads.
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  // From any thread. False where the queue is full.
  [[nodiscard]] bool run(std::function<void()> task);

 private:
  void work();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> queue_;  // under mutex_, as is ending_
  size_t queue_limit_;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace millrace::api
