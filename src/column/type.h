#pragma once

// SQL types as Flink names them, and how a value of each lies in memory.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace {

enum class TypeKind : uint8_t {
  null_,  // the type of a bare NULL
  boolean,
  tinyint,
  smallint,
  integer,
  bigint,
  float_,
  double_,
  decimal,        // precision 1..38, scale 0..precision
  char_,          // length
  varchar,        // length; STRING is VARCHAR(2147483647)
  binary,         // length
  varbinary,      // length; BYTES is VARBINARY(2147483647)
  date,           // days since 1970-01-01
  time,           // of the day
  timestamp,      // wall-clock date and time, no zone
  timestamp_ltz,  // an instant, shown in the session's zone
  interval_month,
  interval_ms,
  array,     // children: element
  map,       // children: key, value
  multiset,  // children: element
  row,       // children: fields
  variant,
  bitmap,  // a set of 32-bit numbers
};

// What a value of the type is in a column's buffer.
enum class Physical : uint8_t {
  u8,  // boolean
  i8,
  i16,
  i32,   // integer, date, time (ms of the day), interval_month
  i64,   // bigint, interval_ms, timestamps (see Type::timestamp_unit), decimal up to 18 digits
  i128,  // decimal of 19 digits and more
  f32,
  f64,
  string,  // StringRef: char_, varchar, binary, varbinary, variant, bitmap
  nested,  // children columns: array, map, multiset, row
};

struct Field;

struct Type {
  TypeKind kind = TypeKind::null_;
  bool nullable = true;
  int32_t precision = 0;  // of decimal, time and timestamps; length of strings and binaries
  int32_t scale = 0;      // of decimal
  std::shared_ptr<const std::vector<Field>> children;  // of nested types

  static constexpr int32_t kMaxLength = 2147483647;

  static Type of(TypeKind kind, bool nullable = true);  // kinds without parameters
  static Type decimal(int32_t precision, int32_t scale, bool nullable = true);
  static Type string(bool nullable = true);  // VARCHAR(2147483647)
  static Type bytes(bool nullable = true);
  static Type with_length(TypeKind kind, int32_t length, bool nullable = true);
  static Type timestamp(int32_t precision = 6, bool nullable = true);
  static Type timestamp_ltz(int32_t precision = 6, bool nullable = true);
  static Type row(std::vector<Field> fields, bool nullable = true);
  static Type array(Type element, bool nullable = true);
  static Type map(Type key, Type value, bool nullable = true);

  Physical physical() const;
  Type as_nullable(bool to = true) const;

  bool is_integer() const { return kind >= TypeKind::tinyint && kind <= TypeKind::bigint; }
  bool is_numeric() const { return kind >= TypeKind::tinyint && kind <= TypeKind::decimal; }
  bool is_string() const { return kind == TypeKind::char_ || kind == TypeKind::varchar; }
  bool is_binary() const { return kind == TypeKind::binary || kind == TypeKind::varbinary; }
  // Values that are neither less nor greater than others, whatever lies in memory.
  bool is_without_order() const { return kind == TypeKind::variant || kind == TypeKind::bitmap; }
  bool is_timestamp() const {
    return kind == TypeKind::timestamp || kind == TypeKind::timestamp_ltz;
  }
  // Timestamps count milliseconds up to precision 3, microseconds up to 6, nanoseconds up to 9
  // (which reaches from 1677 to 2262): this many units to the second.
  int64_t timestamp_unit() const;

  // As Flink prints it: "DECIMAL(10, 2) NOT NULL", "TIMESTAMP_LTZ(3)", "STRING".
  std::string to_string() const;

  bool operator==(const Type& other) const;
  // The same but for nullability, at every depth.
  bool same_but_nullability(const Type& other) const;
};

struct Field {
  std::string name;
  Type type;

  bool operator==(const Field&) const = default;
};

// The columns of a table or of a batch, in order.
struct Schema {
  std::vector<Field> fields;

  size_t size() const { return fields.size(); }
  const Field& operator[](size_t i) const { return fields[i]; }
  std::optional<size_t> find(std::string_view name) const;
  bool operator==(const Schema&) const = default;
};

}  // namespace millrace
