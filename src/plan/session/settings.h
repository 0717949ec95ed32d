#pragma once

// What SET may say. Every setting is one of three: it works, it is Flink's and makes no difference
// here, which is said once, or it would change answers and is not there yet, which is an error.

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "sql/statement.h"

namespace millrace::plan {

inline constexpr const char* kDeadLetterTable = "millrace.dead-letter.table";
inline constexpr const char* kLateRowTable = "millrace.late-row.table";

struct CheckedSetting {
  std::string value;                // words in the case in which the engine asks for them
  std::optional<std::string> moot;  // why the setting makes no difference; nothing where it does
};

// Throws Error where there is no such setting, or where it may not have that value.
CheckedSetting check_setting(const sql::Option& setting);

// Whether a setting that was checked can make a difference to what runs under it.
bool makes_difference(std::string_view key);

}  // namespace millrace::plan
