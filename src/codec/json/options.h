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

// What becomes of an entry whose key is NULL, as JSON has no such name.
enum class MapNullKeys : uint8_t { fail, drop, literal };

struct JsonOptions {
  TimestampFormat timestamps = TimestampFormat::sql;
  // Of reading.
  bool fail_on_missing_field = false;  // otherwise a missing field is NULL
  bool ignore_parse_errors = false;    // a field that cannot be read is NULL
  bool schema_include = false;         // of debezium-json: what counts lies in "payload"
  // Of writing.
  MapNullKeys map_null_keys = MapNullKeys::fail;
  std::string map_null_key_literal = "null";
  bool plain_decimals = false;
  bool ignore_null_fields = false;

  // From keys without the format's prefix: "timestamp-format.standard". Throws
  // Error(invalid_argument) for values that are not offered and pairs that exclude each other.
  static JsonOptions from(const std::map<std::string, std::string>& options);
};

}  // namespace millrace::codec
