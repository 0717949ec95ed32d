#pragma once

// Sizes of memory as Flink's options have them: "128 MB", "64kb", "1g", "4096" (bytes).

#include <cstdint>
#include <optional>
#include <string_view>

namespace millrace {

// Nothing where the text is no size or passes 63 bits. Units are powers of 1024.
std::optional<int64_t> parse_memory_size(std::string_view text);

}  // namespace millrace
