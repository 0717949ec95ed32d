#pragma once

// Times as java.time prints them: without seconds where there are none, and with a fraction of 3, 6
// or 9 digits.

#include <string>

#include "function/value/time_text.h"

namespace millrace::function {

void append_java_time(const Moment& moment, std::string& out);       // 10:00, 10:00:01.120
void append_java_timestamp(const Moment& moment, std::string& out);  // 2026-01-31T10:00
// 2026-01-31T10:00:00Z: an instant always has its seconds.
void append_java_instant(const Moment& moment, std::string& out);

}  // namespace millrace::function
