#pragma once

// The producers of one partition that number their batches: what each sent last, so that a batch
// sent again after a lost answer is recognised instead of appended twice, and which transactions
// are open. Follows Kafka's ProducerStateManager.
//
// A function of the log: replaying its batches through note() gives the same state.
//
// Not safe to share between threads: the partition's appends take turns.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "kafka/end_marker.h"
#include "kafka/error_code.h"
#include "kafka/record_batch.h"

namespace millrace::topic {

// Producer ids from here on are of pipelines of this program; the broker hands out lesser ones.
inline constexpr int64_t kFirstOfPipelines = int64_t{1} << 62;

// A transaction that was given up: readers of committed records skip what its producer wrote from
// `first` to the marker at `last`.
struct AbortedTransaction {
  int64_t producer_id = 0;
  Offset first;
  Offset last;
  Offset stable;  // where the next undecided transaction began once this one had ended

  bool operator==(const AbortedTransaction&) const = default;
};

// Was this batch written in one of these?
bool is_aborted(const kafka::BatchView& batch, const std::vector<AbortedTransaction>& aborted);

// A producer, for tools.
struct ProducerStatus {
  int64_t id = 0;
  int16_t epoch = 0;
  int32_t last_sequence = -1;
  Timestamp last_seen;
  int32_t coordinator_epoch = -1;
  std::optional<Offset> transaction;  // where the open one begins

  bool operator==(const ProducerStatus&) const = default;
};

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
  Verdict judge(const kafka::EndMarker& marker) const;
  // It was appended, with its offsets set, at `now`; markers come this way too. The transaction
  // that it aborted, if it did.
  std::optional<AbortedTransaction> note(const kafka::BatchView& placed, Timestamp now);
  // It was judged right and the disk refused it. What its producer sent behind it must not pass
  // before it, or it could never follow: so a producer not known so far has to begin with it.
  void note_refused(const kafka::BatchView& batch, Timestamp now);
  // Those with an open transaction are kept.
  void forget_silent_since(Timestamp time);

  // Where the earliest open transaction begins: everything before is decided.
  std::optional<Offset> first_open() const;
  std::vector<ProducerStatus> list() const;  // by id

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
    int32_t coordinator_epoch = -1;
    std::optional<Offset> transaction;   // where the open one begins
    std::optional<int32_t> begins_with;  // the sequence that must come next; while `sent` is empty
    std::vector<Sent> sent;              // oldest first, at most kRemembered
  };

  std::optional<AbortedTransaction> note_marker(const kafka::EndMarker& marker, Offset at,
                                                Timestamp now);

  std::unordered_map<int64_t, Producer> producers_;
  std::map<Offset, int64_t> open_;  // first offset → producer
};

}  // namespace millrace::topic
