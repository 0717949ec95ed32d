#include "query/pgwire/types.h"

#include <doctest/doctest.h>

#include <cmath>

#include "base/error.h"
#include "column/builder.h"

namespace millrace::query::pgwire {

namespace {

template <typename T>
Column one(const Type& type, T value) {
  ColumnBuilder builder(type);
  builder.add(value);
  return builder.finish();
}

std::string text_of(const Column& column) {
  std::string out;
  append_value(column, 0, Format::text, out);
  return out.substr(4);
}

std::string binary_of(const Column& column) {
  std::string out;
  append_value(column, 0, Format::binary, out);
  return out.substr(4);
}

}  // namespace

TEST_CASE("values as text") {
  CHECK(text_of(one<uint8_t>(Type::of(TypeKind::boolean), 1)) == "t");
  CHECK(text_of(one(Type::of(TypeKind::double_), 0.1)) == "0.1");
  CHECK(text_of(one(Type::of(TypeKind::double_), -HUGE_VAL)) == "-Infinity");
  CHECK(text_of(one<int64_t>(Type::timestamp(6), 1'500'000)) == "1970-01-01 00:00:01.5");
  CHECK(text_of(one<int64_t>(Type::timestamp_ltz(6), -1)) == "1969-12-31 23:59:59.999999+00");
  CHECK(text_of(one<int64_t>(Type::decimal(5, 2), -5)) == "-0.05");
}

TEST_CASE("a decimal keeps its value through the binary format") {
  const std::vector<std::pair<int64_t, int32_t>> numbers = {{0, 0},
                                                            {0, 5},
                                                            {1, 0},
                                                            {-1, 4},
                                                            {12345678, 3},
                                                            {10000, 0},
                                                            {100000000, 4},
                                                            {-7, 9},
                                                            {999999999999999999, 1},
                                                            {1234500000000, 8}};
  for (const auto& [unscaled, scale] : numbers) {
    const Column column = one<int64_t>(Type::decimal(18, scale), unscaled);
    CAPTURE(unscaled);
    CAPTURE(scale);
    const Parameter back = parameter_from(binary_of(column), Format::binary, 1700, Type());
    std::string text = std::get<std::string>(back);
    const size_t digits = text.find_first_not_of("-0");
    const bool leading_point = digits != std::string::npos && text[digits] == '.';
    const size_t sign = text.starts_with('-') ? 1 : 0;
    if (digits == std::string::npos) {
      text = "0";
    } else {
      text = text.substr(0, sign) + (leading_point ? "0" : "") + text.substr(digits);
    }
    CHECK(text == text_of(column));
  }
}

TEST_CASE("parameters are read by the client's type, or else by their use") {
  using std::string_literals::operator""s;
  const Type any;
  CHECK(std::get<int64_t>(parameter_from("12", Format::text, 23, any)) == 12);
  CHECK(std::get<int64_t>(
            parameter_from("\0\5"s, Format::binary, 21, Type::of(TypeKind::bigint))) == 5);
  CHECK(std::get<int64_t>(parameter_from("12", Format::text, 0, Type::of(TypeKind::integer))) ==
        12);
  CHECK(std::get<std::string>(parameter_from("12", Format::text, 0, any)) == "12");
  CHECK(std::get<std::string>(parameter_from("\0\0\0\0"s, Format::binary, 1082, any)) ==
        "2000-01-01");
  CHECK_THROWS_AS(parameter_from("1x", Format::text, 23, any), Error);
  CHECK_THROWS_AS(parameter_from("\0"s, Format::binary, 23, any), Error);
}

}  // namespace millrace::query::pgwire
