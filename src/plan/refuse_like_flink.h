#pragma once

// What Flink refuses as well, in its words: `submit --check` says so. What is not offered here, and
// may be there, is Error(unsupported).

#include <string>

#include "base/error.h"

namespace millrace::plan {

[[noreturn]] inline void refuse_like_flink(const std::string& what, const Position& at) {
  throw Error(ErrorCode::invalid_argument, what, at);
}

}  // namespace millrace::plan
