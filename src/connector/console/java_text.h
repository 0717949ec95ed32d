#pragma once

// Values as the classes of Java that hold them print themselves, which is what Flink's connector
// `print` shows: null, true, 2026-01-01T00:00, +I[1, a] for a ROW and [1, -1] for bytes.

#include <string>

#include "column/column.h"

namespace millrace::connector {

void append_java_text(const Column& column, size_t row, std::string& out);

}  // namespace millrace::connector
