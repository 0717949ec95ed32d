#pragma once

// Deterministic telecom events as JSON records: the same number and seed give the same bytes.
// About 213 bytes an event; 1,000 events to the second of event time, up to 30 s out of order.

#include <cstdint>
#include <string>
#include <vector>

#include "base/random.h"

namespace millrace::bench {

class TelecomEvents {
 public:
  explicit TelecomEvents(uint64_t seed) : random_(seed) {}

  // Appends the next event's JSON to `out`.
  void append_next(std::string& out);

 private:
  Random random_;
  int64_t number_ = 0;
};

}  // namespace millrace::bench
