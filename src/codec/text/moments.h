#pragma once

// Dates and times as the formats of records print them: with as many digits of fraction as are not
// zero, and no more. Two digits at a time, as a sink prints millions of them.

#include <cstdint>
#include <string>

#include "column/type.h"

namespace millrace::codec {

void append_date_text(int64_t day, std::string& out);            // 2026-01-31
void append_time_text(int64_t second_of_day, std::string& out);  // 23:59:59
// "2026-01-31 23:59:59.5", with that separator, of a value of a timestamp type.
void append_timestamp_text(int64_t value, const Type& type, char separator, std::string& out);

}  // namespace millrace::codec
