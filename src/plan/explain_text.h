#pragma once

// The words that explanations of plans share.

#include <cstdint>
#include <string>
#include <vector>

#include "column/type.h"

namespace millrace::plan {

std::string joined(const std::vector<std::string>& parts);
// The names of some columns.
std::string columns_text(const std::vector<size_t>& columns, const Schema& input);
// "5 min": the largest unit that leaves no rest, as Flink shows sizes.
std::string duration_text(int64_t ms);
// Of a value, without the text or the elements that it points to.
size_t value_bytes(const Type& type);

}  // namespace millrace::plan
