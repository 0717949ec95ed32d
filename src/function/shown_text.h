#pragma once

#include <string>

#include "column/column.h"

namespace millrace::function {

// A value as Flink's command line shows it: as to_text() (function/evaluate.h), but bytes, within
// others too, in hexadecimal: x'4142'.
std::string shown_text(const Column& column, size_t row);

}  // namespace millrace::function
