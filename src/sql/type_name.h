#pragma once

// A type as written, in a column definition or a CAST. What it means is the binder's affair.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "sql/name.h"
#include "sql/time_unit.h"

namespace millrace::sql {

enum class TypeWord : uint8_t {
  boolean,
  tinyint,
  smallint,
  integer,
  bigint,
  float_,
  double_,
  decimal,
  char_,
  varchar,
  string,
  binary,
  varbinary,
  bytes,
  date,
  time,
  timestamp,
  timestamp_ltz,
  interval,
  array,
  map,
  multiset,
  row,
  null_,
  variant,
  bitmap,
};

// As Flink prints it: "TIMESTAMP_LTZ", "INT".
std::string_view word_of(TypeWord word);

// DAY(3) TO SECOND(6).
struct IntervalUnits {
  TimeUnit from = TimeUnit::day;
  std::optional<TimeUnit> to;
  std::optional<int32_t> precision;             // digits of the leading unit
  std::optional<int32_t> fractional_precision;  // digits below the second
};

struct RowField;

struct TypeName {
  Position position;
  TypeWord word = TypeWord::null_;
  std::optional<int32_t> precision;  // or length
  std::optional<int32_t> scale;
  std::vector<TypeName> arguments;  // element of ARRAY and MULTISET; key and value of MAP
  std::vector<RowField> fields;     // of ROW
  std::optional<IntervalUnits> interval;
  bool not_null = false;
};

struct RowField {
  Name name;
  TypeName type;
  std::optional<std::string> comment;
};

}  // namespace millrace::sql
