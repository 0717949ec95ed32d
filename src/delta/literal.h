#pragma once

// Single values as text: partition values in the log and in directory names, and bounds in
// statistics.
// https://github.com/delta-io/delta/blob/master/PROTOCOL.md#partition-value-serialization

#include <optional>
#include <string>
#include <string_view>

#include "column/column.h"

namespace millrace::delta {

// Microseconds since 1970 as "2026-01-31 23:59:59.123456", without a fraction that is zero.
std::string wall_clock_text(int64_t micros, char between_date_and_time = ' ');
std::string date_text(int64_t days);
std::string decimal_text(__int128 unscaled, int32_t scale);

// The text of a row's value of a stored type (schema_json.h); nothing for NULL, and for the empty
// string, which Delta cannot tell from it.
std::optional<std::string> partition_text(const Column& column, uint32_t row);
// A constant column of that value for `rows` rows. Throws Error(corrupt).
Column partition_column(const Type& type, const std::optional<std::string>& text, size_t rows);

// "region=Almaty%20East": one directory of a data file's path, escaped as Hive does.
std::string partition_directory(std::string_view column, const std::optional<std::string>& text);
// A file's path relative to the table as an add action holds it, and back.
std::string encode_path(std::string_view path);
std::string decode_path(std::string_view path);

}  // namespace millrace::delta
