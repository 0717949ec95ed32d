#include "topic/listeners.h"

#include <mutex>
#include <vector>

namespace millrace::topic {

namespace {

struct Listener {
  std::mutex mutex;
  std::function<void()> call;  // empty once ended
};

}  // namespace

struct Listeners::All {
  std::mutex mutex;
  std::vector<std::shared_ptr<Listener>> listeners;
};

namespace {

class Ending final : public Listeners::Subscription {
 public:
  explicit Ending(std::function<void()> end) : end_(std::move(end)) {}
  ~Ending() override { end_(); }

 private:
  std::function<void()> end_;
};

}  // namespace

Listeners::Listeners() : all_(std::make_shared<All>()) {}

Listeners::~Listeners() = default;

std::unique_ptr<Listeners::Subscription> Listeners::add(std::function<void()> listener) {
  auto added = std::make_shared<Listener>();
  added->call = std::move(listener);
  {
    const std::lock_guard lock(all_->mutex);
    all_->listeners.push_back(added);
  }
  return std::make_unique<Ending>([all = all_, added] {
    {
      const std::lock_guard lock(all->mutex);
      std::erase(all->listeners, added);
    }
    const std::lock_guard lock(added->mutex);
    added->call = nullptr;
  });
}

void Listeners::call() const {
  std::vector<std::shared_ptr<Listener>> now;
  {
    const std::lock_guard lock(all_->mutex);
    now = all_->listeners;
  }
  for (const auto& listener : now) {
    const std::lock_guard lock(listener->mutex);
    if (listener->call) {
      listener->call();
    }
  }
}

}  // namespace millrace::topic
