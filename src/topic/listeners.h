#pragma once

// Functions to call when something happens. Any thread.

#include <functional>
#include <memory>

namespace millrace::topic {

class Listeners {
 public:
  Listeners();
  ~Listeners();
  Listeners(const Listeners&) = delete;
  Listeners& operator=(const Listeners&) = delete;

  // Destroying it (not from within the function) waits for a call under way and ends them.
  class Subscription {
   public:
    virtual ~Subscription() = default;
  };
  [[nodiscard]] std::unique_ptr<Subscription> add(std::function<void()> listener);
  // On this thread, outside of this object's locks.
  void call() const;

 private:
  struct All;
  std::shared_ptr<All> all_;
};

}  // namespace millrace::topic
