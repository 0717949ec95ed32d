#pragma once

// 'execution.runtime-mode' = 'batch': a job over input that ends, of which only the rows that are
// there in the end leave. It runs as a stream does whose watermark stays where it is until the end:
// no row is late. ORDER BY may then be of anything.

#include <string_view>

#include "plan/nodes.h"

namespace millrace::plan {

inline constexpr const char* kRuntimeMode = "execution.runtime-mode";

bool is_batch(std::string_view mode);
bool is_batch(const Plan& plan);

}  // namespace millrace::plan
