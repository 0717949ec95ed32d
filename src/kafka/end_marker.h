#pragma once

// How a transaction ends, in each partition that it wrote to: a control batch of one record.
// https://kafka.apache.org/documentation/#controlbatch
//
//   key: version i16 (0), type i16 (0 abort, 1 commit) | value: version i16 (0), coordinator epoch
//   i32

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"
#include "kafka/record_batch.h"

namespace millrace::kafka {

enum class TransactionResult : uint8_t { abort = 0, commit = 1 };

struct EndMarker {
  int64_t producer_id = kNoProducerId;
  int16_t producer_epoch = -1;
  int32_t coordinator_epoch = 0;
  TransactionResult result = TransactionResult::abort;
};

std::string batch_of(const EndMarker& marker, Timestamp now);
// Nothing where the batch is not a marker: no control batch, or one of another kind.
std::optional<EndMarker> end_marker_in(const BatchView& batch);

}  // namespace millrace::kafka
