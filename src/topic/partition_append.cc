// How batches get into a partition.

#include <cstring>

#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "kafka/records.h"
#include "topic/partition.h"
#include "topic/recovery_point.h"

namespace millrace::topic {

using kafka::BatchView;

namespace {

// The only leader there ever was.
constexpr int32_t kLeaderEpoch = 0;
constexpr Duration kProducerSilence = Duration::seconds(24 * 3600);

Appended refused(kafka::ErrorCode code, std::string message) {
  return {code, std::move(message), {}, {}, false, std::nullopt, {}};
}

}  // namespace

// Unsigned, as a producer may claim any time: the difference may be more than a signed number
// holds.
static bool is_too_far(Timestamp at, Timestamp now, const PartitionOptions& options) {
  const auto apart = [](Timestamp from, Timestamp to) {
    return static_cast<uint64_t>(to.ms) - static_cast<uint64_t>(from.ms);
  };
  return at.ms < now.ms ? apart(at, now) > static_cast<uint64_t>(options.max_before_ms)
                        : apart(now, at) > static_cast<uint64_t>(options.max_after_ms);
}

// Every record is looked at once, here: what is in the log can be read, and its offsets have no
// gaps. Records that the topic does not take are all named, so that their producer can send the
// others again. Nothing where all is well.
static std::optional<Appended> fault_in_records(const BatchView& batch,
                                                const PartitionOptions& options, Timestamp now) {
  std::vector<RecordFault> faults;
  auto code = kafka::ErrorCode::invalid_record;
  try {
    int32_t number = 0;
    for (kafka::Records records(batch); const kafka::Record* record = records.next(); ++number) {
      const auto say = [number](std::string_view what) {
        return "record " + std::to_string(number) + " of the batch " + std::string(what);
      };
      if (record->offset != batch.base_offset() + number) {
        return refused(kafka::ErrorCode::invalid_record, say("has another record's offset"));
      }
      if (options.compacts && !record->key) {
        faults.push_back({number, say("has no key, which a compacted topic needs")});
        continue;
      }
      if (!options.append_time && is_too_far(record->timestamp, now, options)) {
        code = kafka::ErrorCode::invalid_timestamp;
        faults.push_back({number, say("has the time " + std::to_string(record->timestamp.ms) +
                                      ", too far from now")});
      }
    }
  } catch (const Error& error) {  // the producer's fault, which it is told
    return refused(kafka::ErrorCode::invalid_record, error.message());
  }
  if (faults.empty()) {
    return std::nullopt;
  }
  Appended answer = refused(code, faults.front().message);
  answer.record_faults = std::move(faults);
  return answer;
}

// What is wrong with these bytes or their producer's sequence, or the answer for a batch that is
// here already; nothing where they are to be appended.
std::optional<Appended> Partition::judge(std::string_view batches, Origin origin) const {
  const PartitionOptions options = this->options();
  if (batches.empty()) {
    return refused(kafka::ErrorCode::invalid_record, "no batch");
  }
  for (std::string_view rest = batches; !rest.empty();) {
    const auto batch = BatchView::front_of(rest);
    if (!batch) {
      return refused(kafka::ErrorCode::corrupt_message, "the bytes are no whole batch");
    }
    if (batch->size() > options.max_batch_bytes) {
      return refused(kafka::ErrorCode::message_too_large,
                     "batch of " + std::to_string(batch->size()) + " bytes, at most " +
                         std::to_string(options.max_batch_bytes) + " are taken");
    }
    if (batch->magic() != 2) {
      return refused(kafka::ErrorCode::unsupported_for_message_format,
                     "batch of format " + std::to_string(batch->magic()) + ", only 2 is taken");
    }
    if (!batch->crc_matches()) {
      return refused(kafka::ErrorCode::corrupt_message, "CRC of the batch does not match");
    }
    if (!batch->is_sound()) {
      return refused(kafka::ErrorCode::invalid_record, "header of the batch contradicts itself");
    }
    if (batch->is_control()) {
      return refused(kafka::ErrorCode::invalid_record, "producers write no control batches");
    }
    if (const auto fault = fault_in_records(*batch, options, world_.clock->now())) {
      return fault;
    }
    if (batch->producer_id() >= 0 && batch->size() != batches.size()) {
      return refused(kafka::ErrorCode::invalid_record,
                     "an idempotent producer sends one batch a partition");
    }
    if (origin == Origin::client && batch->producer_id() >= 0 && batch->base_sequence() < 0) {
      return refused(kafka::ErrorCode::invalid_record, "a producer's batch has no sequence");
    }
    const Producers::Verdict verdict = producers_.judge(*batch);
    if (verdict.error_code != kafka::ErrorCode::none) {
      return refused(verdict.error_code, verdict.message);
    }
    if (verdict.duplicate_of) {
      const Offset base = *verdict.duplicate_of;
      return Appended{kafka::ErrorCode::none,       "",   base,
                      base + batch->record_count(), true, std::nullopt};
    }
    rest.remove_prefix(batch->size());
  }
  return std::nullopt;
}

template <typename Judge>
Appended Partition::append_judged(std::string_view batches, Judge judge) {
  Appended appended;
  {
    const std::lock_guard lock(append_mutex_);
    if (const std::optional<Appended> answer = judge()) {
      return *answer;
    }
    try {
      appended = write(batches);
    } catch (const Error& error) {
      // The producer branches on it: it sends again, and meanwhile everything else is served.
      world_.log->error("topic", "append failed",
                        {{"partition", name_}, {"error", error.message()}});
      producers_.note_refused(*BatchView::front_of(batches), world_.clock->now());
      return refused(kafka::to_kafka(error.code()), error.message());
    }
  }
  report_growth();
  return appended;
}

Appended Partition::append(std::string_view batches, Origin origin) {
  return append_judged(batches, [&] { return judge(batches, origin); });
}

Appended Partition::append(const kafka::EndMarker& marker) {
  const std::string batch = kafka::batch_of(marker, world_.clock->now());
  return append_judged(batch, [&]() -> std::optional<Appended> {
    const Producers::Verdict verdict = producers_.judge(marker);
    if (verdict.error_code == kafka::ErrorCode::none) {
      return std::nullopt;
    }
    return refused(verdict.error_code, verdict.message);
  });
}

Appended Partition::write(std::string_view batches) {
  check_disk_is_trusted();
  roll_if_needed(batches.size());
  std::string placed(batches);
  const bool append_time = options().append_time;
  const Offset base = end_offset();
  Offset next = base;
  for (size_t at = 0; at < placed.size();) {
    const auto batch = BatchView::front_of(std::string_view(placed).substr(at));
    kafka::place_batch(placed.data() + at, next, kLeaderEpoch);
    if (append_time && !batch->is_control()) {
      kafka::set_append_time(placed.data() + at, batch->size(), world_.clock->now());
    }
    next = next + batch->record_count();
    at += batch->size();
  }
  const auto segment = last_segment();
  segment->append(placed);
  for (std::string_view rest = placed; !rest.empty();) {
    const auto batch = BatchView::front_of(rest);
    segment->note(*batch);
    note_producer(*segment, *batch);
    rest.remove_prefix(batch->size());
  }
  unsynced_bytes_.fetch_add(placed.size(), std::memory_order_relaxed);
  end_.store(next.value, std::memory_order_release);
  stable_.store(producers_.first_open().value_or(next).value, std::memory_order_release);
  Appended appended{kafka::ErrorCode::none, "", base, next, false, std::nullopt};
  if (append_time) {
    appended.time = world_.clock->now();
  }
  return appended;
}

void Partition::note_producer(Segment& segment, const BatchView& placed) {
  if (const auto aborted = producers_.note(placed, world_.clock->now())) {
    segment.note(*aborted);
  }
}

void Partition::roll_if_needed(size_t incoming) {
  const auto last = last_segment();
  if (last->size() == 0 || last->size() + incoming <= options().segment_bytes) {
    return;
  }
  roll();
}

// Under append_mutex_.
void Partition::roll() {
  const auto last = last_segment();
  // In this order: a crash between any two steps leaves a log whose last segment is read through.
  {
    const std::lock_guard lock(sync_mutex_);
    sync_segment(*last);
  }
  last->close();
  producers_.forget_silent_since(world_.clock->now() - kProducerSilence);
  const Offset base = end_offset();
  world_.files->replace(io::join(directory_, Segment::file_name(base, ".producers")),
                        producers_.to_bytes());
  auto next = open_segment(base, Segment::State::open);
  world_.files->sync_directory(directory_);
  known_size_ = 0;
  world_.files->remove(
      io::join(directory_, Segment::file_name(last->base(), RecoveryPoint::kSuffix)));
  {
    const std::lock_guard lock(mutex_);
    segments_.push_back(std::move(next));
  }
  last->let_go();
}

}  // namespace millrace::topic
