#pragma once

// Times as java.sql.Timestamp.valueOf and java.sql.Date.valueOf read them, to which Flink falls
// back where a pattern does not fit: "2026-1-31 12:30:00.5", "2026-1-31". Days, hours and minutes
// beyond their range are carried on.

#include <optional>
#include <string_view>

#include "function/value/time_text.h"

namespace millrace::function {

std::optional<Moment> parse_escaped_time(std::string_view text);

}  // namespace millrace::function
