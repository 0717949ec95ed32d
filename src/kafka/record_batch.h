#pragma once

// Record batches of format 2, the unit in which Kafka's clients send, logs keep and consumers read.
// https://kafka.apache.org/documentation/#recordbatch
//
//   0 base offset i64 | 8 length i32 | 12 leader epoch i32 | 16 magic i8 | 17 crc u32
//  21 attributes i16 | 23 last offset delta i32 | 27 base timestamp i64 | 35 max timestamp i64
//  43 producer id i64 | 51 producer epoch i16 | 53 base sequence i32 | 57 record count i32 | 61
//  records
//
// Integers are big-endian; `length` counts from byte 12; `crc` is the CRC-32C from byte 21 on, so a
// log may set offset and leader epoch without touching it.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/id.h"
#include "base/time.h"

namespace millrace::kafka {

enum class Compression : uint8_t { none = 0, gzip = 1, snappy = 2, lz4 = 3, zstd = 4 };

constexpr int64_t kNoProducerId = -1;

// Bits of a batch's attributes.
constexpr int16_t kAppendTimeBit = 8;
constexpr int16_t kTransactionalBit = 16;
constexpr int16_t kControlBit = 32;

// A whole batch in memory, borrowed. Header fields are read on demand.
class BatchView {
 public:
  static constexpr size_t kLengthEnd = 12;  // enough bytes to know the size
  static constexpr size_t kHeaderBytes = 61;

  // The batch at the front of `bytes`; nothing where it is not there whole or its length is not
  // one.
  static std::optional<BatchView> front_of(std::string_view bytes);
  // Bytes of the batch that starts here, whether or not all of them are there; nothing where fewer
  // than kLengthEnd bytes are given or the length is not that of a batch.
  static std::optional<size_t> size_at(std::string_view bytes);

  std::string_view bytes() const { return bytes_; }
  size_t size() const { return bytes_.size(); }
  Offset base_offset() const { return Offset(field<int64_t>(0)); }
  Offset last_offset() const { return base_offset() + field<int32_t>(23); }
  Offset next_offset() const { return last_offset() + 1; }
  int32_t leader_epoch() const { return field<int32_t>(12); }
  int8_t magic() const { return field<int8_t>(16); }
  int32_t last_offset_delta() const { return field<int32_t>(23); }
  Timestamp base_timestamp() const { return {field<int64_t>(27)}; }
  Timestamp max_timestamp() const { return {field<int64_t>(35)}; }
  int64_t producer_id() const { return field<int64_t>(43); }
  int16_t producer_epoch() const { return field<int16_t>(51); }
  int32_t base_sequence() const { return field<int32_t>(53); }
  int32_t record_count() const { return field<int32_t>(57); }
  // 5 to 7 are no codec; is_sound() refuses them.
  uint8_t codec_bits() const { return static_cast<uint8_t>(attributes() & 7); }
  Compression compression() const { return static_cast<Compression>(codec_bits()); }
  bool has_append_time() const { return (attributes() & kAppendTimeBit) != 0; }
  bool is_transactional() const { return (attributes() & kTransactionalBit) != 0; }
  bool is_control() const { return (attributes() & kControlBit) != 0; }
  // The records, compressed as they are.
  std::string_view payload() const { return bytes_.substr(kHeaderBytes); }

  bool crc_matches() const;
  // Format 2, a known codec, at least one record, offsets without gaps. Says nothing of the CRC.
  bool is_sound() const;

 private:
  explicit BatchView(std::string_view bytes) : bytes_(bytes) {}

  template <typename T>
  T field(size_t at) const {
    return load<T, Endian::big>(bytes_.data() + at);
  }
  int16_t attributes() const { return field<int16_t>(21); }

  std::string_view bytes_;
};

// Writes offset and leader epoch, which the CRC does not cover, into the batch at `batch`.
void place_batch(char* batch, Offset base_offset, int32_t leader_epoch);
// What a log changes in a batch whose records it took some of.
struct HeaderChange {
  bool transactional = true;                           // false: no more
  bool compressed = true;                              // false: no more
  std::optional<int32_t> record_count = std::nullopt;  // where it is another
};
// Applies it, and sets length and CRC to what `batch` now holds.
void rewrite_header(std::string& batch, const HeaderChange& change);
// Gives all records of the batch this time, in place of what their producer said.
void set_append_time(char* batch, size_t size, Timestamp time);

}  // namespace millrace::kafka
