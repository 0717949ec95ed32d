#pragma once

// A thread for what a pipeline need not wait for: one piece of work at a time.

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace millrace::exec {

class Background {
 public:
  Background();
  // Finishes what it was given.
  ~Background();

  // `work` throws nothing. Where there is some already, it follows that.
  void run(std::function<void()> work);

 private:
  void loop();

  std::mutex mutex_;  // all below
  std::condition_variable changed_;
  std::function<void()> work_;
  bool ending_ = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace millrace::exec
