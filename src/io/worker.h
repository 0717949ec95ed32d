#pragma once

// Work that blocks, one piece after the other, away from the loop.
//
// In the server it has a thread of its own; in a simulation its owner calls step().

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace millrace::io {

class Worker {
 public:
  Worker();
  // Ends the thread, after what was posted is done.
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // From any thread. The work handles its own errors.
  void post(std::function<void()> work);
  // Does what was posted so far. False where nothing was.
  bool step();
  void start_thread();

 private:
  struct Thread;

  std::mutex mutex_;  // posted_
  std::vector<std::function<void()>> posted_;
  std::unique_ptr<Thread> thread_;
};

}  // namespace millrace::io
