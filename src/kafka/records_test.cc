#include "kafka/records.h"

#include <doctest/doctest.h>
#include <lz4frame.h>
#include <snappy.h>
#include <zlib.h>
#include <zstd.h>

#include "base/error.h"
#include "kafka/compression.h"

namespace millrace::kafka {

namespace {

std::string text() {
  std::string bytes;
  for (int i = 0; i < 5000; ++i) {
    bytes += "record " + std::to_string(i * i) + "; ";
  }
  return bytes;
}

std::string gzipped(const std::string& bytes) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  std::string out(bytes.size() + 100, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string zstd(const std::string& bytes) {
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), 3));
  return out;
}

std::string lz4(const std::string& bytes) {
  std::string out(LZ4F_compressFrameBound(bytes.size(), nullptr), '\0');
  out.resize(LZ4F_compressFrame(out.data(), out.size(), bytes.data(), bytes.size(), nullptr));
  return out;
}

std::string snapped(const std::string& bytes) {
  std::string out;
  snappy::Compress(bytes.data(), bytes.size(), &out);
  return out;
}

std::string xerial(const std::string& bytes) {
  NetworkWriter out;
  out.write_bytes(std::string_view("\x82SNAPPY\0", 8));
  out.write<int32_t>(1);
  out.write<int32_t>(1);
  for (size_t at = 0; at < bytes.size(); at += 32768) {
    const std::string block = snapped(bytes.substr(at, 32768));
    out.write(static_cast<int32_t>(block.size()));
    out.write_bytes(block);
  }
  return out.take();
}

}  // namespace

TEST_CASE("a batch gives back the records that were put in") {
  BatchBuilder builder;
  builder.add({1000}, "key", "value", {{"header", "x"}, {"", ""}});
  builder.add({990}, std::nullopt, "");
  builder.add({5'000'000'000'000}, "", std::nullopt);
  std::string bytes = builder.finish({.id = 7, .epoch = 1, .base_sequence = 3});
  CHECK(builder.empty());
  place_batch(bytes.data(), Offset(100), 4);

  const auto batch = BatchView::front_of(bytes + "what follows");
  REQUIRE(batch.has_value());
  CHECK(batch->size() == bytes.size());
  const auto whole = BatchView::front_of(bytes);
  CHECK(whole->crc_matches());
  CHECK(whole->is_sound());
  CHECK(whole->base_offset() == Offset(100));
  CHECK(whole->next_offset() == Offset(103));
  CHECK(whole->leader_epoch() == 4);
  CHECK(whole->max_timestamp().ms == 5'000'000'000'000);
  CHECK(whole->producer_id() == 7);
  CHECK(whole->base_sequence() == 3);

  Records records(*whole);
  const Record* first = records.next();
  REQUIRE(first != nullptr);
  CHECK(first->offset == Offset(100));
  CHECK(first->timestamp.ms == 1000);
  CHECK(first->key == "key");
  CHECK(first->value == "value");
  const auto headers = headers_of(*first);
  REQUIRE(headers.size() == 2);
  CHECK(headers[0].key == "header");
  CHECK(headers[0].value == "x");
  const Record* second = records.next();
  CHECK(second->timestamp.ms == 990);
  CHECK_FALSE(second->key.has_value());
  CHECK(second->value == "");
  const Record* third = records.next();
  CHECK(third->offset == Offset(102));
  CHECK_FALSE(third->value.has_value());
  CHECK(records.next() == nullptr);
}

TEST_CASE("keys and values of any size are given back") {
  BatchBuilder builder;
  const size_t sizes[] = {0, 1, 62, 63, 64, 8190, 8191, 8192, 300'000};
  for (const size_t size : sizes) {
    builder.add({static_cast<int64_t>(size) * 1'000'000}, std::string(size, 'k'),
                std::string(size, 'v'));
  }
  const std::string bytes = builder.finish();
  Records records(*BatchView::front_of(bytes));
  for (const size_t size : sizes) {
    CAPTURE(size);
    const Record* record = records.next();
    REQUIRE(record != nullptr);
    CHECK(record->timestamp.ms == static_cast<int64_t>(size) * 1'000'000);
    CHECK(record->key == std::string(size, 'k'));
    CHECK(record->value == std::string(size, 'v'));
  }
  CHECK(records.next() == nullptr);
}

TEST_CASE("a batch is nothing until it is whole, and no byte changes unseen") {
  BatchBuilder builder;
  builder.add({1}, "k", "v");
  const std::string bytes = builder.finish();
  for (size_t size = 0; size < bytes.size(); ++size) {
    CHECK_FALSE(BatchView::front_of(std::string_view(bytes).substr(0, size)).has_value());
  }
  for (size_t at = 21; at < bytes.size(); ++at) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 4);
    CHECK_FALSE(BatchView::front_of(changed)->crc_matches());
  }
}

TEST_CASE("records that lie about their lengths are refused") {
  BatchBuilder builder;
  builder.add({1}, "key", "value");
  const std::string bytes = builder.finish();
  for (size_t at = BatchView::kHeaderBytes; at < bytes.size(); ++at) {
    for (const char wrong : {'\x7F', '\xFF', '\x01'}) {
      std::string changed = bytes;
      changed[at] = wrong;
      const auto batch = BatchView::front_of(changed);
      try {
        Records records(*batch);
        while (const Record* record = records.next()) {
          CHECK(record->value.value_or("").size() <= changed.size());
        }
      } catch (const Error& error) {
        CHECK(error.code() == millrace::ErrorCode::corrupt);
      }
    }
  }
}

TEST_CASE(
    "every codec gives back what was compressed, with room behind it, or says what is wrong") {
  const std::string bytes = text();
  const std::pair<Compression, std::string> cases[] = {
      {Compression::gzip, gzipped(bytes)},  {Compression::zstd, zstd(bytes)},
      {Compression::lz4, lz4(bytes)},       {Compression::snappy, snapped(bytes)},
      {Compression::snappy, xerial(bytes)},
  };
  for (const auto& [codec, compressed] : cases) {
    CAPTURE(static_cast<int>(codec));
    const SharedBytes back = decompress(codec, compressed);
    CHECK(back.view() == bytes);
    CHECK(*(back.view().data() + back.size() + SharedBytes::kReadableBehind - 1) == '\0');
    CHECK_THROWS_AS(decompress(codec, compressed.substr(0, compressed.size() / 2)), Error);
    CHECK_THROWS_AS(decompress(codec, "this is not compressed at all"), Error);
  }
  const std::string twice = zstd("one ") + zstd("two");
  CHECK(decompress(Compression::zstd, twice).view() == "one two");
}

TEST_CASE("what a codec gives back may fill its output to the last byte") {
  for (const size_t size : {1'023, 1'024, 1'025, 2'048, 4'096, 65'536}) {
    CAPTURE(size);
    const std::string bytes(size, 'x');
    CHECK(decompress(Compression::gzip, gzipped(bytes)).view() == bytes);
    CHECK(decompress(Compression::zstd, zstd(bytes)).view() == bytes);
    CHECK(decompress(Compression::lz4, lz4(bytes)).view() == bytes);
    CHECK(decompress(Compression::snappy, snapped(bytes)).view() == bytes);
  }
}

}  // namespace millrace::kafka
