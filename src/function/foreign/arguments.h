#pragma once

// What a library's function is given: the rows that it sees, and their arguments as flat columns
// without gaps.

#include <span>
#include <vector>

#include "column/batch.h"
#include "column/column.h"
#include "millrace/function.h"

namespace millrace::function {

// The rows that a function sees, of which those with a NULL among the arguments may be left out.
std::vector<uint32_t> rows_seen(std::span<const Column> arguments, const Rows& rows,
                                bool without_nulls);

// The arguments of these rows as the interface has them. Borrows the columns.
class ForeignArguments {
 public:
  ForeignArguments(std::span<const Column> arguments, std::span<const uint32_t> rows);

  const std::vector<millrace_column>& passed() const { return passed_; }

 private:
  const void* values_of(const Column& column);

  std::vector<Column> columns_;
  std::vector<std::vector<millrace_string>> strings_;
  std::vector<millrace_column> passed_;
};

}  // namespace millrace::function
