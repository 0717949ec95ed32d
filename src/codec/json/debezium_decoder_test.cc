#include "codec/json/debezium_decoder.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "base/shared_bytes.h"

namespace millrace::codec {

namespace {

const Schema kSchema{{{"id", Type::of(TypeKind::integer)}, {"name", Type::string()}}};

Decoded decode(const std::vector<std::string>& texts, const JsonOptions& options = {}) {
  auto bytes = std::make_shared<std::vector<SharedBytes>>();
  std::vector<std::string_view> records;
  for (const std::string& text : texts) {
    bytes->push_back(SharedBytes::copy_of(text));
    records.push_back(bytes->back().view());
  }
  return make_debezium_json_decoder(kSchema, options)->decode(records, bytes);
}

// "+I 1 ann of record 0", a line each.
std::string shown(const Decoded& decoded) {
  static constexpr std::string_view kKinds[] = {"+I", "-U", "+U", "-D"};
  std::string text;
  for (size_t row = 0; row < decoded.rows; ++row) {
    text += std::string(kKinds[static_cast<size_t>(decoded.kinds[row])]) + " " +
            std::to_string(View<int32_t>(decoded.columns[0])[row]) + " " +
            std::string(View<StringRef>(decoded.columns[1])[row].view()) + " of record " +
            std::to_string(decoded.record_of_row[row]) + "\n";
  }
  for (const Decoded::Reject& reject : decoded.rejects) {
    text += "record " + std::to_string(reject.record) + ": " + reject.reason + "\n";
  }
  return text;
}

}  // namespace

TEST_CASE("changes of Debezium are rows with their kinds") {
  const Decoded decoded = decode({
      R"({"before":null,"after":{"id":1,"name":"ann"},"op":"c","ts_ms":5})",
      R"({"op":"r","after":{"name":"bob","id":2}})",
      R"({"before":{"id":1,"name":"ann"},"after":{"id":1,"name":"eve"},"op":"u"})",
      "",
      R"({"before":{"id":2,"name":"bob"},"after":null,"op":"d"})",
  });
  CHECK(shown(decoded) ==
        "+I 1 ann of record 0\n+I 2 bob of record 1\n-U 1 ann of record 2\n"
        "+U 1 eve of record 2\n-D 2 bob of record 4\n");
  CHECK(decoded.without_rows(5) == 1);
}

TEST_CASE("a record of Debezium is taken whole or not at all") {
  const Decoded decoded = decode({
      R"({"before":{"id":1,"name":"ann"},"after":{"id":"x","name":"eve"},"op":"u"})",
      R"({"before":{"id":"x","name":"ann"},"after":{"id":"y","name":"eve"},"op":"u"})",
      R"({"after":{"id":1,"name":"eve"},"op":"c"})",
      R"({"before":null,"after":{"id":1,"name":"eve"},"op":"u"})",
      R"({"after":{"id":1,"name":"eve"},"op":"x"})",
      "[1]",
  });
  REQUIRE(decoded.rejects.size() == 5);
  CHECK(decoded.rejects[0].record == 0);
  CHECK(decoded.rejects[1].record == 1);
  CHECK(decoded.rejects[2].reason.find("without 'before'") != std::string::npos);
  CHECK(decoded.rejects[3].reason == "debezium-json: unknown 'op' 'x'");
  CHECK(decoded.rejects[4].record == 5);
  CHECK(decoded.rows == 1);
  CHECK(decoded.record_of_row == std::vector<uint32_t>{2});
}

TEST_CASE("changes of Debezium may lie in a payload beside their schema") {
  JsonOptions options;
  options.schema_include = true;
  CHECK(shown(decode({R"({"schema":{"a":[1]},"payload":{"after":{"id":1,"name":"a"},"op":"c"}})",
                      R"({"after":{"id":1,"name":"a"},"op":"c"})"},
                     options)) ==
        "+I 1 a of record 0\nrecord 1: debezium-json: an object with 'payload' is expected\n");
}

}  // namespace millrace::codec
