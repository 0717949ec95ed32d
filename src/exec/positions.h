#pragma once

// Places in the topics that a pipeline reads: for each topic, by partition, the offset behind the
// last record that counts.

#include <cstdint>
#include <map>
#include <string>

namespace millrace::exec {

using Positions = std::map<std::string, std::map<int32_t, int64_t>>;

// How far: what was read, or all that can be by now.
enum class Extent : uint8_t { read, readable };

}  // namespace millrace::exec
