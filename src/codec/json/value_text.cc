#include "codec/json/value_text.h"

#include <emmintrin.h>

#include <charconv>

#include "base/error.h"
#include "base/hex.h"
#include "base/json.h"
#include "codec/text/base64.h"
#include "codec/text/moments.h"
#include "codec/text/numbers.h"
#include "function/value/decimal.h"
#include "function/value/number_text.h"

namespace millrace::codec {

namespace {

// How many bytes at the front need no escape and are ASCII; counts whole blocks of 16.
size_t plain_blocks(std::string_view text) {
  size_t at = 0;
  for (; at + 16 <= text.size(); at += 16) {
    const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at));
    // Signed: what is above ASCII is negative, and so below the space as well.
    const __m128i low = _mm_cmplt_epi8(block, _mm_set1_epi8(0x20));
    const __m128i quote = _mm_cmpeq_epi8(block, _mm_set1_epi8('"'));
    const __m128i escape = _mm_cmpeq_epi8(block, _mm_set1_epi8('\\'));
    if (_mm_movemask_epi8(_mm_or_si128(low, _mm_or_si128(quote, escape))) != 0) {
      break;
    }
  }
  return at;
}

bool is_plain(char c) { return c >= 0x20 && c != '"' && c != '\\'; }

// Jackson's, which is with large hexadecimal digits; the tree of the control plane has small ones.
void append_hex_control(uint8_t c, std::string& out) {
  out += "\\u00";
  append_large_hex(static_cast<char>(c), out);
}

void append_escaped(std::string_view text, std::string& out) {
  std::string escaped;
  append_json_string(text, escaped);
  const std::string_view inner = std::string_view(escaped).substr(1, escaped.size() - 2);
  for (size_t i = 0; i < inner.size(); ++i) {
    if (inner[i] == '\\' && inner[i + 1] == 'u') {
      uint8_t value = 0;
      std::from_chars(inner.data() + i + 4, inner.data() + i + 6, value, 16);
      append_hex_control(value, out);
      i += 5;
    } else if (inner[i] == '\\') {
      out += inner.substr(i, 2);
      ++i;
    } else {
      out += inner[i];
    }
  }
}

// NaN and the infinities have no number in JSON: Jackson writes them as strings.
template <typename T>
void append_floating(T value, std::string& out) {
  const bool finite = value - value == 0;
  out += finite ? "" : "\"";
  if constexpr (sizeof(T) == sizeof(float)) {
    function::append_float(value, out);
  } else {
    function::append_double(value, out);
  }
  out += finite ? "" : "\"";
}

void append_object(const Column& column, size_t at, const JsonOptions& options, std::string& out) {
  const std::vector<Field>& fields = *column.type().children;
  char separator = '{';
  for (size_t i = 0; i < fields.size(); ++i) {
    if (options.ignore_null_fields && column.children()[i].is_null(at)) {
      continue;
    }
    out += separator;
    separator = ',';
    append_json_text(fields[i].name, out);
    out += ':';
    append_json_value(column.children()[i], at, options, out);
  }
  out += separator == '{' ? "{}" : "}";
}

void append_array(const Column& column, size_t at, const JsonOptions& options, std::string& out) {
  const auto& offsets = *column.offsets();
  out += '[';
  for (size_t e = offsets[at]; e < offsets[at + 1]; ++e) {
    out += e > offsets[at] ? "," : "";
    append_json_value(column.children()[0], e, options, out);
  }
  out += ']';
}

// False where the entry is left out.
bool append_map_key(const Column& keys, size_t row, const JsonOptions& options, std::string& out) {
  if (!keys.is_null(row)) {
    append_json_text(View<StringRef>(keys)[row].view(), out);
    return true;
  }
  switch (options.map_null_keys) {
    case MapNullKeys::drop: return false;
    case MapNullKeys::literal: append_json_text(options.map_null_key_literal, out); return true;
    case MapNullKeys::fail: break;
  }
  throw Error(
      ErrorCode::invalid_argument,
      "JSON format doesn't support to serialize map data with null keys. You can drop null "
      "key entries or encode null in literals by specifying json.map-null-key.mode option.");
}

void append_map(const Column& column, size_t at, const JsonOptions& options, std::string& out) {
  const auto& offsets = *column.offsets();
  char separator = '{';
  for (size_t e = offsets[at]; e < offsets[at + 1]; ++e) {
    std::string key;
    if (!append_map_key(column.children()[0], e, options, key)) {
      continue;
    }
    out += separator;
    separator = ',';
    out += key;
    out += ':';
    append_json_value(column.children()[1], e, options, out);
  }
  out += separator == '{' ? "{}" : "}";
}

void append_moment(const Column& column, size_t row, const JsonOptions& options, std::string& out) {
  const char separator = options.timestamps == TimestampFormat::iso_8601 ? 'T' : ' ';
  out += '"';
  append_timestamp_text(View<int64_t>(column)[row], column.type(), separator, out);
  out += column.type().kind == TypeKind::timestamp_ltz ? "Z\"" : "\"";
}

}  // namespace

void append_json_text(std::string_view text, std::string& out) {
  out += '"';
  size_t at = plain_blocks(text);
  while (at < text.size() && is_plain(text[at])) {
    ++at;
  }
  out += text.substr(0, at);
  if (at < text.size()) {
    append_escaped(text.substr(at), out);
  }
  out += '"';
}

void append_json_value(const Column& column, size_t row, const JsonOptions& options,
                       std::string& out) {
  const Type& type = column.type();
  if (type.kind == TypeKind::null_ || column.is_null(row)) {
    out += "null";
    return;
  }
  switch (type.kind) {
    case TypeKind::boolean: out += View<uint8_t>(column)[row] != 0 ? "true" : "false"; return;
    case TypeKind::tinyint: return append_integer(View<int8_t>(column)[row], out);
    case TypeKind::smallint: return append_integer(View<int16_t>(column)[row], out);
    case TypeKind::integer:
    case TypeKind::interval_month: return append_integer(View<int32_t>(column)[row], out);
    case TypeKind::bigint:
    case TypeKind::interval_ms: return append_integer(View<int64_t>(column)[row], out);
    case TypeKind::float_: return append_floating(View<float>(column)[row], out);
    case TypeKind::double_: return append_floating(View<double>(column)[row], out);
    case TypeKind::decimal:
      if (options.plain_decimals) {
        out += function::decimal_text(function::DecimalView(column)[row], type.scale);
        return;
      }
      return append_stripped_decimal(function::DecimalView(column)[row], type.scale, out);
    case TypeKind::char_:
    case TypeKind::varchar: return append_json_text(View<StringRef>(column)[row].view(), out);
    case TypeKind::binary:
    case TypeKind::varbinary:
      out += '"';
      append_base64(View<StringRef>(column)[row].view(), out);
      out += '"';
      return;
    case TypeKind::date:
      out += '"';
      append_date_text(View<int32_t>(column)[row], out);
      out += '"';
      return;
    case TypeKind::time:
      out += '"';
      append_time_text(View<int32_t>(column)[row] / 1000, out);
      out += '"';
      return;
    case TypeKind::timestamp:
    case TypeKind::timestamp_ltz: return append_moment(column, row, options, out);
    case TypeKind::row: return append_object(column, column.position_of(row), options, out);
    case TypeKind::array: return append_array(column, column.position_of(row), options, out);
    case TypeKind::map:
    case TypeKind::multiset: return append_map(column, column.position_of(row), options, out);
    case TypeKind::null_:
    case TypeKind::bitmap:
    case TypeKind::variant: break;
  }
}

void check_has_json(const Type& type, const std::string& field) {
  if (type.is_without_order()) {
    throw Error(ErrorCode::unsupported,
                "field '" + field + "' of type " + type.to_string() + " has no JSON");
  }
  if (type.kind == TypeKind::map || type.kind == TypeKind::multiset) {
    if (!type.children->front().type.is_string()) {
      throw Error(ErrorCode::invalid_argument,
                  "JSON format doesn't support non-string as key type of map. The type is: " +
                      type.to_string());
    }
  }
  if (type.children != nullptr) {
    for (const Field& child : *type.children) {
      check_has_json(child.type, field);
    }
  }
}

}  // namespace millrace::codec
