#include "kafka/end_marker.h"

#include "base/bytes.h"
#include "kafka/records.h"

namespace millrace::kafka {

namespace {
constexpr int16_t kVersion = 0;
constexpr size_t kKeyBytes = 4;
constexpr size_t kValueBytes = 6;
}  // namespace

std::string batch_of(const EndMarker& marker, Timestamp now) {
  NetworkWriter key;
  key.write(kVersion);
  key.write(static_cast<int16_t>(marker.result));
  NetworkWriter value;
  value.write(kVersion);
  value.write(marker.coordinator_epoch);
  BatchBuilder batch;
  batch.add(now, key.bytes(), value.bytes());
  return batch.finish({.id = marker.producer_id,
                       .epoch = marker.producer_epoch,
                       .base_sequence = -1,
                       .attributes = kTransactionalBit | kControlBit});
}

std::optional<EndMarker> end_marker_in(const BatchView& batch) {
  if (!batch.is_control()) {
    return std::nullopt;
  }
  Records records(batch);
  const Record* record = records.next();
  if (record == nullptr || record->key.value_or("").size() < kKeyBytes ||
      record->value.value_or("").size() < kValueBytes) {
    return std::nullopt;
  }
  NetworkReader key(record->key->substr(sizeof(kVersion)));
  const auto type = key.read<int16_t>();
  if (type != 0 && type != 1) {
    return std::nullopt;
  }
  NetworkReader value(record->value->substr(sizeof(kVersion)));
  return EndMarker{batch.producer_id(), batch.producer_epoch(), value.read<int32_t>(),
                   static_cast<TransactionResult>(type)};
}

}  // namespace millrace::kafka
