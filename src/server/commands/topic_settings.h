#pragma once

// Settings of topics as words of the command line.

#include <string>
#include <string_view>

#include "base/json.h"

namespace millrace::server {

// "a=1,b=2,3" as an object: what has no '=' goes on with the value before it, which is a list then.
// Throws UsageError, with the flag's name.
Json settings_in(std::string_view flag, const std::string& text);

}  // namespace millrace::server
