#pragma once

// Ranks that are no Top-N of a stream: those that keep one row a partition by time alone, which
// need no order to be kept, and those of a batch job.

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

// Whether the rows leave once, in the end: in batch mode those of an order, but for deduplications.
// Right once the input's changelog is known.
bool leaves_in_the_end(const Rank& rank);

}  // namespace millrace::plan
