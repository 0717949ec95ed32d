// GetRecords: reads a shard on from an iterator, committed records alone.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html

#include <algorithm>

#include "base/metrics.h"
#include "broker/broker.h"
#include "broker/metrics.h"
#include "kafka/records.h"
#include "kinesis/calls.h"
#include "kinesis/shard.h"
#include "kinesis/tokens.h"
#include "topic/store.h"

namespace millrace::kinesis {

namespace {

constexpr int64_t kMostRecords = 10'000;
constexpr size_t kMostBytes = 10U << 20;  // of keys and data; one record always comes
constexpr size_t kReadBytes = 1U << 20;

const TextRule kIteratorRule{.least = 1, .most = 512};

ShardIterator iterator_in(const Call& call) {
  const std::string text = call.in.required_text("ShardIterator", kIteratorRule);
  call.in.check();
  const auto iterator = parse_shard_iterator(text);
  if (!iterator) {
    throw Refusal(Fault::invalid_argument, "Invalid ShardIterator.");
  }
  const Timestamp now = call.service.now();
  if (now - iterator->made > kTokenLife) {
    throw Refusal(Fault::expired_iterator,
                  "Iterator expired. The iterator was created at time " +
                      to_iso8601(iterator->made) + " while right now it is " + to_iso8601(now) +
                      " which is further in the future than the tolerated delay of 300000 "
                      "milliseconds.");
  }
  return *iterator;
}

std::shared_ptr<const topic::Topic> stream_of(const Call& call, const ShardIterator& iterator) {
  const auto stream = call.service.topics().find(iterator.stream);
  if (stream == nullptr) {
    throw Refusal(Fault::resource_not_found, "The stream of this ShardIterator, under account " +
                                                 std::string(kAccount) + ", does not exist");
  }
  return call.service.find(call.caller, broker::Operation::read, stream->name);
}

// Writes records until there are enough.
class Reading {
 public:
  Reading(const topic::Partition& log, const ShardIterator& from, int64_t limit, Writer& out)
      : log_(log), shard_(from.shard), next_(from.next), left_(limit), out_(out) {}

  void read() {
    next_ = std::max(next_, log_.start_offset());  // what was there before is gone
    while (!full_ && next_ < log_.stable_offset()) {
      const auto read = log_.read_committed(next_, kReadBytes);
      if (!read.ok()) {
        throw read.error();
      }
      if (read->batches.empty()) {
        return;
      }
      std::string_view rest = read->batches.view();
      while (const auto batch = full_ ? std::nullopt : kafka::BatchView::front_of(rest)) {
        rest.remove_prefix(batch->size());
        if (!batch->is_control() && !topic::is_aborted(*batch, read->aborted)) {
          write_all(*batch);
        }
        if (!full_) {
          next_ = std::max(next_, batch->next_offset());
        }
      }
    }
  }

  Offset next() const { return next_; }
  size_t bytes() const { return bytes_; }
  Timestamp last_time() const { return last_time_; }
  bool found_any() const { return found_; }

 private:
  void write_all(const kafka::BatchView& batch) {
    kafka::Records records(batch);
    for (const kafka::Record* record = records.next(); record != nullptr && !full_;
         record = records.next()) {
      if (record->offset >= next_) {
        write(*record);
      }
    }
  }

  void write(const kafka::Record& record) {
    const std::string_view key = record.key.value_or("");
    const std::string_view data = record.value.value_or("");
    const size_t size = key.size() + data.size();
    if (left_ == 0 || (found_ && bytes_ + size > kMostBytes)) {
      full_ = true;
      return;
    }
    out_.begin_object();
    out_.text("SequenceNumber", sequence_number({shard_, record.offset}));
    out_.time("ApproximateArrivalTimestamp", record.timestamp);
    out_.blob("Data", data);
    out_.text("PartitionKey", key);
    out_.text("EncryptionType", "NONE");
    out_.end_object();
    found_ = true;
    bytes_ += size;
    last_time_ = record.timestamp;
    next_ = record.offset + 1;
    full_ = --left_ == 0;
  }

  const topic::Partition& log_;
  const int32_t shard_;
  Offset next_;
  int64_t left_;
  Writer& out_;
  size_t bytes_ = 0;
  bool found_ = false;
  bool full_ = false;
  Timestamp last_time_;
};

// From the last record read to now, where others follow.
int64_t behind_latest(const Reading& reading, const topic::Partition& log, Timestamp now) {
  if (reading.next() >= log.stable_offset()) {
    return 0;
  }
  return std::max<int64_t>(1, reading.found_any() ? (now - reading.last_time()).ms() : 1);
}

}  // namespace

void get_records(const Call& call, Writer& out) {
  const int64_t limit = call.in.number("Limit", 1, kMostRecords).value_or(kMostRecords);
  call.in.refuse("DryRun");
  const ShardIterator iterator = iterator_in(call);
  const auto stream = stream_of(call, iterator);
  const auto log = Service::shard(*stream, iterator.shard);
  if (iterator.next > log->end_offset()) {
    throw Refusal(Fault::invalid_argument, "Invalid ShardIterator: it is behind the shard's end.");
  }
  const ShardLimits::Shard limited{stream->id, iterator.shard};
  const bool is_limited = call.service.notes_of(*stream).mode == StreamMode::provisioned;
  if (is_limited && !call.service.limits().admit_read(limited, call.service.monotonic())) {
    call.service.refused_for_limits().add();
    throw Refusal(Fault::throughput_exceeded, rate_exceeded(iterator.shard, stream->name));
  }

  out.begin_object();
  out.name("Records");
  out.begin_list();
  Reading reading(*log, iterator, limit, out);
  reading.read();
  out.end_list();
  const Timestamp now = call.service.now();
  out.text("NextShardIterator",
           to_text(ShardIterator{stream->id, iterator.shard, reading.next(), now}));
  out.number("MillisBehindLatest", behind_latest(reading, *log, now));
  out.end_object();
  if (is_limited) {
    call.service.limits().note_read(limited, reading.bytes());
  }
  call.service.broker().metrics().bytes_out.add(reading.bytes());
}

}  // namespace millrace::kinesis
