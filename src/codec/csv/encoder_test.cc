// What is expected here was written by Flink 2.3.

#include "codec/csv/encoder.h"

#include <doctest/doctest.h>

#include "base/error.h"
#include "codec/csv/decoder.h"
#include "column/builder.h"
#include "function/evaluate.h"

namespace millrace::codec {

namespace {

// The record of one row, from the values as SQL would cast them.
std::string csv_of(const std::vector<std::pair<Type, const char*>>& values,
                   const CsvOptions& options = {}) {
  Schema schema;
  Batch batch;
  batch.physical_size = 1;
  function::EvaluationContext context(Timestamp{});
  for (const auto& [type, value] : values) {
    schema.fields.push_back({"f", type});
    ColumnBuilder builder(Type::string());
    value != nullptr ? builder.add_string(value) : builder.add_null();
    batch.columns.push_back(function::cast(builder.finish(), type, Rows(1), false, context));
  }
  const auto encoder = make_csv_encoder(schema, options);
  encoder->begin(batch);
  std::string record;
  encoder->append(0, record);
  return record;
}

std::string csv_of(const char* text, const CsvOptions& options = {}) {
  return csv_of({{Type::string(), text}}, options);
}

}  // namespace

TEST_CASE("text is quoted where Jackson does not look closer") {
  CHECK(csv_of("plain") == "plain");
  CHECK(csv_of("a-b.c/d:e;f") == "a-b.c/d:e;f");
  for (const std::string text : {"two words", "a,b", "a+b", "#hash", "it's", " ", "line\nbreak",
                                 "back\\slash", "abcdefghijklmnopqrstuvwxy"}) {
    CHECK(csv_of(text.c_str()) == '"' + text + '"');
  }
  CHECK(csv_of("abcdefghijklmnopqrstuvwx") == "abcdefghijklmnopqrstuvwx");
  CHECK(csv_of("q\"x") == "\"q\"\"x\"");
  CHECK(csv_of("") == "");
}

TEST_CASE("the length of text is that of its UTF-16") {
  const std::string two_bytes = "\u00FC";
  std::string text;
  for (int i = 0; i < 24; ++i) {
    text += two_bytes;
  }
  CHECK(csv_of(text.c_str()) == text);
  CHECK(csv_of((text + two_bytes).c_str()) == '"' + text + two_bytes + '"');
  std::string surrogates;
  for (int i = 0; i < 13; ++i) {
    surrogates += "\U0001F600";
  }
  CHECK(csv_of(surrogates.c_str()) == '"' + surrogates + '"');
}

TEST_CASE("delimiter, quote and escape change what is quoted") {
  const CsvOptions bar{.delimiter = '|'};
  CHECK(csv_of({{Type::string(), "x"}, {Type::of(TypeKind::date), "2026-01-31"}}, bar) ==
        "\"x\"|\"2026-01-31\"");
  CHECK(csv_of({{Type::of(TypeKind::bigint), "5"}, {Type::of(TypeKind::boolean), "true"}}, bar) ==
        "5|true");
  CsvOptions tilde;
  tilde.escape = '~';
  CHECK(csv_of("back\\slash", tilde) == "back\\slash");
  CHECK(csv_of("til~de", tilde) == "\"til~~de\"");
  CHECK(csv_of("q\"x", tilde) == "\"q\"\"x\"");
  const CsvOptions exclamation{.quote = '!'};
  CHECK(csv_of("a!b", exclamation) == "!a!!b!");
  CHECK(csv_of("a\"b", exclamation) == "!a\"b!");
  const CsvOptions none{.quote = std::nullopt};
  CHECK(csv_of("a,b \"c", none) == "a,b \"c");
}

TEST_CASE("numbers and times are Java's") {
  CHECK(csv_of({{Type::decimal(10, 2), "12.50"},
                {Type::decimal(30, 10), "100"},
                {Type::decimal(10, 8), "0.00000001"},
                {Type::decimal(10, 2), "0"}}) == "12.5,1E+2,1E-8,0");
  CHECK(csv_of({{Type::of(TypeKind::double_), "1e10"}, {Type::of(TypeKind::float_), "1.5"}}) ==
        "1.0E10,1.5");
  Type seconds = Type::of(TypeKind::time);
  seconds.precision = 3;
  CHECK(csv_of({{seconds, "23:59:59.5"}, {seconds, "23:59:59"}}) == "23:59:59.5,23:59:59");
  CHECK(csv_of({{Type::timestamp(3), "2026-01-31 23:59:59.120"},
                {Type::timestamp(9), "2026-01-31 00:00:00"}}) ==
        "\"2026-01-31 23:59:59.12\",\"2026-01-31 00:00:00\"");
  CHECK(csv_of({{Type::timestamp_ltz(3), "1970-01-01 00:00:01.500"}}) ==
        "\"1970-01-01 00:00:01.5Z\"");
  CHECK(csv_of({{Type::bytes(), "hello"}}) == "aGVsbG8=");
  CHECK(csv_of({{Type::bytes(), "ABCDEFGHIJKLMNOPQRS"}}) == "\"QUJDREVGR0hJSktMTU5PUFFSUw==\"");
}

TEST_CASE("NULL is nothing, or its literal") {
  CHECK(csv_of({{Type::string(), nullptr}, {Type::of(TypeKind::integer), nullptr}}) == ",");
  CHECK(csv_of({{Type::string(), nullptr}, {Type::of(TypeKind::integer), nullptr}},
               {.null_literal = "n/a"}) == "n/a,n/a");
}

TEST_CASE("arrays and rows are their parts with a delimiter between them, in quotes as a whole") {
  const Type number = Type::of(TypeKind::integer);
  const Schema schema{{{"a", Type::array(Type::string())},
                       {"r", Type::row({{"i", number}, {"s", Type::string()}})},
                       {"d", Type::array(Type::decimal(5, 2))},
                       {"t", Type::row({{"t", Type::timestamp(3)}, {"b", Type::bytes()}})}}};
  const auto written = [&](std::string record, const CsvOptions& options) {
    record.resize(record.size() + kPadding);
    const auto owner = std::make_shared<std::string>(std::move(record));
    const std::string_view view(owner->data(), owner->size() - kPadding);
    Decoded decoded = make_csv_decoder(schema, schema, options)->decode({&view, 1}, owner);
    REQUIRE(decoded.rows == 1);
    Batch batch;
    batch.physical_size = 1;
    batch.columns = std::move(decoded.columns);
    const auto encoder = make_csv_encoder(schema, options);
    encoder->begin(batch);
    std::string out;
    encoder->append(0, out);
    return out;
  };
  for (
      const char* record :
      {R"("a;b c",1;x,1.5;2,"2026-01-31 10:00:00;AQI=")", R"(,,1;2,"2026-01-31 10:00:00.12;/w==")",
       R"("this is a very long element of an array;x,y",";a,b","1E+2","2026-01-31 10:00:00;AQI=")"}) {
    CHECK(written(record, {.ignore_parse_errors = true}) == record);
  }
  CHECK(written("a|b|nil,nil|x;y,1|nil,nil|AQI=",
                {.element_delimiter = '|', .null_literal = "nil"}) ==
        "a|b|nil,nil|x;y,1|nil,nil|AQI=");
}

TEST_CASE("types that are nested deeper are refused by their name") {
  CHECK_THROWS_WITH_AS(make_csv_encoder({{{"f", Type::array(Type::array(Type::string()))}}}, {}),
                       "format 'csv': field 'f' of type ARRAY<ARRAY<STRING>> is not written: there "
                       "are ARRAYs and ROWs of what is not nested itself",
                       Error);
}

}  // namespace millrace::codec
