#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "column/column.h"

namespace millrace::exec {

// Equal values, or NULL both: NaN is no number's equal, as in Flink.
bool same_values(const Column& column, size_t a, size_t b);

// For columns of 2 * count rows: by i, whether rows 2 * i and 2 * i + 1 are the same in all of
// them.
std::vector<uint8_t> same_as_before(std::span<const Column> columns, size_t count);

}  // namespace millrace::exec
