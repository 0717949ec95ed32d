#pragma once

// A rank that keeps one row a partition by time alone, which needs no order to be kept.

#include <optional>

#include "plan/nodes.h"

namespace millrace::plan {

struct Deduplication {
  enum class Kept : uint8_t { first, last };
  Kept kept = Kept::first;
  std::optional<size_t> rowtime;  // the column; by arrival where absent
};

// Nothing for other ranks. Right once the input's changelog is known.
std::optional<Deduplication> as_deduplication(const Rank& rank);

}  // namespace millrace::plan
