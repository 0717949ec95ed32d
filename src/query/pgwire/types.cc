#include "query/pgwire/types.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>

#include "base/bytes.h"
#include "base/error.h"
#include "base/hex.h"
#include "delta/literal.h"

namespace millrace::query::pgwire {

static constexpr std::array<TypeInfo, 14> kTypes = {{
    {16, 1, 'B', "bool", "boolean", "boolrecv"},
    {17, -1, 'U', "bytea", "bytea", "bytearecv"},
    {20, 8, 'N', "int8", "bigint", "int8recv"},
    {21, 2, 'N', "int2", "smallint", "int2recv"},
    {23, 4, 'N', "int4", "integer", "int4recv"},
    {25, -1, 'S', "text", "text", "textrecv"},
    {114, -1, 'U', "json", "json", "json_recv"},
    {700, 4, 'N', "float4", "real", "float4recv"},
    {701, 8, 'N', "float8", "double precision", "float8recv"},
    {1043, -1, 'S', "varchar", "character varying", "varcharrecv"},
    {1082, 4, 'D', "date", "date", "date_recv"},
    {1114, 8, 'D', "timestamp", "timestamp without time zone", "timestamp_recv"},
    {1184, 8, 'D', "timestamptz", "timestamp with time zone", "timestamptz_recv"},
    {1700, -1, 'N', "numeric", "numeric", "numeric_recv"},
}};

std::span<const TypeInfo> all_types() { return kTypes; }

static const TypeInfo& by_oid(uint32_t oid) {
  for (const TypeInfo& type : kTypes) {
    if (type.oid == oid) {
      return type;
    }
  }
  throw Error(ErrorCode::internal, "no Postgres type of oid " + std::to_string(oid));
}

const TypeInfo& type_info(const Type& type) {
  switch (type.kind) {
    case TypeKind::boolean: return by_oid(16);
    case TypeKind::binary:
    case TypeKind::varbinary: return by_oid(17);
    case TypeKind::bigint: return by_oid(20);
    case TypeKind::tinyint:
    case TypeKind::smallint: return by_oid(21);
    case TypeKind::integer: return by_oid(23);
    case TypeKind::float_: return by_oid(700);
    case TypeKind::double_: return by_oid(701);
    case TypeKind::date: return by_oid(1082);
    case TypeKind::timestamp: return by_oid(1114);
    case TypeKind::timestamp_ltz: return by_oid(1184);
    case TypeKind::decimal: return by_oid(1700);
    case TypeKind::array:
    case TypeKind::map:
    case TypeKind::multiset:
    case TypeKind::row: return by_oid(114);  // that is how they come out
    case TypeKind::null_:
    case TypeKind::char_:
    case TypeKind::varchar:
    case TypeKind::time:
    case TypeKind::interval_month:
    case TypeKind::interval_ms:
    case TypeKind::bitmap:
    case TypeKind::variant: return by_oid(25);
  }
  return by_oid(25);
}

const TypeInfo& type_info(const ResultColumn& column) {
  return column.is_json ? by_oid(114) : type_info(column.type);
}

int32_t type_modifier(const Type& type) {
  return type.kind == TypeKind::decimal ? (type.precision << 16 | type.scale) + 4 : -1;
}

namespace {

constexpr int64_t kDaysTo2000 = 10'957;
constexpr int64_t kMicrosTo2000 = kDaysTo2000 * 86'400'000'000;

template <typename T>
void append_big_endian(T value, std::string& out) {
  char raw[sizeof(T)];
  store<T, Endian::big>(value, raw);
  out.append(raw, sizeof(T));
}

// Numeric: digits of base 10,000, the position of the first one, the sign, the scale.
void append_numeric(__int128 unscaled, int32_t scale, std::string& out) {
  const bool negative = unscaled < 0;
  auto rest = negative ? -static_cast<unsigned __int128>(unscaled)
                       : static_cast<unsigned __int128>(unscaled);
  // Whole groups of four digits behind the point.
  for (int32_t i = scale; i % 4 != 0; ++i) {
    rest *= 10;
  }
  int32_t fraction_groups = (scale + 3) / 4;
  std::vector<int16_t> groups;  // lowest first
  while (rest != 0) {
    groups.push_back(static_cast<int16_t>(rest % 10'000));
    rest /= 10'000;
  }
  const auto weight =
      static_cast<int16_t>(static_cast<int32_t>(groups.size()) - fraction_groups - 1);
  append_big_endian(static_cast<int16_t>(groups.size()), out);
  append_big_endian(groups.empty() ? int16_t{0} : weight, out);
  append_big_endian(static_cast<int16_t>(negative ? 0x4000 : 0), out);
  append_big_endian(static_cast<int16_t>(scale), out);
  for (auto group = groups.rbegin(); group != groups.rend(); ++group) {
    append_big_endian(*group, out);
  }
}

__int128 unscaled_of(const Column& column, uint32_t row) {
  return column.type().physical() == Physical::i64 ? View<int64_t>(column)[row]
                                                   : View<__int128>(column)[row];
}

void append_binary(const Column& column, uint32_t row, std::string& out) {
  switch (column.type().kind) {
    case TypeKind::boolean: out += static_cast<char>(View<uint8_t>(column)[row]); return;
    case TypeKind::tinyint:
      return append_big_endian(static_cast<int16_t>(View<int8_t>(column)[row]), out);
    case TypeKind::smallint: return append_big_endian(View<int16_t>(column)[row], out);
    case TypeKind::integer: return append_big_endian(View<int32_t>(column)[row], out);
    case TypeKind::bigint: return append_big_endian(View<int64_t>(column)[row], out);
    case TypeKind::float_:
      return append_big_endian(std::bit_cast<uint32_t>(View<float>(column)[row]), out);
    case TypeKind::double_:
      return append_big_endian(std::bit_cast<uint64_t>(View<double>(column)[row]), out);
    case TypeKind::date:
      return append_big_endian(static_cast<int32_t>(View<int32_t>(column)[row] - kDaysTo2000), out);
    case TypeKind::timestamp:
    case TypeKind::timestamp_ltz:
      return append_big_endian(View<int64_t>(column)[row] - kMicrosTo2000, out);
    case TypeKind::decimal:
      return append_numeric(unscaled_of(column, row), column.type().scale, out);
    case TypeKind::char_:
    case TypeKind::varchar:
    case TypeKind::binary:
    case TypeKind::varbinary: out += View<StringRef>(column)[row].view(); return;
    case TypeKind::null_:
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
  throw Error(ErrorCode::internal, "a result column of type " + column.type().to_string());
}

template <typename T>
void append_number(T value, std::string& out) {
  if constexpr (std::is_floating_point_v<T>) {
    if (!std::isfinite(value)) {
      out += std::isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
      return;
    }
  }
  std::array<char, 48> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value);
  out.append(text.data(), end.ptr);
}

// A fraction without trailing zeros.
void append_wall_clock(int64_t micros, std::string& out) {
  out += delta::wall_clock_text(micros);
  if (micros % 1'000'000 != 0) {
    out.resize(out.find_last_not_of('0') + 1);
  }
}

void append_bytes_as_text(std::string_view bytes, std::string& out) {
  out += "\\x";
  append_hex(bytes, out);
}

void append_text(const Column& column, uint32_t row, std::string& out) {
  switch (column.type().kind) {
    case TypeKind::boolean: out += View<uint8_t>(column)[row] != 0 ? 't' : 'f'; return;
    case TypeKind::tinyint: return append_number(View<int8_t>(column)[row], out);
    case TypeKind::smallint: return append_number(View<int16_t>(column)[row], out);
    case TypeKind::integer: return append_number(View<int32_t>(column)[row], out);
    case TypeKind::bigint: return append_number(View<int64_t>(column)[row], out);
    case TypeKind::float_: return append_number(View<float>(column)[row], out);
    case TypeKind::double_: return append_number(View<double>(column)[row], out);
    case TypeKind::date: out += delta::date_text(View<int32_t>(column)[row]); return;
    case TypeKind::timestamp: return append_wall_clock(View<int64_t>(column)[row], out);
    case TypeKind::timestamp_ltz:
      append_wall_clock(View<int64_t>(column)[row], out);
      out += "+00";
      return;
    case TypeKind::decimal:
      out += delta::decimal_text(unscaled_of(column, row), column.type().scale);
      return;
    case TypeKind::binary:
    case TypeKind::varbinary: return append_bytes_as_text(View<StringRef>(column)[row].view(), out);
    case TypeKind::char_:
    case TypeKind::varchar: out += View<StringRef>(column)[row].view(); return;
    case TypeKind::null_:
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
  throw Error(ErrorCode::internal, "a result column of type " + column.type().to_string());
}

}  // namespace

void append_value(const Column& column, uint32_t row, Format format, std::string& out) {
  const size_t at = out.size();
  append_big_endian(int32_t{-1}, out);
  if (column.is_null(row)) {
    return;
  }
  format == Format::binary ? append_binary(column, row, out) : append_text(column, row, out);
  store<int32_t, Endian::big>(static_cast<int32_t>(out.size() - at - 4), out.data() + at);
}

namespace {

template <typename T>
T fixed(std::string_view value) {
  if (value.size() != sizeof(T)) {
    throw Error(ErrorCode::invalid_argument, "a binary parameter of " +
                                                 std::to_string(value.size()) +
                                                 " bytes instead of " + std::to_string(sizeof(T)));
  }
  return load<T, Endian::big>(value.data());
}

// As append_numeric() writes it; the value's text.
std::string numeric_text(std::string_view value) {
  NetworkReader in(value);
  const auto groups = in.read<int16_t>();
  const auto weight = in.read<int16_t>();
  const auto sign = in.read<uint16_t>();
  const auto scale = in.read<int16_t>();
  if (groups < 0 || scale < 0 || (sign != 0 && sign != 0x4000)) {
    throw Error(ErrorCode::invalid_argument, "a numeric parameter that is no number");
  }
  std::string whole;
  std::string fraction;
  for (int16_t i = 0; i < std::max<int>(groups, weight + 1); ++i) {
    const int group = i < groups ? in.read<int16_t>() : 0;
    const std::string digits = std::to_string(10'000 + std::clamp(group, 0, 9'999)).substr(1);
    (i <= weight ? whole : fraction) += digits;
  }
  if (weight < -1) {
    fraction.insert(0, static_cast<size_t>(-1 - weight) * 4, '0');
  }
  fraction.resize(static_cast<size_t>(scale), '0');
  return (sign != 0 ? "-" : "") + (whole.empty() ? "0" : whole) +
         (fraction.empty() ? "" : "." + fraction);
}

// Bytes as DuckDB's text for them, which is cast where it is used.
std::string bytes_text(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    text += "\\x";
    append_large_hex(c, text);
  }
  return text;
}

Parameter from_binary(std::string_view value, uint32_t oid) {
  switch (oid) {
    case 16: return fixed<int8_t>(value) != 0;
    case 17: return bytes_text(value);
    case 20: return fixed<int64_t>(value);
    case 21: return static_cast<int64_t>(fixed<int16_t>(value));
    case 23: return static_cast<int64_t>(fixed<int32_t>(value));
    case 700: return static_cast<double>(std::bit_cast<float>(fixed<uint32_t>(value)));
    case 701: return std::bit_cast<double>(fixed<uint64_t>(value));
    case 1082: return delta::date_text(fixed<int32_t>(value) + kDaysTo2000);
    case 1114: return delta::wall_clock_text(fixed<int64_t>(value) + kMicrosTo2000);
    case 1184: return delta::wall_clock_text(fixed<int64_t>(value) + kMicrosTo2000) + "+00";
    case 1700: return numeric_text(value);
    case 25:
    case 114:
    case 1043: return std::string(value);
    default:
      throw Error(ErrorCode::unsupported, "binary parameters of type " + std::to_string(oid) +
                                              " are not supported; send text");
  }
}

template <typename T>
T number_from(std::string_view text) {
  T number{};
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end) {
    throw Error(ErrorCode::invalid_argument,
                "invalid input syntax for a number: \"" + std::string(text) + "\"");
  }
  return number;
}

}  // namespace

Parameter parameter_from(std::string_view value, Format format, uint32_t oid, const Type& used_as) {
  const uint32_t known = oid == 0 && used_as.kind != TypeKind::null_ ? type_info(used_as).oid : oid;
  if (format == Format::binary) {
    return from_binary(value, known);
  }
  switch (known) {
    case 16: return value.starts_with('t') || value.starts_with('T') || value == "1";
    case 20:
    case 21:
    case 23: return number_from<int64_t>(value);
    case 700:
    case 701: return number_from<double>(value);
    default: return std::string(value);
  }
}

}  // namespace millrace::query::pgwire
