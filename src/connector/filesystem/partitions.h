#pragma once

// Partitions as directories, "place=Alma/hour=23", named as Flink and Hive name them.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "column/column.h"

namespace millrace::connector {

// A value as it stands behind the '=', as Flink writes it: as Java prints what Flink keeps, which
// is of a DATE the days since 1970 and of a TIME the milliseconds since midnight. `otherwise` for
// NULL and for nothing.
std::string partition_text(const Column& column, size_t row, const std::string& otherwise);
// The number that the name of a DATE or TIME is; nothing for another type, for a number that is no
// date or time, and for a date or time that is written out, as Hive writes it.
std::optional<int32_t> partition_number(std::string_view text, const Type& type);

// "place=Alma/hour=23": characters with a meaning in paths become %XX.
std::string partition_path(const std::vector<std::string>& names,
                           const std::vector<std::string>& values);

// The value of one component of a path, where it is of the partition column `name`.
std::optional<std::string> partition_value(std::string_view component, std::string_view name);

// How a partition says its time.
struct PartitionTime {
  std::string columns;  // '$dt $hour:00:00': of which its values take the places; empty: the first
  std::string letters;  // 'yyyy-MM-dd HH:mm:ss', of DateTimeFormatter; empty: as SQL has them
};

// Milliseconds since 1970 of a partition's time; nothing where it says none. Throws
// Error(invalid_argument) for letters that mean nothing.
std::optional<int64_t> partition_time(const PartitionTime& time,
                                      const std::vector<std::string>& names,
                                      const std::vector<std::string>& values);

}  // namespace millrace::connector
