#include "base/clock.h"

#include <ctime>

namespace millrace {

static timespec read_clock(clockid_t which) {
  timespec at{};
  clock_gettime(which, &at);
  return at;
}

Timestamp SystemClock::now() const {
  const timespec at = read_clock(CLOCK_REALTIME);
  return {at.tv_sec * 1000 + at.tv_nsec / 1'000'000};
}

Instant SystemClock::monotonic() const {
  const timespec at = read_clock(CLOCK_MONOTONIC);
  return {at.tv_sec * 1'000'000'000 + at.tv_nsec};
}

}  // namespace millrace
