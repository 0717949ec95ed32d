#pragma once

// Single values as JSON: what the encoder's objects are made of.

#include <string>
#include <string_view>

#include "codec/json/options.h"
#include "column/column.h"

namespace millrace::codec {

// A JSON string with its quotes, escaped as Jackson does it.
void append_json_text(std::string_view text, std::string& out);

// The value of a row as JSON, `null` for NULL. Throws Error(invalid_argument) for a map with a NULL
// key where the options do not say what to do with it.
void append_json_value(const Column& column, size_t row, const JsonOptions& options,
                       std::string& out);

// Throws Error(unsupported) for a type that has no JSON.
void check_has_json(const Type& type, const std::string& field);

}  // namespace millrace::codec
