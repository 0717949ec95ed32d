#include "codec/raw/format.h"

#include <doctest/doctest.h>

#include "base/error.h"
#include "base/shared_bytes.h"
#include "codec/codecs.h"
#include "function/evaluate.h"

namespace millrace::codec {

namespace {

using Options = std::map<std::string, std::string>;

// What the record's row holds, as SQL shows it, or "! reason".
std::string read(const Type& type, std::optional<std::string_view> record,
                 const Options& options = {}) {
  const auto decoder = make_decoder("raw", Schema{{{"v", type}}}, options);
  const auto bytes = std::make_shared<SharedBytes>(SharedBytes::copy_of(record.value_or("")));
  const std::string_view view = record ? bytes->view() : std::string_view();
  const Decoded decoded = decoder->decode(std::span(&view, 1), bytes);
  if (!decoded.rejects.empty()) {
    CHECK(decoded.rows == 0);
    return "! " + decoded.rejects[0].reason;
  }
  CHECK(decoded.rows == 1);
  return function::to_text(decoded.columns[0], 0);
}

// What is read of a record, written again.
std::string copied(const Type& type, std::string_view record, const Options& options = {}) {
  const Schema schema{{{"v", type}}};
  const auto bytes = std::make_shared<SharedBytes>(SharedBytes::copy_of(record));
  const std::string_view view = bytes->view();
  Batch batch;
  batch.columns = make_decoder("raw", schema, options)->decode(std::span(&view, 1), bytes).columns;
  batch.physical_size = 1;
  const auto encoder = make_encoder("raw", schema, options);
  encoder->begin(batch);
  CHECK(encoder->has_value(0));
  std::string out;
  encoder->append(0, out);
  return out;
}

}  // namespace

TEST_CASE("a raw record is the value of the only column") {
  using namespace std::string_view_literals;
  CHECK(read(Type::string(), "{\"a\": 1}") == "{\"a\": 1}");
  CHECK(read(Type::string(), "") == "");
  CHECK(read(Type::string(), std::nullopt) == "NULL");
  CHECK(read(Type::string(), "a\xFFz") == "a\uFFFDz");
  CHECK(read(Type::of(TypeKind::boolean), "\x01"sv) == "TRUE");
  CHECK(read(Type::of(TypeKind::tinyint), "\xFF"sv) == "-1");
  CHECK(read(Type::of(TypeKind::smallint), "\x01\x02"sv) == "258");
  CHECK(read(Type::of(TypeKind::integer), "\0\0\1\0"sv) == "256");
  CHECK(read(Type::of(TypeKind::bigint), "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFE"sv) == "-2");
  CHECK(read(Type::of(TypeKind::double_), "\x3F\xF8\0\0\0\0\0\0"sv) == "1.5");
  CHECK(read(Type::of(TypeKind::float_), "\x3F\xC0\0\0"sv) == "1.5");
  CHECK(read(Type::of(TypeKind::integer), std::nullopt) == "NULL");
}

TEST_CASE("numbers may lie the other way round") {
  using namespace std::string_view_literals;
  const Options little{{"endianness", "little-endian"}};
  CHECK(read(Type::of(TypeKind::integer), "\0\1\0\0"sv, little) == "256");
  CHECK(copied(Type::of(TypeKind::integer), "\0\1\0\0"sv, little) == "\0\1\0\0"sv);
}

TEST_CASE("a record of another width than the number's is refused") {
  CHECK(read(Type::of(TypeKind::integer), "12345") == "! field 'v': INT has 4 bytes, not 5");
  CHECK(read(Type::of(TypeKind::bigint), "") == "! field 'v': BIGINT has 8 bytes, not 0");
}

TEST_CASE("what is written is what was read") {
  CHECK(copied(Type::string(), "text") == "text");
  CHECK(copied(Type::of(TypeKind::varbinary), "\xFF\x01") == "\xFF\x01");
  CHECK(copied(Type::of(TypeKind::bigint), "12345678") == "12345678");
  CHECK(copied(Type::of(TypeKind::double_), "12345678") == "12345678");
}

TEST_CASE("raw has one column of a type that has bytes, and options of its own") {
  const Field text{"a", Type::string()};
  CHECK_THROWS_WITH_AS(make_decoder("raw", Schema{{text, {"b", Type::string()}}}, {}),
                       "The 'raw' format only supports single physical column. However the "
                       "defined schema contains multiple physical columns: [a, b]",
                       Error);
  CHECK_THROWS_AS(make_encoder("raw", Schema{{{"a", Type::decimal(3, 1)}}}, {}), Error);
  CHECK_THROWS_AS(make_decoder("raw", Schema{{text}}, {{"charset", "UTF-16"}}), Error);
  CHECK_THROWS_AS(make_decoder("raw", Schema{{text}}, {{"endianness", "middle"}}), Error);
}

}  // namespace millrace::codec
