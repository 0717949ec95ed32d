#include "codec/csv/decoder.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "base/error.h"
#include "base/shared_bytes.h"
#include "codec/codecs.h"
#include "codec/json/value_text.h"

namespace millrace::codec {

namespace {

using Options = std::map<std::string, std::string>;

const Schema kRecord{{{"id", Type::of(TypeKind::integer)},
                      {"name", Type::string()},
                      {"price", Type::decimal(6, 2)},
                      {"at", Type::timestamp(3)}}};

// The rows as JSON, and "! reason" of each record that is refused.
std::string shown(const Decoded& decoded) {
  std::string text;
  for (size_t row = 0; row < decoded.rows; ++row) {
    text += text.empty() ? "" : " ";
    for (const Column& column : decoded.columns) {
      append_json_value(column, row, {}, text += text.empty() || text.back() == ' ' ? "" : "|");
    }
  }
  for (const auto& reject : decoded.rejects) {
    text += "! " + std::to_string(reject.record) + " " + reject.reason;
  }
  return text;
}

std::string read(Decoder& decoder, const std::vector<std::string>& records) {
  auto bytes = std::make_shared<std::vector<SharedBytes>>();
  std::vector<std::string_view> views;
  for (const std::string& record : records) {
    bytes->push_back(SharedBytes::copy_of(record));
    views.push_back(bytes->back().view());
  }
  return shown(decoder.decode(views, bytes));
}

std::string read(const std::vector<std::string>& records, const Options& options = {},
                 const Schema& wanted = kRecord) {
  return read(*make_decoder("csv", wanted, options, kRecord), records);
}

}  // namespace

TEST_CASE("CSV fields are read by their place") {
  CHECK(read({"1,ann,2.5,2026-01-31 10:00:00"}) == R"(1|"ann"|2.5|"2026-01-31 10:00:00")");
  CHECK(read({" 1 , ann ,2.505, 2026-01-31 10:00:00.5"}) ==
        R"(1|" ann "|2.51|"2026-01-31 10:00:00.5")");
  CHECK(read({R"("1","a ""b"", c",0,2026-01-31 10:00:00)"}) ==
        R"(1|"a \"b\", c"|0|"2026-01-31 10:00:00")");
  CHECK(read({"1,,2,2026-01-31 10:00:00"}) == R"(1|""|2|"2026-01-31 10:00:00")");
  CHECK(read({"1,ann,2.5,2026-01-31 10:00:00"}, {}, Schema{{kRecord[2], kRecord[0]}}) == "2.5|1");
  CHECK(read({"", "7,x,1,2026-01-31 10:00:00", ""}, {}, Schema{{kRecord[0]}}) == "7");
}

TEST_CASE("CSV records that are not whole are refused") {
  CHECK(read({"1,ann,2.5"}) == "! 0 Row length mismatch. 4 fields expected but was 3.");
  CHECK(read({"1,a,2,2026-01-31 10:00:00,x"}) == "! 0 CSV: too many fields, 4 expected");
  CHECK(read({"1,\"a,2,2026-01-31 10:00:00"}) == "! 0 CSV: a quoted field does not end");
  CHECK(read({"1,\"a\"b,2,2026-01-31 10:00:00"}) ==
        "! 0 CSV: something stands behind a quoted field");
  CHECK(read({"x,a,2,2026-01-31 10:00:00"}) == "! 0 field 'id': cannot read 'x' as INT");
  CHECK(read({",a,2,2026-01-31 10:00:00"}) == "! 0 field 'id': cannot read '' as INT");
  CHECK(read({"1,\xFF,2,2026-01-31 10:00:00"}) == "! 0 CSV: the bytes are not UTF-8");
  CHECK(read({"1,a,2,2026-01-31T10:00:00", "2,b,1,2026-01-31 10:00:00"}, {},
             Schema{{kRecord[0]}}) == "1 2");
}

TEST_CASE("CSV is read as its options say") {
  const Schema two{{kRecord[0], kRecord[1]}};
  CHECK(read({"1;a,b;2;2026-01-31 10:00:00"}, {{"field-delimiter", ";"}}, two) == R"(1|"a,b")");
  CHECK(read({"1\ta\t2\tx"}, {{"field-delimiter", "\\t"}}, two) == R"(1|"a")");
  CHECK(read({"1,'a,b',2,x"}, {{"quote-character", "'"}}, two) == R"(1|"a,b")");
  CHECK(read({"1,\"a\",2,x"}, {{"disable-quote-character", "true"}}, two) == R"(1|"\"a\"")");
  CHECK(read({R"(1,a\,b,2,x)"}, {{"escape-character", "\\"}}, two) == R"(1|"a,b")");
  CHECK(read({"n/a,n/a,2,x"}, {{"null-literal", "n/a"}}, two) == "null|null");
  CHECK(read({"#1,a,2,x", "1,a,2,x"}, {{"allow-comments", "true"}}, two) == R"(1|"a")");
  CHECK(read({"x,a", "2"}, {{"ignore-parse-errors", "true"}}, two) == R"(null|"a" 2|null)");
  CHECK_THROWS_AS(read({}, {{"field-delimiter", "ab"}}), Error);
  CHECK_THROWS_AS(read({}, {{"quote-character", "'"}, {"disable-quote-character", "true"}}), Error);
  CHECK_THROWS_AS(read({}, {{"array-element-delimiter", "||"}}), Error);
}

TEST_CASE("a delimiter may end a CSV record, and a decimal has no blanks around it") {
  CHECK(read({"1,ann,2.5,2026-01-31 10:00:00, "}) == R"(1|"ann"|2.5|"2026-01-31 10:00:00")");
  CHECK(read({"1,a,2,2026-01-31 10:00:00,,"}) == "! 0 CSV: too many fields, 4 expected");
  CHECK(read({"1,a, 2,2026-01-31 10:00:00"}) ==
        "! 0 field 'price': cannot read ' 2' as DECIMAL(6, 2)");
}

// What is expected here Flink 2.3 reads.
TEST_CASE("CSV has arrays and rows of what is not nested") {
  const Type number = Type::of(TypeKind::integer);
  const Schema nested{
      {{"a", Type::array(number)}, {"r", Type::row({{"i", number}, {"s", Type::string()}})}}};
  const auto rows = [&](const std::vector<std::string>& records, Options options = {}) {
    return read(*make_decoder("csv", nested, options), records);
  };
  CHECK(rows({"1;2;3,7;x"}) == R"([1,2,3]|{"i":7,"s":"x"})");
  CHECK(rows({",1;x", "4,"}) == R"([]|{"i":1,"s":"x"} [4]|null)");
  CHECK(rows({R"("5;6","9;y z")"}) == R"([5,6]|{"i":9,"s":"y z"})");
  CHECK(rows({" 1 ; 2 , 3 ; q "}) == R"([1,2]|{"i":3,"s":" q "})");
  CHECK(rows({"1,8;x;y"}) == R"([1]|{"i":8,"s":"x"})");
  CHECK(rows({"1|2,7|x"}, {{"array-element-delimiter", "|"}}) == R"([1,2]|{"i":7,"s":"x"})");
  CHECK(rows({"1,8"}) == "! 0 row 'r': Row length mismatch. 2 fields expected but was 1.");
  CHECK(rows({"1;;2,1;x"}) == "! 0 array 'a', field 'element': cannot read '' as INT");
  CHECK(rows({"1,x;x", "2,1;x"}) ==
        R"([2]|{"i":1,"s":"x"}! 0 row 'r', field 'i': cannot read 'x' as INT)");
  const Options lenient{{"ignore-parse-errors", "true"}};
  CHECK(rows({"a;b,1;x", "1;2;,8", "1,;x"}, lenient) ==
        R"([null,null]|{"i":1,"s":"x"} [1,2,null]|{"i":8,"s":null} [1]|{"i":null,"s":"x"})");
  for (const Type& type : {Type::array(Type::array(number)), Type::map(Type::string(), number),
                           Type::row({{"x", Type::array(number)}})}) {
    CHECK_THROWS_AS(make_decoder("csv", Schema{{{"a", type}}}, {}), Error);
  }
}

}  // namespace millrace::codec
