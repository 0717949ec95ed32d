// Records of JSON: any bytes give rows or a reject with a reason, and the same ones whether the
// decoder has met their like before or not.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "codec/json/decoder.h"
#include "codec/json/value_text.h"
#include "records.h"

using namespace millrace;

static Schema schema() {
  return {{{"s", Type::string()},
           {"n", Type::of(TypeKind::integer)},
           {"x", Type::of(TypeKind::double_)},
           {"d", Type::decimal(20, 3)},
           {"t", Type::timestamp_ltz(3)},
           {"b", Type::of(TypeKind::boolean)},
           {"r", Type::row({{"n", Type::of(TypeKind::integer)},
                            {"r", Type::row({{"s", Type::string()}})}})},
           {"a", Type::array(Type::row({{"s", Type::string()}}))},
           {"m", Type::map(Type::string(), Type::array(Type::of(TypeKind::bigint)))},
           {"y", Type::bytes()}}};
}

// How many rows, and which records were refused.
static std::string outcome(codec::Decoder& decoder, const std::vector<std::string_view>& records,
                           const std::shared_ptr<const void>& owner) {
  const codec::Decoded decoded = decoder.decode(records, owner);
  std::string text = std::to_string(decoded.rows);
  for (const auto& reject : decoded.rejects) {
    check(!reject.reason.empty(), "a reject has a reason");
    text += " " + std::to_string(reject.record);
  }
  for (const Column& column : decoded.columns) {
    check(column.size() == decoded.rows, "a column has a value a row");
    for (size_t row = 0; row < decoded.rows; ++row) {
      codec::append_json_value(column, row, {}, text);
    }
  }
  return text;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Records records({reinterpret_cast<const char*>(data), size});
  codec::JsonOptions options;
  options.timestamps = codec::TimestampFormat::iso_8601;
  const auto decoder = codec::make_json_decoder(schema(), options);
  const auto owner = records.owner();
  const std::string first = outcome(*decoder, records.views(), owner);
  check(outcome(*decoder, records.views(), owner) == first, "a record reads alike each time");
  // One by one, by a decoder that has met no other.
  for (const std::string_view record : records.views()) {
    const std::vector<std::string_view> alone = {record};
    const auto fresh = codec::make_json_decoder(schema(), options);
    check(outcome(*decoder, alone, owner) == outcome(*fresh, alone, owner),
          "a record reads alike whatever was read before");
  }
  return 0;
}
