#pragma once

// Operators whose groups leave when time has passed their ends.

#include <optional>

#include "exec/operator.h"

namespace millrace::exec {

class TimedGroups : public Operator {
 public:
  // In milliseconds: no group leaves before it. Nothing where there is no group.
  virtual std::optional<int64_t> first_end() const = 0;
};

}  // namespace millrace::exec
