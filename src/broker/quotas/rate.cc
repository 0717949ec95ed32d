#include "broker/quotas/rate.h"

#include <algorithm>

namespace millrace::broker {

static constexpr int64_t kNanosecondsPerSecond = 1'000'000'000;

static int64_t second_of(Instant now) { return now.ns / kNanosecondsPerSecond; }

void Rate::add(double amount, Instant now) {
  latest_ = now;
  const int64_t second = second_of(now);
  Window& window = windows_[static_cast<size_t>(second % kWindows)];
  if (window.second != second) {
    window = {second, 0};
  }
  window.amount += amount;
}

Duration Rate::excess(double quota, Instant now) {
  const int64_t second = second_of(now);
  double used = 0;
  for (const Window& window : windows_) {
    used += window.second > second - kWindows ? window.amount : 0;
  }
  // The windows that are over, and as much of this one as has passed.
  const double measured =
      static_cast<double>(kWindows - 1) +
      static_cast<double>(now.ns % kNanosecondsPerSecond) / kNanosecondsPerSecond;
  const double too_much = used / quota - measured;
  return Duration::nanoseconds(
      static_cast<int64_t>(std::clamp(too_much, 0.0, 3600.0) * kNanosecondsPerSecond));
}

bool Rate::is_over(Instant now) const { return second_of(now) - second_of(latest_) >= kWindows; }

}  // namespace millrace::broker
