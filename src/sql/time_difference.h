#pragma once

#include <string_view>

namespace millrace::sql {

// What (a - b) DAY is a call of, with the unit first.
inline constexpr std::string_view kTimeDifference = "MINUS_DATE";

}  // namespace millrace::sql
