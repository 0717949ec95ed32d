// Casts to strings and binaries: every value as Flink prints it, then cut or padded to the length
// of the type.

#include "base/hex.h"
#include "base/utf8.h"
#include "column/physical.h"
#include "function/cast/casts.h"
#include "function/evaluate.h"
#include "function/shown_text.h"
#include "function/value/bitmap.h"
#include "function/value/decimal.h"
#include "function/value/number_text.h"
#include "function/value/time_text.h"
#include "function/value/utf8.h"

namespace millrace::function {

namespace {

using Append = void (*)(const Column& column, size_t row, std::string& out);

template <typename T>
T value_at(const Column& column, size_t row) {
  return View<T>(column)[row];
}

void append_boolean(const Column& column, size_t row, std::string& out) {
  out += value_at<uint8_t>(column, row) != 0 ? "TRUE" : "FALSE";
}

template <typename T>
void append_integer(const Column& column, size_t row, std::string& out) {
  out += std::to_string(value_at<T>(column, row));
}

void append_float_value(const Column& column, size_t row, std::string& out) {
  append_float(value_at<float>(column, row), out);
}

void append_double_value(const Column& column, size_t row, std::string& out) {
  append_double(value_at<double>(column, row), out);
}

void append_decimal(const Column& column, size_t row, std::string& out) {
  out += decimal_text(DecimalView(column)[row], column.type().scale);
}

void append_string(const Column& column, size_t row, std::string& out) {
  out += View<StringRef>(column)[row].view();
}

enum class Bytes : uint8_t {
  decoded,      // as Java does it: in a cast
  hexadecimal,  // x'4142': on a terminal, which may take bytes for orders
};

template <Bytes shown>
void append_bytes(const Column& column, size_t row, std::string& out) {
  const std::string_view bytes = View<StringRef>(column)[row].view();
  if constexpr (shown == Bytes::decoded) {
    out += with_replacements(bytes);
  } else {
    out += "x'";
    append_hex(bytes, out);
    out += '\'';
  }
}

void append_date_value(const Column& column, size_t row, std::string& out) {
  append_date(value_at<int32_t>(column, row), out);
}

void append_time_value(const Column& column, size_t row, std::string& out) {
  append_time(value_at<int32_t>(column, row), column.type().precision, out);
}

void append_timestamp_value(const Column& column, size_t row, std::string& out) {
  const Type& type = column.type();
  append_timestamp(moment_of(value_at<int64_t>(column, row), type.timestamp_unit()), type.precision,
                   out);
}

// "+1-06": years and months.
void append_month_interval(const Column& column, size_t row, std::string& out) {
  const int64_t months = value_at<int32_t>(column, row);
  const int64_t size = months < 0 ? -months : months;
  const std::string rest = std::to_string(size % 12);
  out += months < 0 ? '-' : '+';
  out += std::to_string(size / 12) + "-" + (rest.size() < 2 ? "0" : "") + rest;
}

// "+1 02:03:04.567": days and a time.
void append_ms_interval(const Column& column, size_t row, std::string& out) {
  const int64_t ms = value_at<int64_t>(column, row);
  // Of the least of all numbers this is itself, as in Flink.
  const int64_t size = ms < 0 ? static_cast<int64_t>(0 - static_cast<uint64_t>(ms)) : ms;
  out += ms < 0 ? '-' : '+';
  out += std::to_string(size / kDayMs) + " ";
  const std::string fraction = std::to_string(1000 + size % 1000).substr(1);
  append_time(size % kDayMs, 0, out);
  out += "." + fraction;
}

template <Bytes shown>
Append append_for(TypeKind kind);

template <Bytes shown>
void append_or_null(const Column& column, size_t row, std::string& out) {
  if (column.type().kind == TypeKind::null_ || column.is_null(row)) {
    out += "NULL";
  } else {
    append_for<shown>(column.type().kind)(column, row, out);
  }
}

template <Bytes shown>
void append_row(const Column& column, size_t row, std::string& out) {
  out += '(';
  const char* separator = "";
  for (const Column& field : column.children()) {
    out += separator;
    append_or_null<shown>(field, column.position_of(row), out);
    separator = ", ";
  }
  out += ')';
}

// "[1, 2]" for arrays, "{a=1, b=2}" for maps.
template <Bytes shown>
void append_list(const Column& column, size_t row, std::string& out) {
  const bool is_map = column.children().size() > 1;
  const size_t at = column.position_of(row);
  out += is_map ? '{' : '[';
  for (size_t e = (*column.offsets())[at]; e < (*column.offsets())[at + 1]; ++e) {
    out += e > (*column.offsets())[at] ? ", " : "";
    append_or_null<shown>(column.children()[0], e, out);
    if (is_map) {
      out += '=';
      append_or_null<shown>(column.children()[1], e, out);
    }
  }
  out += is_map ? '}' : ']';
}

void append_bitmap(const Column& column, size_t row, std::string& out) {
  out += Bitmap::of_value(View<StringRef>(column)[row].view()).to_string();
}

template <Bytes shown>
Append append_for(TypeKind kind) {
  switch (kind) {
    case TypeKind::null_: return nullptr;
    case TypeKind::boolean: return append_boolean;
    case TypeKind::tinyint: return append_integer<int8_t>;
    case TypeKind::smallint: return append_integer<int16_t>;
    case TypeKind::integer: return append_integer<int32_t>;
    case TypeKind::bigint: return append_integer<int64_t>;
    case TypeKind::float_: return append_float_value;
    case TypeKind::double_: return append_double_value;
    case TypeKind::decimal: return append_decimal;
    case TypeKind::char_:
    case TypeKind::varchar:
    case TypeKind::variant: return append_string;
    case TypeKind::bitmap: return append_bitmap;
    case TypeKind::binary:
    case TypeKind::varbinary: return append_bytes<shown>;
    case TypeKind::date: return append_date_value;
    case TypeKind::time: return append_time_value;
    case TypeKind::timestamp:
    case TypeKind::timestamp_ltz: return append_timestamp_value;
    case TypeKind::interval_month: return append_month_interval;
    case TypeKind::interval_ms: return append_ms_interval;
    case TypeKind::array:
    case TypeKind::map:
    case TypeKind::multiset: return append_list<shown>;
    case TypeKind::row: return append_row<shown>;
  }
  return nullptr;
}

Column to_text_column(const CastCall& call) {
  ResultStrings result(call);
  const Column& from = call.from();
  const Append append = append_for<Bytes::decoded>(from.type().kind);
  std::string text;
  for_each(call.rows, [&](uint32_t row) {
    if (from.is_null(row)) {
      result.set_null(row);
      return;
    }
    text.clear();
    append(from, row, text);
    if (call.result.is_string() && call.result.precision < Type::kMaxLength) {
      const auto length = static_cast<size_t>(call.result.precision);
      text.resize(byte_of_character(text, length));
      if (call.result.kind == TypeKind::char_) {
        text.append(length - count_characters(text), ' ');
      }
    }
    result.set(row, text);
  });
  return result.finish();
}

// Strings and binaries under a longer varying type stay where they lie.
Column same_bytes(const CastCall& call) { return call.from().retyped(call.result); }

Column cut_binary(const CastCall& call) {
  ResultStrings result(call);
  const View<StringRef> view(call.from());
  const auto length = static_cast<size_t>(call.result.precision);
  for_each_present(
      call.rows, result,
      [&](uint32_t row) {
        std::string bytes(view[row].view().substr(0, length));
        if (call.result.kind == TypeKind::binary) {
          bytes.resize(length, '\0');
        }
        result.set(row, bytes);
      },
      view);
  return result.finish();
}

bool keeps_bytes(const Type& from, const Type& to) {
  // Bytes become a string only as far as they are UTF-8.
  const bool alike = (from.is_string() && (to.is_string() || to.is_binary())) ||
                     (from.is_binary() && to.is_binary());
  const bool varying = to.kind == TypeKind::varchar || to.kind == TypeKind::varbinary;
  // Lengths of strings and binaries are in different units.
  const bool longer = to.precision == Type::kMaxLength ||
                      (from.is_string() == to.is_string() && to.precision >= from.precision);
  return alike && varying && longer;
}

}  // namespace

void append_text(const Column& column, size_t row, std::string& out) {
  append_for<Bytes::decoded>(column.type().kind)(column, row, out);
}

std::string to_text(const Column& column, size_t row) {
  std::string text;
  append_or_null<Bytes::decoded>(column, row, text);
  return text;
}

std::string shown_text(const Column& column, size_t row) {
  std::string text;
  append_or_null<Bytes::hexadecimal>(column, row, text);
  return text;
}

CastKernel find_to_text_cast(const Type& from, const Type& to) {
  if (keeps_bytes(from, to)) {
    return same_bytes;
  }
  if (to.is_string()) {
    // JSON_STRING is for a VARIANT.
    return from.kind == TypeKind::variant ? nullptr : to_text_column;
  }
  const bool has_bytes = from.is_string() || from.is_binary() || from.kind == TypeKind::bitmap;
  return to.is_binary() && has_bytes ? cut_binary : nullptr;
}

}  // namespace millrace::function
