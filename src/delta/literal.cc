#include "delta/literal.h"

#include <array>
#include <charconv>
#include <cstdio>

#include "base/error.h"
#include "base/hex.h"
#include "base/time.h"
#include "column/builder.h"
#include "column/physical.h"

namespace millrace::delta {

static int64_t floor_divide(int64_t value, int64_t by) {
  return value / by - (value % by < 0 ? 1 : 0);
}

std::string date_text(int64_t days) {
  const CivilDate date = civil_from_days(days);
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02d-%02d", date.year, date.month, date.day);
  return text.data();
}

std::string wall_clock_text(int64_t micros, char between_date_and_time) {
  constexpr int64_t kDay = 86'400'000'000;
  const int64_t days = floor_divide(micros, kDay);
  const int64_t of_day = micros - days * kDay;
  const int64_t seconds = of_day / 1'000'000;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%c%02d:%02d:%02d", between_date_and_time,
                static_cast<int>(seconds / 3600), static_cast<int>(seconds / 60 % 60),
                static_cast<int>(seconds % 60));
  std::string result = date_text(days) + text.data();
  if (of_day % 1'000'000 != 0) {
    std::snprintf(text.data(), text.size(), ".%06d", static_cast<int>(of_day % 1'000'000));
    result += text.data();
  }
  return result;
}

std::string decimal_text(__int128 unscaled, int32_t scale) {
  const bool negative = unscaled < 0;
  auto rest = negative ? -static_cast<unsigned __int128>(unscaled)
                       : static_cast<unsigned __int128>(unscaled);
  std::string reversed;
  do {
    reversed += static_cast<char>('0' + static_cast<int>(rest % 10));
    rest /= 10;
    if (static_cast<int32_t>(reversed.size()) == scale) {
      reversed += '.';
    }
  } while (rest != 0 || static_cast<int32_t>(reversed.size()) <= scale);
  if (reversed.back() == '.') {
    reversed += '0';
  }
  if (negative) {
    reversed += '-';
  }
  return {reversed.rbegin(), reversed.rend()};
}

template <typename T>
static std::string number_text(T value) {
  std::array<char, 48> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value);
  return {text.data(), end.ptr};
}

static std::string text_of(const Column& column, uint32_t row) {
  const Type& type = column.type();
  switch (type.kind) {
    case TypeKind::boolean: return View<uint8_t>(column)[row] != 0 ? "true" : "false";
    case TypeKind::date: return date_text(View<int32_t>(column)[row]);
    case TypeKind::timestamp: return wall_clock_text(View<int64_t>(column)[row]);
    case TypeKind::timestamp_ltz: return wall_clock_text(View<int64_t>(column)[row], 'T') + "Z";
    case TypeKind::decimal:
      return type.physical() == Physical::i64
                 ? decimal_text(View<int64_t>(column)[row], type.scale)
                 : decimal_text(View<__int128>(column)[row], type.scale);
    case TypeKind::varchar:
    case TypeKind::varbinary: return std::string(View<StringRef>(column)[row].view());
    case TypeKind::tinyint: return number_text(View<int8_t>(column)[row]);
    case TypeKind::smallint: return number_text(View<int16_t>(column)[row]);
    case TypeKind::integer: return number_text(View<int32_t>(column)[row]);
    case TypeKind::bigint: return number_text(View<int64_t>(column)[row]);
    case TypeKind::float_: return number_text(View<float>(column)[row]);
    case TypeKind::double_: return number_text(View<double>(column)[row]);
    case TypeKind::null_:
    case TypeKind::char_:
    case TypeKind::binary:
    case TypeKind::time:
    case TypeKind::interval_month:
    case TypeKind::interval_ms:
    case TypeKind::array:
    case TypeKind::map:
    case TypeKind::multiset:
    case TypeKind::row:
    case TypeKind::bitmap:
    case TypeKind::variant: break;
  }
  throw Error(ErrorCode::unsupported, "cannot partition by a column of type " + type.to_string());
}

std::optional<std::string> partition_text(const Column& column, uint32_t row) {
  if (column.is_null(row)) {
    return std::nullopt;
  }
  std::string text = text_of(column, row);
  return text.empty() ? std::nullopt : std::optional(std::move(text));
}

[[noreturn]] static void refuse(const Type& type, const std::string& text) {
  throw Error(ErrorCode::corrupt, "partition value '" + text + "' is no " + type.to_string());
}

template <typename T>
static T number_from(const Type& type, const std::string& text) {
  T value{};
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  if (read.ec != std::errc() || read.ptr != end) {
    refuse(type, text);
  }
  return value;
}

// "2026-01-31", then perhaps a time of day, a fraction of up to six digits and a 'Z'.
static int64_t micros_from(const Type& type, const std::string& text) {
  CivilDate date;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int read = 0;
  const int fields = std::sscanf(text.c_str(), "%d-%d-%d%*[T ]%d:%d:%d%n", &date.year, &date.month,
                                 &date.day, &hour, &minute, &second, &read);
  if ((fields != 3 && fields != 6) || !is_valid_date(date)) {
    refuse(type, text);
  }
  int64_t micros = (hour * 3600LL + minute * 60LL + second) * 1'000'000;
  int64_t unit = 100'000;
  for (size_t i = static_cast<size_t>(read) + 1; fields == 6 && i < text.size(); ++i) {
    if (text[i] >= '0' && text[i] <= '9') {
      micros += (text[i] - '0') * unit;
      unit /= 10;
    }
  }
  return days_from_civil(date) * 86'400'000'000 + micros;
}

static __int128 unscaled_from(const Type& type, const std::string& text) {
  __int128 value = 0;
  int32_t after_point = -1;
  for (const char c : text) {
    if (c == '.' && after_point < 0) {
      after_point = 0;
    } else if (c >= '0' && c <= '9') {
      value = value * 10 + (c - '0');
      after_point += after_point >= 0 ? 1 : 0;
    } else if (c != '-' && c != '+') {
      refuse(type, text);
    }
  }
  for (int32_t i = std::max(after_point, 0); i < type.scale; ++i) {
    value *= 10;
  }
  return text.starts_with('-') ? -value : value;
}

static void add_value(const Type& type, const std::string& text, ColumnBuilder& to) {
  if (type.is_string() || type.is_binary()) {
    to.add_string(text);
  } else if (type.kind == TypeKind::boolean) {
    to.add<uint8_t>(text == "true" ? 1 : 0);
  } else if (type.kind == TypeKind::date) {
    to.add(static_cast<int32_t>(micros_from(type, text) / 86'400'000'000));
  } else if (type.is_timestamp()) {
    to.add(micros_from(type, text));
  } else if (type.kind == TypeKind::decimal) {
    const __int128 unscaled = unscaled_from(type, text);
    type.physical() == Physical::i64 ? to.add(static_cast<int64_t>(unscaled)) : to.add(unscaled);
  } else {
    with_physical(type.physical(), [&](auto zero) {
      using T = decltype(zero);
      if constexpr (std::is_arithmetic_v<T>) {
        to.add(number_from<T>(type, text));
      }
    });
  }
}

Column partition_column(const Type& type, const std::optional<std::string>& text, size_t rows) {
  if (!text || text->empty()) {
    return Column::null(type, rows);
  }
  ColumnBuilder builder(type);
  add_value(type, *text, builder);
  return Column::constant(builder.finish(), rows);
}

static void append_escaped(char c, std::string& out) {
  out += '%';
  append_large_hex(c, out);
}

static std::string hive_escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (static_cast<uint8_t>(c) < 0x20 || c == 0x7F ||
        std::string_view("\"#%'*/:=?\\{}[]^").find(c) != std::string_view::npos) {
      append_escaped(c, escaped);
    } else {
      escaped += c;
    }
  }
  return escaped;
}

std::string partition_directory(std::string_view column, const std::optional<std::string>& text) {
  return hive_escaped(column) + "=" + (text ? hive_escaped(*text) : "__HIVE_DEFAULT_PARTITION__");
}

std::string encode_path(std::string_view path) {
  std::string encoded;
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-_.~/=!$&'()*+,;:@").find(c) != std::string_view::npos;
    if (plain) {
      encoded += c;
    } else {
      append_escaped(c, encoded);
    }
  }
  return encoded;
}

std::string decode_path(std::string_view path) {
  std::string decoded;
  for (size_t i = 0; i < path.size(); ++i) {
    uint8_t byte = 0;
    if (path[i] == '%' && i + 2 < path.size() &&
        std::from_chars(&path[i + 1], &path[i + 1] + 2, byte, 16).ptr == &path[i + 1] + 2) {
      decoded += static_cast<char>(byte);
      i += 2;
    } else {
      decoded += path[i];
    }
  }
  return decoded;
}

}  // namespace millrace::delta
