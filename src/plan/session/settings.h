#pragma once

// What SET may say. Every setting is one of three: it works, it is Flink's and makes no difference
// here, which is said once, or it would change answers and is not there yet, which is an error.

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "sql/statement.h"

namespace millrace::plan {

// Throws Error where there is no such setting, or where it may not have that value. Otherwise why
// the setting makes no difference; nothing for one that does.
std::optional<std::string> check_setting(const sql::Option& setting);

}  // namespace millrace::plan
