#include "codec/json/encoder.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "base/error.h"
#include "codec/json/value_text.h"
#include "codec/text/base64.h"
#include "column/builder.h"

namespace millrace::codec {

namespace {

template <typename T>
std::string json_of(const Type& type, T value, const JsonOptions& options = {}) {
  ColumnBuilder builder(type);
  if constexpr (std::is_convertible_v<T, std::string_view>) {
    builder.add_string(value);
  } else {
    builder.add(value);
  }
  std::string text;
  append_json_value(builder.finish(), 0, options, text);
  return text;
}

Column integers(std::initializer_list<std::optional<int32_t>> values) {
  ColumnBuilder builder(Type::of(TypeKind::integer));
  for (const auto value : values) {
    value ? builder.add(*value) : builder.add_null();
  }
  return builder.finish();
}

Column strings(std::initializer_list<const char*> values) {
  ColumnBuilder builder(Type::string());
  for (const char* value : values) {
    value != nullptr ? builder.add_string(value) : builder.add_null();
  }
  return builder.finish();
}

const JsonOptions kPlain{.plain_decimals = true};

}  // namespace

TEST_CASE("numbers are Java's") {
  CHECK(json_of(Type::of(TypeKind::double_), 1e10) == "1.0E10");
  CHECK(json_of(Type::of(TypeKind::double_), 0.001) == "0.001");
  CHECK(json_of(Type::of(TypeKind::double_), std::nan("")) == "\"NaN\"");
  CHECK(json_of(Type::of(TypeKind::float_), -std::numeric_limits<float>::infinity()) ==
        "\"-Infinity\"");
  CHECK(json_of(Type::of(TypeKind::bigint), INT64_MIN) == "-9223372036854775808");
  CHECK(json_of(Type::of(TypeKind::boolean), uint8_t{1}) == "true");
}

TEST_CASE("decimals lose the zeros behind their last digit, unless they are to be plain") {
  CHECK(json_of(Type::decimal(10, 2), int64_t{110}) == "1.1");
  CHECK(json_of(Type::decimal(10, 2), int64_t{10000}) == "1E+2");
  CHECK(json_of(Type::decimal(10, 2), int64_t{0}) == "0");
  CHECK(json_of(Type::decimal(18, 10), int64_t{1}) == "1E-10");
  CHECK(json_of(Type::decimal(18, 10), int64_t{-12000}) == "-0.0000012");
  CHECK(json_of(Type::decimal(10, 2), int64_t{110}, kPlain) == "1.10");
  CHECK(json_of(Type::decimal(18, 10), int64_t{1}, kPlain) == "0.0000000001");
  CHECK(json_of(Type::decimal(38, 0), __int128{1} << 100) == "1267650600228229401496703205376");
}

TEST_CASE("times have as many digits as are not zero") {
  const Type millis = Type::timestamp(3);
  CHECK(json_of(millis, int64_t{1'767'225'600'000}) == "\"2026-01-01 00:00:00\"");
  CHECK(json_of(millis, int64_t{1'767'225'600'500}) == "\"2026-01-01 00:00:00.5\"");
  CHECK(json_of(millis, int64_t{-1}) == "\"1969-12-31 23:59:59.999\"");
  CHECK(json_of(Type::timestamp(9), int64_t{1}) == "\"1970-01-01 00:00:00.000000001\"");
  CHECK(json_of(Type::timestamp_ltz(3), int64_t{0}) == "\"1970-01-01 00:00:00Z\"");
  const JsonOptions iso{.timestamps = TimestampFormat::iso_8601};
  CHECK(json_of(Type::timestamp_ltz(3), int64_t{1500}, iso) == "\"1970-01-01T00:00:01.5Z\"");
  CHECK(json_of(Type::of(TypeKind::date), int32_t{-1}) == "\"1969-12-31\"");
  CHECK(json_of(Type::with_length(TypeKind::time, 3), int32_t{3'661'999}) == "\"01:01:01\"");
  CHECK(json_of(Type::of(TypeKind::interval_month), int32_t{14}) == "14");
}

TEST_CASE("strings are escaped as Jackson does it") {
  CHECK(json_of(Type::string(), "plain") == "\"plain\"");
  CHECK(json_of(Type::string(), "a\"b\\c\n\t/\x1f\x7f") == "\"a\\\"b\\\\c\\n\\t/\\u001F\x7f\"");
  CHECK(json_of(Type::string(), "longer than a block é and \b") ==
        "\"longer than a block é and \\b\"");
  CHECK(json_of(Type::string(), std::string_view("\xff", 1)) == "\"\xEF\xBF\xBD\"");
  CHECK(json_of(Type::bytes(), std::string_view("\x01\xff", 2)) == "\"Af8=\"");
}

TEST_CASE("base64 reads back what it wrote") {
  for (const std::string bytes : {"", "a", "ab", "abc", "abcd", "\xff\xfe"}) {
    std::string text;
    append_base64(bytes, text);
    CHECK(bytes_of_base64(text) == bytes);
  }
  for (const char* bad : {"A", "A===", "AA=", "A*==", "AA==A"}) {
    CAPTURE(bad);
    CHECK(!bytes_of_base64(bad));
  }
}

TEST_CASE("nested values") {
  const Type row = Type::row({{"a", Type::of(TypeKind::integer)}, {"b", Type::string()}});
  const Column rows = Column::row(row, 2, {integers({1, std::nullopt}), strings({"x", nullptr})});
  std::string text;
  append_json_value(rows, 0, {}, text);
  append_json_value(rows, 1, {}, text);
  append_json_value(rows, 1, {.ignore_null_fields = true}, text);
  CHECK(text == R"({"a":1,"b":"x"}{"a":null,"b":null}{})");

  const auto offsets =
      std::make_shared<const std::vector<uint32_t>>(std::vector<uint32_t>{0, 2, 2});
  const Column list = Column::list(Type::array(Type::of(TypeKind::integer)), 2, offsets,
                                   {integers({1, std::nullopt})});
  text.clear();
  append_json_value(list, 0, {}, text);
  append_json_value(list, 1, {}, text);
  CHECK(text == "[1,null][]");
}

TEST_CASE("a map's NULL key is refused, dropped or named") {
  const auto offsets = std::make_shared<const std::vector<uint32_t>>(std::vector<uint32_t>{0, 2});
  const Column map = Column::list(Type::map(Type::string(), Type::of(TypeKind::integer)), 1,
                                  offsets, {strings({"k", nullptr}), integers({1, 2})});
  std::string text;
  CHECK_THROWS_AS(append_json_value(map, 0, {}, text), Error);
  text.clear();
  append_json_value(map, 0, {.map_null_keys = MapNullKeys::drop}, text);
  append_json_value(map, 0, {.map_null_keys = MapNullKeys::literal, .map_null_key_literal = "nil"},
                    text);
  CHECK(text == R"({"k":1}{"k":1,"nil":2})");
  CHECK_THROWS_AS(
      make_json_encoder({{{"m", Type::map(Type::of(TypeKind::integer), Type::string())}}}, {}),
      Error);
}

TEST_CASE("a changelog as Debezium's") {
  Batch batch;
  batch.columns = {integers({1, 1, 2, std::nullopt})};
  batch.physical_size = 4;
  batch.kinds = {RowKind::insert, RowKind::update_before, RowKind::update_after, RowKind::delete_};
  const Schema schema{{{"n", Type::of(TypeKind::integer)}}};
  const auto text_of = [&](const JsonOptions& options) {
    const auto encoder = make_debezium_json_encoder(schema, options);
    encoder->begin(batch);
    std::string text;
    for (uint32_t row = 0; row < 4; ++row) {
      encoder->append(row, text);
    }
    return text;
  };
  CHECK(text_of({}) == R"({"before":null,"after":{"n":1},"op":"c"})"
                       R"({"before":{"n":1},"after":null,"op":"d"})"
                       R"({"before":null,"after":{"n":2},"op":"c"})"
                       R"({"before":{"n":null},"after":null,"op":"d"})");
  CHECK(text_of({.ignore_null_fields = true}) == R"({"after":{"n":1},"op":"c"})"
                                                 R"({"before":{"n":1},"op":"d"})"
                                                 R"({"after":{"n":2},"op":"c"})"
                                                 R"({"before":{},"op":"d"})");
}

}  // namespace millrace::codec
