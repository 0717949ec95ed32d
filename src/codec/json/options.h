#pragma once

// 'format' = 'json' and its options, named as Flink names them.

#include <cstdint>
#include <map>
#include <string>

namespace millrace::codec {

enum class TimestampFormat : uint8_t {
  sql,       // 2026-01-31 23:59:59.123, and a 'Z' behind it for TIMESTAMP_LTZ
  iso_8601,  // 2026-01-31T23:59:59.123, likewise
};

struct JsonOptions {
  TimestampFormat timestamps = TimestampFormat::sql;
  bool fail_on_missing_field = false;  // otherwise a missing field is NULL
  bool ignore_parse_errors = false;    // a field that cannot be read is NULL

  // From keys without the format's prefix: "timestamp-format.standard". Throws
  // Error(invalid_argument) for values that are not offered and pairs that exclude each other.
  static JsonOptions from(const std::map<std::string, std::string>& options);
};

}  // namespace millrace::codec
