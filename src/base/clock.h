#pragma once

// Where time comes from. Product code never asks the machine; it asks the clock it was given, so a
// simulation can own time.

#include "base/time.h"

namespace millrace {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp now() const = 0;      // wall time; may jump
  virtual Instant monotonic() const = 0;  // for deadlines and measuring
};

class SystemClock final : public Clock {
 public:
  Timestamp now() const override;
  Instant monotonic() const override;
};

// Stands still until it is moved. For tests and simulations.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Timestamp start) : now_(start) {}
  Timestamp now() const override { return now_; }
  Instant monotonic() const override { return {now_.ms * 1'000'000}; }
  void advance(Duration by) { now_ = now_ + by; }

 private:
  Timestamp now_;
};

}  // namespace millrace
