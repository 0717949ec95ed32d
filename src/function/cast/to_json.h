#pragma once

// Values as JSON text.

#include <string>

#include "column/column.h"

namespace millrace::function {

// Whether append_json() can write values of the type.
bool has_json(const Type& type);
// Appends a value that is not NULL. Timestamps are ISO 8601, those of an instant with a Z;
// numbers are as java.math.BigDecimal writes them.
void append_json(const Column& column, size_t row, std::string& out);

}  // namespace millrace::function
