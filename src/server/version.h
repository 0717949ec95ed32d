#pragma once

#include <string_view>

namespace millrace::server {

// "0.1.0", as CMakeLists.txt says.
extern const std::string_view kVersion;

}  // namespace millrace::server
