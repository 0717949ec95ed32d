#pragma once

// The idempotent producers of one partition: what each sent last, so that a batch sent again after
// a lost answer is recognised instead of appended twice. Follows Kafka's ProducerStateManager.
//
// Not safe to share between threads: the partition's appends take turns.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "kafka/error_code.h"
#include "kafka/record_batch.h"

namespace millrace::topic {

class Producers {
 public:
  // Kafka's clients keep at most five batches in flight to a partition.
  static constexpr size_t kRemembered = 5;

  struct Verdict {
    kafka::ErrorCode error_code = kafka::ErrorCode::none;
    std::string message;
    std::optional<Offset> duplicate_of;  // base offset that the same batch got before
  };
  // May this batch be appended next? Batches without a producer always may.
  Verdict judge(const kafka::BatchView& batch) const;
  // It was appended, with its offsets set, at `now`.
  void note(const kafka::BatchView& placed, Timestamp now);
  // It was judged right and the disk refused it. What its producer sent behind it must not pass
  // before it, or it could never follow: so a producer not known so far has to begin with it.
  void note_refused(const kafka::BatchView& batch, Timestamp now);
  void forget_silent_since(Timestamp time);

  // The bytes of a .producers file.
  std::string to_bytes() const;
  // Nothing where the bytes are damaged.
  static std::optional<Producers> from_bytes(std::string_view bytes);

  size_t size() const { return producers_.size(); }

 private:
  struct Sent {
    int32_t first_sequence = 0;
    int32_t last_sequence = 0;
    Offset base;
  };
  struct Producer {
    int16_t epoch = 0;
    Timestamp last_seen;
    std::optional<int32_t> begins_with;  // a sequence that was refused; while `sent` is empty
    std::vector<Sent> sent;              // oldest first, at most kRemembered
  };

  std::unordered_map<int64_t, Producer> producers_;
};

}  // namespace millrace::topic
