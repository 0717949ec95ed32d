#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace millrace::connector {

enum class Stream : uint8_t { output, error };

// Shows a line, which comes without its '\n'; called on any thread.
using Print = std::function<void(std::string_view line, Stream to)>;

}  // namespace millrace::connector
