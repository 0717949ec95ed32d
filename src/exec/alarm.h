#pragma once

// What an operator does at a time of the clock, though no row comes. One task's thread only.

#include <optional>

#include "base/time.h"

namespace millrace::exec {

class Emitter;

class Alarm {
 public:
  virtual ~Alarm() = default;

  // When ring() has something to do, at the earliest; nothing where never.
  virtual std::optional<Timestamp> due() const = 0;
  virtual void ring(Emitter& out) = 0;
};

}  // namespace millrace::exec
