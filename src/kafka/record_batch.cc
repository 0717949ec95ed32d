#include "kafka/record_batch.h"

#include "base/check.h"
#include "base/hash.h"

namespace millrace::kafka {

std::optional<size_t> BatchView::size_at(std::string_view bytes) {
  if (bytes.size() < kLengthEnd) {
    return std::nullopt;
  }
  const auto length = load<int32_t, Endian::big>(bytes.data() + 8);
  if (length < static_cast<int32_t>(kHeaderBytes - kLengthEnd)) {
    return std::nullopt;
  }
  return kLengthEnd + static_cast<size_t>(length);
}

std::optional<BatchView> BatchView::front_of(std::string_view bytes) {
  const std::optional<size_t> size = size_at(bytes);
  if (!size || *size > bytes.size()) {
    return std::nullopt;
  }
  return BatchView(bytes.substr(0, *size));
}

bool BatchView::crc_matches() const { return crc32c(bytes_.substr(21)) == field<uint32_t>(17); }

bool BatchView::is_sound() const {
  return magic() == 2 && codec_bits() <= 4 && record_count() > 0 &&
         last_offset_delta() == record_count() - 1;
}

void place_batch(char* batch, Offset base_offset, int32_t leader_epoch) {
  check(base_offset.value >= 0, "offset of a batch");
  store<int64_t, Endian::big>(base_offset.value, batch);
  store<int32_t, Endian::big>(leader_epoch, batch + 12);
}

void rewrite_header(std::string& batch, const HeaderChange& change) {
  auto attributes = load<int16_t, Endian::big>(batch.data() + 21);
  if (!change.transactional) {
    attributes = static_cast<int16_t>(attributes & ~kTransactionalBit);
  }
  if (!change.compressed) {
    attributes = static_cast<int16_t>(attributes & ~7);
  }
  store<int16_t, Endian::big>(attributes, batch.data() + 21);
  if (change.record_count) {
    store<int32_t, Endian::big>(*change.record_count, batch.data() + 57);
  }
  store<int32_t, Endian::big>(static_cast<int32_t>(batch.size() - BatchView::kLengthEnd),
                              batch.data() + 8);
  store<uint32_t, Endian::big>(crc32c(std::string_view(batch).substr(21)), batch.data() + 17);
}

void set_append_time(char* batch, size_t size, Timestamp time) {
  const auto attributes = load<int16_t, Endian::big>(batch + 21);
  store<int16_t, Endian::big>(static_cast<int16_t>(attributes | kAppendTimeBit), batch + 21);
  store<int64_t, Endian::big>(time.ms, batch + 35);
  store<uint32_t, Endian::big>(crc32c(std::string_view(batch, size).substr(21)), batch + 17);
}

}  // namespace millrace::kafka
