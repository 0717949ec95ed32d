#include "codec/json/decoder.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "base/error.h"
#include "base/shared_bytes.h"
#include "codec/codecs.h"
#include "codec/json/value_text.h"

namespace millrace::codec {

namespace {

// Each record in bytes of its own, so that the sanitizers see a read too far.
class Records {
 public:
  explicit Records(const std::vector<std::string>& texts) {
    for (const std::string& text : texts) {
      bytes_->push_back(SharedBytes::copy_of(text));
      views_.push_back(bytes_->back().view());
    }
  }
  Decoded decode(Decoder& decoder) const { return decoder.decode(views_, bytes_); }

 private:
  std::shared_ptr<std::vector<SharedBytes>> bytes_ = std::make_shared<std::vector<SharedBytes>>();
  std::vector<std::string_view> views_;
};

std::string show(const Column& column, size_t row) {
  if (column.is_null(row)) {
    return "NULL";
  }
  switch (column.type().physical()) {
    case Physical::string: return std::string(View<StringRef>(column)[row].view());
    case Physical::u8: return View<uint8_t>(column)[row] != 0 ? "TRUE" : "FALSE";
    case Physical::i8: return std::to_string(View<int8_t>(column)[row]);
    case Physical::i16: return std::to_string(View<int16_t>(column)[row]);
    case Physical::i32: return std::to_string(View<int32_t>(column)[row]);
    case Physical::i64: return std::to_string(View<int64_t>(column)[row]);
    case Physical::i128: return std::to_string(static_cast<int64_t>(View<__int128>(column)[row]));
    case Physical::f32: return std::to_string(View<float>(column)[row]);
    case Physical::f64: return std::to_string(View<double>(column)[row]);
    case Physical::nested: break;
  }
  std::string text;
  JsonOptions options;
  append_json_value(column, row, options, text);
  return text;
}

// The one column "v" of one record: its value in each row, or "! reason".
std::string read(const Type& type, const std::string& record, const JsonOptions& options = {}) {
  const auto decoder = make_json_decoder(Schema{{{"v", type}}}, options);
  const Decoded decoded = Records({record}).decode(*decoder);
  std::string text;
  for (size_t row = 0; row < decoded.rows; ++row) {
    text += (row > 0 ? "|" : "") + show(decoded.columns[0], row);
  }
  for (const auto& reject : decoded.rejects) {
    text += "! " + reject.reason;
  }
  return text;
}

Type of(TypeKind kind) { return Type::of(kind); }

}  // namespace

TEST_CASE("JSON fields are coerced as Flink coerces them") {
  struct Case {
    Type type;
    const char* value;
    const char* expected;
  };
  const Case cases[] = {
      {Type::string(), R"("plain")", "plain"},
      {Type::string(), R"("")", ""},
      {Type::string(), R"("a text of more than twelve bytes")", "a text of more than twelve bytes"},
      {Type::string(), R"("tab\tquote\" \u00e9")", "tab\tquote\" \xC3\xA9"},
      {Type::string(), "12.50", "12.50"},
      {Type::string(), "true", "true"},
      {Type::string(), "null", "NULL"},
      {Type::string(), R"({ "a": [1, "x y"] })", R"({"a":[1,"x y"]})"},
      {of(TypeKind::integer), "42", "42"},
      {of(TypeKind::integer), "-42 ", "-42"},
      {of(TypeKind::integer), R"("2")", "2"},
      {of(TypeKind::integer), R"(" 2 ")", "2"},
      {of(TypeKind::integer), "4.7", "4"},
      {of(TypeKind::integer), "-4.7", "-4"},
      {of(TypeKind::integer), "1e3", "1000"},
      {of(TypeKind::integer), "2147483648", "! field 'v': cannot read '2147483648' as INT"},
      {of(TypeKind::integer), R"("4.7")", "! field 'v': cannot read '4.7' as INT"},
      {of(TypeKind::integer), R"("")", "! field 'v': cannot read '' as INT"},
      {of(TypeKind::integer), "true", "! field 'v': cannot read 'true' as INT"},
      {of(TypeKind::tinyint), "-128", "-128"},
      {of(TypeKind::tinyint), "128", "! field 'v': cannot read '128' as TINYINT"},
      {of(TypeKind::bigint), "9223372036854775807", "9223372036854775807"},
      {of(TypeKind::bigint), "9223372036854775808",
       "! field 'v': cannot read '9223372036854775808' as BIGINT"},
      {of(TypeKind::double_), "1.25", "1.250000"},
      {of(TypeKind::double_), R"("1.25")", "1.250000"},
      {of(TypeKind::double_), "-0", "-0.000000"},
      {of(TypeKind::double_), R"("abc")", "! field 'v': cannot read 'abc' as DOUBLE"},
      {of(TypeKind::float_), "1.5", "1.500000"},
      {of(TypeKind::boolean), "true", "TRUE"},
      {of(TypeKind::boolean), R"("TRUE")", "TRUE"},
      {of(TypeKind::boolean), R"("yes")", "FALSE"},
      {Type::decimal(5, 2), "12.345", "1235"},
      {Type::decimal(5, 2), "-12.345", "-1235"},
      {Type::decimal(5, 2), R"("7")", "700"},
      {Type::decimal(5, 2), "0.004", "0"},
      {Type::decimal(5, 2), "1e2", "10000"},
      {Type::decimal(5, 2), "1e-1", "10"},
      {Type::decimal(5, 2), "1000", "NULL"},
      {Type::decimal(5, 2), "999.995", "NULL"},
      {Type::decimal(20, 1), "1234567890.25", "12345678903"},
      {of(TypeKind::date), R"("1970-01-02")", "1"},
      {of(TypeKind::date), R"("1969-12-31")", "-1"},
      {of(TypeKind::date), R"("2023-02-29")", "! field 'v': cannot read '2023-02-29' as DATE"},
      {Type::timestamp(3), R"("1970-01-01 00:00:01.5")", "1500"},
      {Type::timestamp(3), R"("1970-01-01 00:00:01")", "1000"},
      {Type::timestamp(3), R"("1969-12-31 23:59:59.999")", "-1"},
      {Type::timestamp(6), R"("1970-01-01 00:00:01.123456789")", "1123456"},
      {Type::timestamp(3), R"("1970-01-01T00:00:01")",
       "! field 'v': cannot read '1970-01-01T00:00:01' as TIMESTAMP(3)"},
      {Type::timestamp(3), "17", "! field 'v': cannot read '17' as TIMESTAMP(3)"},
      {Type::timestamp_ltz(3), R"("1970-01-01 00:00:01.5Z")", "1500"},
      {Type::timestamp_ltz(3), R"("1970-01-01 00:00:01.5")",
       "! field 'v': cannot read '1970-01-01 00:00:01.5' as TIMESTAMP_LTZ(3)"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.value);
    CHECK(read(c.type, std::string(R"({"v":)") + c.value + "}") == c.expected);
  }
}

TEST_CASE("ISO 8601 wants a Z for instants and none for wall clocks") {
  JsonOptions iso;
  iso.timestamps = TimestampFormat::iso_8601;
  const auto ltz = [&](const std::string& text) {
    return read(Type::timestamp_ltz(3), R"({"v":")" + text + R"("})", iso);
  };
  CHECK(ltz("2026-01-01T00:00:00Z") == "1767225600000");
  CHECK(ltz("2026-01-01T00:00:00.120Z") == "1767225600120");
  CHECK(ltz("2026-01-01T00:00:00.123456789Z") == "1767225600123");
  CHECK(ltz("2026-01-01T00:00Z") == "1767225600000");
  CHECK(ltz("1969-12-31T23:59:59.999Z") == "-1");
  CHECK(ltz("2025-12-31T24:00:00Z") == "1767225600000");
  for (const char* bad : {"2026-01-01T00:00:00", "2026-01-01 00:00:00Z", "2026-01-01T24:00:01Z",
                          "2026-13-01T00:00:00Z", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:0xZ",
                          "2026-01-01T00:60:00Z", "2026-01-01T00:00:00.1234567890Z", "Z", ""}) {
    CAPTURE(bad);
    CHECK(ltz(bad) == std::string("! field 'v': cannot read '") + bad + "' as TIMESTAMP_LTZ(3)");
  }
  CHECK(read(Type::timestamp(3), R"({"v":"2026-01-01T00:00:00"})", iso) == "1767225600000");
  CHECK(read(Type::timestamp(3), R"({"v":"2026-01-01T00:00:00Z"})", iso).starts_with("!"));
}

TEST_CASE("a record is taken whole or not at all") {
  const auto reads = [](const std::string& record) {
    return read(Type::of(TypeKind::integer), record);
  };
  CHECK(reads(R"({"v":1})") == "1");
  CHECK(reads(R"({"V":1})") == "NULL");
  CHECK(reads(R"({})") == "NULL");
  CHECK(reads(R"( { "x" : {"v": 9, "w": [1, {"v": 8}]} , "v" : 1 } )") == "1");
  CHECK(reads(R"({"v":1,"v":2})") == "2");
  CHECK(reads(R"({"\u0076":5})") == "5");
  CHECK(reads("") == "");
  CHECK(reads("  \n ") == "");
  CHECK(reads(R"([{"v":1},{"v":2},{}])") == "1|2|NULL");
  CHECK(reads("[]") == "");
  for (const char* bad : {R"({"v":1)",
                          R"({"v":1}})",
                          R"({"v":1} x)",
                          R"({"v":1}{"v":2})",
                          R"({"v" 1})",
                          R"({"v":1,})",
                          R"({"v":1 "w":2})",
                          R"({"v":1,"w":tru})",
                          R"({"v":1,"w":01})",
                          R"({"v":1,"w":[1,2})",
                          R"({"v":1,"w":{"a"}})",
                          R"({"v":1,"w":"abc)",
                          R"({"v":1,"w":"\q"})",
                          R"({"v":1,"w":"a"b})",
                          R"({"v":1,"w":nan})",
                          R"({"v":1,"w":1.})",
                          R"({"v":1,"w":1 2})",
                          R"({v:1})",
                          "17",
                          R"("v")",
                          "{",
                          "nonsense",
                          R"([1])",
                          R"([{"v":1},{"v":"x"}])",
                          R"({"v":1,"w":})",
                          "{\"v\":1,\"w\":\"\xFF\"}",
                          "{\"v\":1,\"w\":\"\x01\"}",
                          R"([{"v":1})"}) {
    CAPTURE(bad);
    CHECK(reads(bad).starts_with("! "));
  }
}

TEST_CASE("options decide on missing fields and on bad ones") {
  JsonOptions strict;
  strict.fail_on_missing_field = true;
  CHECK(read(Type::string(), R"({"w":1})", strict) == "! field 'v' is missing");
  CHECK(read(Type::string(), R"({"v":null})", strict) == "NULL");
  JsonOptions lenient;
  lenient.ignore_parse_errors = true;
  CHECK(read(Type::of(TypeKind::integer), R"({"v":"x"})", lenient) == "NULL");
  CHECK(read(Type::of(TypeKind::integer), R"({"v":)", lenient).starts_with("! "));
  CHECK_THROWS_AS(
      make_decoder("json", {},
                   {{"fail-on-missing-field", "true"}, {"ignore-parse-errors", "true"}}),
      Error);
  CHECK_THROWS_AS(make_decoder("json", {}, {{"timestamp-format.standard", "iso"}}), Error);
  CHECK_THROWS_AS(make_decoder("jason", {}, {}), Error);
}

TEST_CASE("a batch keeps good rows in order, whatever the order of their fields") {
  const Schema schema{{{"a", Type::of(TypeKind::integer)}, {"b", Type::string()}}};
  const auto decoder = make_json_decoder(schema, {});
  const std::string longer = "a text of more than twelve bytes";
  const Records records({R"({"a":1,"x":0,"b":")" + longer + R"("})", R"({"b":"two","a":2})", "{bad",
                         R"({"a":"no","b":"gone"})", R"({"y":1,"a":3,"x":2})", "",
                         R"([{"a":4},{"a":5,"b":"five"}])", R"({"a":6,"x":0,"b":"six"})"});
  for (int round = 0; round < 2; ++round) {  // the second with a guess from the first
    const Decoded decoded = records.decode(*decoder);
    REQUIRE(decoded.rows == 6);
    std::string text;
    for (size_t row = 0; row < decoded.rows; ++row) {
      text += show(decoded.columns[0], row) + show(decoded.columns[1], row) + " ";
    }
    CHECK(text == "1" + longer + " 2two 3NULL 4NULL 5five 6six ");
    CHECK(decoded.record_of_row == std::vector<uint32_t>{0, 1, 4, 6, 6, 7});
    REQUIRE(decoded.rejects.size() == 2);
    CHECK(decoded.rejects[0].record == 2);
    CHECK(decoded.rejects[1].record == 3);
  }
}

TEST_CASE("types that JSON is not read into are refused by name") {
  CHECK_THROWS_AS(
      make_json_decoder(Schema{{{"tags", Type::map(Type::of(TypeKind::integer), Type::string())}}},
                        {}),
      Error);
  CHECK_THROWS_AS(make_json_decoder(Schema{{{"v", Type::of(TypeKind::variant)}}}, {}), Error);
}

TEST_CASE("nested JSON becomes rows, arrays and maps") {
  const Type whole = Type::of(TypeKind::integer);
  const Type pair = Type::row({{"a", whole}, {"b", Type::string()}});
  struct Case {
    Type type;
    const char* value;
    const char* expected;
  };
  const Case cases[] = {
      {pair, R"({"b":"x","c":[{}],"a":1})", R"({"a":1,"b":"x"})"},
      {pair, R"({"b":"x"})", R"({"a":null,"b":"x"})"},
      {pair, "{}", R"({"a":null,"b":null})"},
      {pair, "null", "NULL"},
      {pair, R"({"a":"x"})", "! field 'a': cannot read 'x' as INT"},
      {pair, R"([1])", "! field 'v': cannot read '[1]' as ROW<`a` INT, `b` STRING>"},
      {pair, R"(7)", "! field 'v': cannot read '7' as ROW<`a` INT, `b` STRING>"},
      {Type::row({{"p", pair}}), R"({"p":{"a":3,"b":"a text of more than twelve bytes"}})",
       R"({"p":{"a":3,"b":"a text of more than twelve bytes"}})"},
      {Type::array(whole), "[1, null, \"3\"]", "[1,null,3]"},
      {Type::array(whole), "[]", "[]"},
      {Type::array(whole), "{}", "! field 'v': cannot read '{}' as ARRAY<INT>"},
      {Type::array(whole), R"([1,"x"])", "! field 'element': cannot read 'x' as INT"},
      {Type::array(Type::array(whole)), "[[1],[],null,[2,3]]", "[[1],[],null,[2,3]]"},
      {Type::array(pair), R"([{"a":1},null,{"b":"t"}])",
       R"([{"a":1,"b":null},null,{"a":null,"b":"t"}])"},
      {Type::map(Type::string(), whole), R"({"x":1,"y":null})", R"({"x":1,"y":null})"},
      {Type::map(Type::string(), whole), R"({"x":1,"y":2,"x":3})", R"({"x":3,"y":2})"},
      {Type::map(Type::string(), whole), "{}", "{}"},
      {Type::map(Type::string(), pair), R"({"\u0078":{"a":1}})", R"({"x":{"a":1,"b":null}})"},
      {Type::map(Type::string(), whole), "[]", "! field 'v': cannot read '[]' as MAP<STRING, INT>"},
      {Type::bytes(), R"("SGk=")", "Hi"},
      {Type::bytes(), R"("S")", "! field 'v': cannot read 'S' as BYTES"},
      {Type::of(TypeKind::interval_month), "14", "14"},
      {Type::of(TypeKind::interval_ms), R"("90000")", "90000"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.value);
    CHECK(read(c.type, std::string(R"({"v":)") + c.value + "}") == c.expected);
  }
  CHECK(read(pair, R"({"v":{"a":1},"v":{"b":"x"}})") == R"({"a":null,"b":"x"})");
  CHECK(read(pair, R"({"v":{"a":1},"v":null})") == "NULL");
  CHECK(read(Type::array(whole), R"({"v":[1],"v":[2,3]})") == "[2,3]");
}

TEST_CASE("options reach into nested values") {
  const Type pair = Type::row({{"a", Type::of(TypeKind::integer)}, {"b", Type::string()}});
  JsonOptions lenient;
  lenient.ignore_parse_errors = true;
  CHECK(read(pair, R"({"v":{"a":"x","b":"y"}})", lenient) == R"({"a":null,"b":"y"})");
  CHECK(read(pair, R"({"v":[]})", lenient) == "NULL");
  CHECK(read(Type::array(pair), R"({"v":[{"a":[]},3]})", lenient) ==
        R"([{"a":null,"b":null},null])");
  JsonOptions strict;
  strict.fail_on_missing_field = true;
  CHECK(read(pair, R"({"v":{"a":1}})", strict) == "! field 'b' is missing");
  CHECK(read(pair, R"({"v":null})", strict) == "NULL");
  CHECK(read(Type::array(pair), R"({"v":[{"b":"1"}]})", strict) == "! field 'a' is missing");
}

// What a decoder makes of one record: its row, or that there is none. Reasons may differ: they say
// where reading stopped.
static std::string outcome(Decoder& decoder, const std::string& record) {
  const Decoded decoded = Records({record}).decode(decoder);
  std::string text = decoded.rejects.empty() ? "" : "!";
  for (size_t row = 0; row < decoded.rows; ++row) {
    for (const Column& column : decoded.columns) {
      text += show(column, row) + "|";
    }
  }
  return text;
}

TEST_CASE("a record is read alike whether or not the decoder has met its like") {
  const Schema schema{{{"id", Type::string()},
                       {"at", Type::timestamp_ltz(3)},
                       {"n", Type::of(TypeKind::integer)},
                       {"x", Type::of(TypeKind::double_)},
                       {"ok", Type::of(TypeKind::boolean)}}};
  JsonOptions options;
  options.timestamps = TimestampFormat::iso_8601;
  const std::string usual =
      R"({"id":"a-long-identifier","other":"passed over","at":"2026-01-31T23:59:59.5Z",)"
      R"("n":-12,"x":-0.125,"ok":true})";
  std::vector<std::string> records = {
      usual,
      R"({"id":"a\u0041","other":"b\"c","at":null,"n":1,"x":2,"ok":false})",
      "{\"id\":\"Алматы\",\"other\":\"\xFF\"}",
      "{\"id\":\"Алматы\",\"other\":\"ok\",\"n\":7}",
      R"({"n":4.7,"x":1e3,"id":12.50})",
      R"({"x":12345678901234567890123,"n":3000000000})",
      R"({"x":0.1,"x":0.2,"other":"twice"})",
      R"({"other":"x","id":"moved","ok":true,"x":01})",
      R"({"id":"a","x":1.,"n":1})",
      R"({"id":"a","x":-,"n":1})",
      R"({"id":"a","other":{"nested":["x",1]},"n":2})",
      R"({"id":"a","ok":tru,"n":2})",
      R"({"id":"a","ok":nullx,"n":2})",
      R"({"id":"a","n":2}})",
      R"({"id":"a","n":2} )",
      R"({"id":"a",})",
      R"({"n":2{"id":"a"})",
      R"({"id":"tab	inside"})",
      R"({ "id" : "spaced" , "n" : 3 })",
      "{}",
      R"({},"n":12,"ok":true})",
      R"({},"n":12,"ok":true})",
      "",
      "[" + usual + "]",
  };
  for (const char* number :
       {"0", "00", "-0", "07", "7", "1234567", "12345678", "2147483647", "2147483648", "1.0", "1.5",
        "1e3", "12345e1", "1E0", "12x", "\"12\""}) {
    records.push_back(R"({"id":"a","n":)" + std::string(number) + "}");
    records.push_back(R"({"id":"a","other":)" + std::string(number) + "}");
  }
  for (const char* rest : {"Z", "", ".Z", ".5Z", ".05Z", ".123Z", ".123", ".12aZ", ".123456Z",
                           ".1234567891Z", "5Z", " Z"}) {
    records.push_back(R"({"at":"2026-01-31T23:59:59)" + std::string(rest) + R"("})");
  }
  records.push_back(R"({"at":"2026-01-31T23:59Z"})");
  records.push_back(R"({"at":"2026-01-31 23:59:59.5Z"})");
  // Strings that end, or do not, around the blocks in which they are looked through.
  for (const size_t size : {0, 14, 15, 16, 17, 79, 80, 81, 144, 145}) {
    const std::string text(size, 'x');
    for (const char* behind : {"", "ы", "\xFF", "\\n", "\x01"}) {
      records.push_back(R"({"id":")" + text + behind + R"(","other":"ы"})");
      records.push_back(R"({"id":")" + text + behind);
    }
  }
  for (size_t size = 0; size < usual.size(); ++size) {
    records.push_back(usual.substr(0, size));
    std::string damaged = usual;
    damaged[size] = static_cast<char>(damaged[size] ^ 1);
    records.push_back(damaged);
    records.push_back(usual.substr(0, size) + "\x01" + usual.substr(size));
  }
  const auto experienced = make_json_decoder(schema, options);
  for (const std::string& record : records) {
    CAPTURE(record);
    const auto fresh = make_json_decoder(schema, options);
    const std::string expected = outcome(*fresh, record);
    CHECK(outcome(*experienced, record) == expected);
    CHECK(outcome(*experienced, record) == expected);
    CHECK(outcome(*experienced, usual) == "a-long-identifier|1769903999500|-12|-0.125000|TRUE|");
  }
}

TEST_CASE("a time in the second of the one before is read as any other") {
  const Schema schema{{{"at", Type::timestamp(3)}, {"finer", Type::timestamp(6)}}};
  const auto experienced = make_json_decoder(schema, {});
  for (const char* rest : {"", ".", ".5", ".12", ".123", ".1234", ".12a", ".a23", ",123", ".1 3",
                           "Z", ".123Z", "0.123"}) {
    for (const char* second : {"2026-01-31 23:59:59", "2026-01-31 23:59:58", "1969-12-31 23:59:59",
                               "2026-01-31T23:59:59"}) {
      const std::string text = '"' + std::string(second) + rest + '"';
      const std::string record = R"({"at":)" + text + R"(,"finer":)" + text + "}";
      CAPTURE(record);
      const std::string expected = outcome(*make_json_decoder(schema, {}), record);
      CHECK(outcome(*experienced, record) == expected);
      CHECK(outcome(*experienced, record) == expected);
    }
  }
}

TEST_CASE("the first time that is read is none of NULs") {
  std::string nuls;
  for (size_t i = 0; i < 10; ++i) {
    nuls += "\\u0000";
  }
  const Schema schema{{{"at", Type::timestamp(3)}, {"day", Type::of(TypeKind::date)}}};
  const std::string second = nuls + nuls.substr(0, nuls.size() - 6);
  for (const std::string& record :
       {R"({"at":")" + second + R"(.123"})", R"({"day":")" + nuls + R"("})"}) {
    CAPTURE(record);
    CHECK(outcome(*make_json_decoder(schema, {}), record) == "!");
  }
}

TEST_CASE("records with objects in them are read alike whether or not their like was met") {
  const Type whole = Type::of(TypeKind::integer);
  const Type inner = Type::row({{"x", whole}, {"y", Type::string()}});
  const Schema schema{{{"kind", whole},
                       {"bid", Type::row({{"price", whole}, {"place", inner}})},
                       {"person", Type::row({{"name", Type::string()}})},
                       {"tags", Type::array(whole)}}};
  const std::string bid =
      R"({"kind":2,"person":null,"other":{"a":[1],"b":{"c":1}},"bid":{"price":12,"place":{"x":1,)"
      R"("z":true,"y":"here"},"extra":"text"},"last":1})";
  const std::string person = R"({"kind":0,"person":{"id":1,"name":"ann"},"bid":null,"last":1})";
  const std::string nested = R"({"kind":3,"bid":{"place":{"y":"only"}}})";
  const std::string plain =
      R"({"kind":2,"person":null,"other":{"a":1,"b":{"c":1}},"bid":{"price":12,"place":{"x":1,)"
      R"("y":"a text of more than twelve bytes"}},"last":1})";
  std::vector<std::string> records = {
      bid,
      person,
      nested,
      plain,
      R"({"bid":{"price":1},"bid":{"place":{"x":2}}})",
      R"({"bid":{"price":1},"kind":2})",
      R"({"bid":{},"kind":2})",
      R"({"bid":{"price":1}},"kind":2})",
      R"({"bid":{"price":1,"kind":2})",
      R"({"bid":{"price":1,"place":{"x":2},"kind":2})",
      R"({"bid":{"price":1,"place":{"x":2}},"kind":2,"tags":[1,2]})",
      R"({"bid":7,"kind":2})",
      R"({"bid":{"price":{"x":1}},"kind":2})",
      R"({"other":{"a":1},"kind":2})",
      R"({"other":{"a":1},"a":1,"kind":2}})",
      R"({"price":4,"x":1,"name":"outside"})",
      R"({ "bid" : { "price" : 5 } , "kind" : 6 })",
  };
  for (const std::string& usual : {plain, person, nested}) {
    for (size_t size = 0; size < usual.size(); ++size) {
      records.push_back(usual.substr(0, size));
      std::string damaged = usual;
      damaged[size] = static_cast<char>(damaged[size] ^ 1);
      records.push_back(damaged);
      records.push_back(usual.substr(0, size) + "}" + usual.substr(size));
      records.push_back(usual.substr(0, size) + "{" + usual.substr(size));
    }
  }
  const auto experienced = make_json_decoder(schema, {});
  outcome(*experienced, plain);
  outcome(*experienced, person);
  for (const std::string& record : records) {
    CAPTURE(record);
    const auto fresh = make_json_decoder(schema, {});
    const std::string expected = outcome(*fresh, record);
    CHECK(outcome(*experienced, record) == expected);
    CHECK(outcome(*experienced, record) == expected);
  }
  // Several in one batch: what one record does not have is not what the one before it had.
  const Decoded batch =
      Records({bid, person, R"({"bid":{"price":"x"}})", nested}).decode(*experienced);
  REQUIRE(batch.rows == 3);
  CHECK(show(batch.columns[1], 0) == R"({"price":12,"place":{"x":1,"y":"here"}})");
  CHECK(show(batch.columns[1], 1) == "NULL");
  CHECK(show(batch.columns[1], 2) == R"({"price":null,"place":{"x":null,"y":"only"}})");
  CHECK(show(batch.columns[2], 1) == R"({"name":"ann"})");
  CHECK(show(batch.columns[2], 2) == "NULL");
}

}  // namespace millrace::codec
