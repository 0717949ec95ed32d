#include "connector/filesystem/partitions.h"

#include <charconv>
#include <cstdint>

#include "base/hex.h"
#include "base/time.h"
#include "function/evaluate.h"
#include "function/value/date_pattern.h"
#include "function/value/java_time.h"

namespace millrace::connector {

namespace {

bool must_be_escaped(char c) {
  constexpr std::string_view kWithMeaning = "\"#%'*/:=?\\{[]^\x7f";
  return static_cast<uint8_t>(c) < 0x20 || kWithMeaning.find(c) != std::string_view::npos;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (must_be_escaped(c)) {
      out += '%';
      append_large_hex(c, out);
    } else {
      out += c;
    }
  }
  return out;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::string unescaped(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = high < 0 ? -1 : hex_digit(text[i + 2]);
    if (low < 0) {
      out += text[i];
    } else {
      out += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  return out;
}

// Flink keeps it as a number.
bool is_number_in_flink(const Type& type) {
  return type.kind == TypeKind::date || type.kind == TypeKind::time;
}

// Whether a date of the years 1 to 9999, or a time of the day, has this number.
bool is_in_range(int32_t number, const Type& type) {
  constexpr int32_t kDayMs = 86'400'000;
  return type.kind == TypeKind::date
             ? number >= days_from_civil({1, 1, 1}) && number <= days_from_civil({9999, 12, 31})
             : number >= 0 && number < kDayMs;
}

}  // namespace

std::string partition_text(const Column& column, size_t row, const std::string& otherwise) {
  if (column.is_null(row)) {
    return otherwise;
  }
  std::string text;
  if (column.type().is_timestamp()) {
    function::append_java_timestamp(
        function::moment_of(View<int64_t>(column)[row], column.type().timestamp_unit()), text);
  } else if (is_number_in_flink(column.type())) {
    text = std::to_string(View<int32_t>(column)[row]);
  } else if (column.type().kind == TypeKind::boolean) {
    text = View<uint8_t>(column)[row] != 0 ? "true" : "false";
  } else {
    text = function::to_text(column, row);
  }
  return text.empty() ? otherwise : text;
}

std::optional<int32_t> partition_number(std::string_view text, const Type& type) {
  int32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_whole = error == std::errc() && end == text.data() + text.size();
  return is_whole && is_number_in_flink(type) && is_in_range(number, type) ? std::optional(number)
                                                                           : std::nullopt;
}

std::string partition_path(const std::vector<std::string>& names,
                           const std::vector<std::string>& values) {
  std::string path;
  for (size_t i = 0; i < names.size(); ++i) {
    path += (i > 0 ? "/" : "") + escaped(names[i]) + "=" + escaped(values[i]);
  }
  return path;
}

std::optional<std::string> partition_value(std::string_view component, std::string_view name) {
  const std::string prefix = escaped(name) + "=";
  if (!component.starts_with(prefix)) {
    return std::nullopt;
  }
  return unescaped(component.substr(prefix.size()));
}

// A text that the letters do not fit may be a date alone, as in Flink.
static std::optional<function::Moment> moment_of(const std::string& text,
                                                 const std::string& letters) {
  const auto moment = letters.empty() ? std::nullopt : function::DatePattern(letters).parse(text);
  return moment ? moment : function::parse_timestamp(text);
}

std::optional<int64_t> partition_time(const PartitionTime& time,
                                      const std::vector<std::string>& names,
                                      const std::vector<std::string>& values) {
  const std::string& pattern = time.columns;
  std::string text = pattern.empty() ? values.front() : pattern;
  for (size_t i = 0; i < names.size() && !pattern.empty(); ++i) {
    const std::string variable = "$" + names[i];
    for (size_t at = text.find(variable); at != std::string::npos; at = text.find(variable, at)) {
      text.replace(at, variable.size(), values[i]);
      at += values[i].size();
    }
  }
  const auto moment = moment_of(text, time.letters);
  if (!moment) {
    return std::nullopt;
  }
  return function::value_of(*moment, 1000);
}

}  // namespace millrace::connector
