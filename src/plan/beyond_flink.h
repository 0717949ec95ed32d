#pragma once

// What a statement has and Flink refuses, fails on or answers otherwise: noted where it is bound,
// for whoever asks whether a Flink would take it. What a plan shows is not among it.

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"

namespace millrace::plan {

struct BeyondFlink {
  enum class Flink : uint8_t { refuses, answers_otherwise };
  Flink flink = Flink::refuses;
  Position position;
  std::string what;  // and what to write in its place
};

}  // namespace millrace::plan
