#include "delta/statistics.h"

#include <cmath>

#include "base/json.h"
#include "column/physical.h"
#include "delta/literal.h"

namespace millrace::delta {

namespace {

// delta.dataSkippingNumIndexedCols, and the length of string bounds, as Spark defaults them.
constexpr size_t kIndexedColumns = 32;
constexpr size_t kBoundCharacters = 32;

struct Bounds {
  int64_t nulls = 0;
  // JSON values; empty where there is no bound to give.
  std::string min;
  std::string max;
};

// The first characters of UTF-8 text; true where something was cut off.
bool cut(std::string_view& text) {
  size_t characters = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool starts = (static_cast<uint8_t>(text[i]) & 0xC0) != 0x80;
    if (starts && characters++ == kBoundCharacters) {
      text = text.substr(0, i);
      return true;
    }
  }
  return false;
}

std::string quoted(std::string_view text) {
  std::string json;
  append_json_string(text, json);
  return json;
}

void set_bounds(const Type&, StringRef min, StringRef max, Bounds& bounds) {
  std::string_view low = min.view();
  std::string_view high = max.view();
  cut(low);
  // U+10FFFF sorts after whatever was cut off.
  const std::string tail = cut(high) ? "\xF4\x8F\xBF\xBF" : "";
  bounds.min = quoted(low);
  bounds.max = quoted(std::string(high) + tail);
}

void set_bounds(const Type&, double min, double max, Bounds& bounds) {
  if (std::isfinite(min) && std::isfinite(max)) {
    append_json_double(min, bounds.min);
    append_json_double(max, bounds.max);
  }
}

std::string milliseconds_text(const Type& type, int64_t micros) {
  const bool instant = type.kind == TypeKind::timestamp_ltz;
  return quoted(wall_clock_text(micros, 'T') + (instant ? "Z" : ""));
}

void set_bounds(const Type& type, __int128 min, __int128 max, Bounds& bounds) {
  if (type.is_timestamp()) {
    const auto low = static_cast<int64_t>(min);
    const auto high = static_cast<int64_t>(max);
    const int64_t over = high % 1000 > 0 ? 1000 - high % 1000 : -(high % 1000);
    const int64_t under = low % 1000 < 0 ? 1000 + low % 1000 : low % 1000;
    bounds.min = milliseconds_text(type, low - under);
    bounds.max = milliseconds_text(type, high + over);
  } else if (type.kind == TypeKind::date) {
    bounds.min = quoted(date_text(static_cast<int64_t>(min)));
    bounds.max = quoted(date_text(static_cast<int64_t>(max)));
  } else {
    bounds.min = decimal_text(min, type.scale);
    bounds.max = decimal_text(max, type.scale);
  }
}

template <typename T>
bool less(const T& a, const T& b) {
  if constexpr (std::is_same_v<T, StringRef>) {
    return a.view() < b.view();
  } else {
    return a < b;
  }
}

template <typename T>
bool is_nan(const T& value) {
  if constexpr (std::is_floating_point_v<T>) {
    return std::isnan(value);
  } else {
    return false;
  }
}

// The few types for which bounds are written, each wide enough for others.
template <typename T>
using Widest = std::conditional_t<std::is_floating_point_v<T>, double,
                                  std::conditional_t<std::is_same_v<T, StringRef>, T, __int128>>;

template <typename T>
Bounds bounds_of(const Type& type, size_t column, std::span<const Batch> batches) {
  Bounds bounds;
  T min{};
  T max{};
  bool any = false;
  bool any_nan = false;
  for (const Batch& batch : batches) {
    const View<T> values(batch.columns[column]);
    for_each(batch.rows(), [&](uint32_t row) {
      if (values.is_null(row)) {
        ++bounds.nulls;
        return;
      }
      const T& value = values[row];
      any_nan = any_nan || is_nan(value);
      min = !any || less(value, min) ? value : min;
      max = !any || less(max, value) ? value : max;
      any = true;
    });
  }
  if (any && !any_nan) {
    set_bounds(type, static_cast<Widest<T>>(min), static_cast<Widest<T>>(max), bounds);
  }
  return bounds;
}

int64_t count_nulls(size_t column, std::span<const Batch> batches) {
  int64_t nulls = 0;
  for (const Batch& batch : batches) {
    for_each(batch.rows(), [&](uint32_t row) { nulls += batch.columns[column].is_null(row); });
  }
  return nulls;
}

bool has_bounds(const Type& type) {
  return type.kind != TypeKind::boolean && !type.is_binary() && type.physical() != Physical::nested;
}

Bounds bounds_of_column(const Type& type, size_t column, std::span<const Batch> batches) {
  if (!has_bounds(type)) {
    return {count_nulls(column, batches), "", ""};
  }
  return with_physical(type.physical(),
                       [&](auto zero) { return bounds_of<decltype(zero)>(type, column, batches); });
}

void append_member(const std::string& name, const std::string& value, std::string& object) {
  if (!value.empty()) {
    object += object.empty() ? "" : ",";
    append_json_string(name, object);
    object += ":" + value;
  }
}

}  // namespace

std::string statistics_json(const Schema& schema, std::span<const Batch> batches) {
  size_t rows = 0;
  for (const Batch& batch : batches) {
    rows += batch.size();
  }
  std::string min;
  std::string max;
  std::string nulls;
  for (size_t i = 0; i < std::min(schema.size(), kIndexedColumns); ++i) {
    const Bounds bounds = bounds_of_column(schema[i].type, i, batches);
    append_member(schema[i].name, bounds.min, min);
    append_member(schema[i].name, bounds.max, max);
    if (schema[i].type.physical() != Physical::nested) {
      append_member(schema[i].name, std::to_string(bounds.nulls), nulls);
    }
  }
  return "{\"numRecords\":" + std::to_string(rows) + ",\"minValues\":{" + min +
         "},\"maxValues\":{" + max + "},\"nullCount\":{" + nulls + "}}";
}

}  // namespace millrace::delta
