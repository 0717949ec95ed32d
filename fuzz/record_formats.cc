// Records of the formats besides JSON: the first byte chooses a format and its options, the rest is
// split into records at line ends. Any bytes give rows or a reject with a reason, and the same ones
// whether they come alone or beside others.

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "codec/codecs.h"
#include "codec/json/value_text.h"
#include "records.h"

using namespace millrace;

struct Format {
  std::string name;
  std::map<std::string, std::string> options;
  Schema schema;
};

static Schema fields() {
  return {{{"s", Type::string()},
           {"n", Type::of(TypeKind::integer)},
           {"x", Type::of(TypeKind::double_)},
           {"d", Type::decimal(20, 3)},
           {"t", Type::timestamp(3)},
           {"z", Type::timestamp_ltz(3)},
           {"b", Type::of(TypeKind::boolean)},
           {"y", Type::bytes()}}};
}

static std::vector<Format> all_formats() {
  return {
      {"csv", {}, fields()},
      {"csv",
       {{"field-delimiter", ";"},
        {"quote-character", "'"},
        {"escape-character", "\\"},
        {"allow-comments", "true"},
        {"null-literal", "n/a"}},
       fields()},
      {"csv", {{"disable-quote-character", "true"}, {"ignore-parse-errors", "true"}}, fields()},
      {"debezium-json", {}, fields()},
      {"debezium-json", {{"ignore-parse-errors", "true"}}, fields()},
      {"raw", {}, {{{"n", Type::of(TypeKind::bigint)}}}},
      {"raw", {{"endianness", "little-endian"}}, {{{"x", Type::of(TypeKind::float_)}}}},
      {"raw", {}, {{{"s", Type::string()}}}},
  };
}

// The rows, and which records were refused, counted from `first`.
static std::string outcome(const Format& format, const std::vector<std::string_view>& records,
                           const std::shared_ptr<const void>& owner, size_t first) {
  const auto decoder = codec::make_decoder(format.name, format.schema, format.options);
  const codec::Decoded decoded = decoder->decode(records, owner);
  check(decoded.kinds.empty() || decoded.kinds.size() == decoded.rows, "a row has a kind");
  for (const Column& column : decoded.columns) {
    check(column.size() == decoded.rows, "a column has a value a row");
  }
  const auto record_of = [&](size_t row) {
    return decoded.record_of_row.empty() ? row : decoded.record_of_row[row];
  };
  std::vector<std::string> of_record(records.size());
  for (size_t row = 0; row < decoded.rows; ++row) {
    std::string& text = of_record.at(record_of(row));
    text += decoded.kinds.empty() ? '+' : static_cast<char>('0' + int(decoded.kinds[row]));
    for (const Column& column : decoded.columns) {
      codec::append_json_value(column, row, {}, text);
    }
  }
  for (const auto& reject : decoded.rejects) {
    check(!reject.reason.empty(), "a reject has a reason");
    check(of_record.at(reject.record).empty(), "a rejected record gives no row");
    of_record[reject.record] = "refused";
  }
  std::string text;
  for (size_t record = 0; record < records.size(); ++record) {
    text += std::to_string(first + record) + of_record[record] + "\n";
  }
  return text;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) {
    return 0;
  }
  static const std::vector<Format> formats = all_formats();
  const Format& format = formats[data[0] % formats.size()];
  const Records records({reinterpret_cast<const char*>(data) + 1, size - 1});
  std::string alone;
  for (size_t record = 0; record < records.views().size(); ++record) {
    alone += outcome(format, {records.views()[record]}, records.owner(), record);
  }
  check(outcome(format, records.views(), records.owner(), 0) == alone,
        "a record reads alike beside others");
  return 0;
}
