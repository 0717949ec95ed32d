#include "kinesis/put.h"

#include <map>

#include "base/metrics.h"
#include "broker/broker.h"
#include "broker/durability.h"
#include "broker/metrics.h"
#include "io/event_loop.h"
#include "kafka/records.h"
#include "kinesis/hash_key.h"
#include "kinesis/shard.h"
#include "topic/settings.h"

namespace millrace::kinesis {

namespace {

constexpr std::string_view kInternalFailure = "InternalFailure";
constexpr size_t kMostDataBytes = 10U << 20;
// Of a record in a batch: lengths, offsets and times, at most.
constexpr size_t kRecordOverhead = 64;

const TextRule kPartitionKeyRule{.least = 1, .most = 256};

std::optional<HashKey> explicit_hash_key(const Parameters& in) {
  const auto text = in.text("ExplicitHashKey", kHashKeyRule);
  if (!text || !kHashKeyRule.fits(*text)) {
    return std::nullopt;
  }
  const auto key = parse_hash_key(*text);
  if (!key) {
    throw Refusal(Fault::invalid_argument,
                  "Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. "
                  "Specified value was " +
                      *text);
  }
  return key;
}

void refuse(Put& put, std::string_view code, std::string message) {
  put.error_code = code;
  put.message = std::move(message);
}

// Those of one request, and what becomes of them.
class Putting {
 public:
  Putting(const Call& call, const topic::Topic& stream, std::vector<NewRecord> records)
      : service_(call.service),
        stream_(stream),
        records_(std::move(records)),
        puts_(records_.size()),
        most_batch_bytes_(
            topic::options_of(call.service.topics().in_force(stream.settings)).max_batch_bytes) {}

  void append() {
    std::map<int32_t, std::vector<size_t>> by_shard;
    for (size_t i = 0; i < records_.size(); ++i) {
      puts_[i].shard = records_[i].shard;
      if (is_admitted(records_[i])) {
        by_shard[records_[i].shard].push_back(i);
      } else {
        service_.refused_for_limits().add();
        refuse(puts_[i], name_of(Fault::throughput_exceeded),
               rate_exceeded(records_[i].shard, stream_.name));
      }
    }
    for (const auto& [shard, chosen] : by_shard) {
      append_to(shard, chosen);
    }
  }

  std::vector<Put> take_puts() { return std::move(puts_); }
  // With their shards: those that something was written to.
  std::map<int32_t, std::shared_ptr<topic::Partition>> take_written() {
    return std::move(written_);
  }

 private:
  bool is_admitted(const NewRecord& record) {
    return service_.notes_of(stream_).mode == StreamMode::on_demand ||
           service_.limits().admit_write({stream_.id, record.shard},
                                         record.partition_key.size() + record.data.size(),
                                         service_.monotonic());
  }

  void append_to(int32_t shard, const std::vector<size_t>& chosen) {
    const auto partition = stream_.find(PartitionIndex(shard));
    if (partition == nullptr) {
      for (const size_t i : chosen) {
        refuse(puts_[i], kInternalFailure, "the log of this shard is damaged");
      }
      return;
    }
    kafka::BatchBuilder batch;
    std::vector<size_t> in_batch;
    const Timestamp now = service_.now();
    for (const size_t i : chosen) {
      const NewRecord& record = records_[i];
      const size_t bytes = record.partition_key.size() + record.data.size() + kRecordOverhead;
      if (!batch.empty() && batch.size() + bytes > most_batch_bytes_) {
        append_batch(partition, shard, batch, in_batch);
      }
      batch.add(now, record.partition_key, record.data);
      in_batch.push_back(i);
    }
    append_batch(partition, shard, batch, in_batch);
  }

  void append_batch(const std::shared_ptr<topic::Partition>& partition, int32_t shard,
                    kafka::BatchBuilder& batch, std::vector<size_t>& in_batch) {
    const std::string bytes = batch.finish();
    const topic::Appended appended = partition->append(bytes);
    broker::BrokerMetrics& metrics = service_.broker().metrics();
    if (appended.error_code != kafka::ErrorCode::none) {
      metrics.refused_batches.add();
      for (const size_t i : in_batch) {
        refuse(puts_[i], kInternalFailure, appended.message);
      }
    } else {
      metrics.records_in.add(in_batch.size());
      metrics.bytes_in.add(bytes.size());
      for (size_t k = 0; k < in_batch.size(); ++k) {
        puts_[in_batch[k]].offset = appended.base + static_cast<int64_t>(k);
      }
      broker::sync_by_and_by(service_.broker(), partition);
      written_[shard] = partition;
    }
    in_batch.clear();
  }

  Service& service_;
  const topic::Topic& stream_;
  const std::vector<NewRecord> records_;
  std::vector<Put> puts_;
  const size_t most_batch_bytes_;
  std::map<int32_t, std::shared_ptr<topic::Partition>> written_;
};

// Records of one request that wait for the disk.
struct Waiting {
  std::vector<Put> puts;
  size_t shards_left;
  std::function<void(std::vector<Put>)> done;
};

void fail_shard(std::vector<Put>& puts, int32_t shard) {
  for (Put& put : puts) {
    if (put.shard == shard && put.error_code.empty()) {
      refuse(put, kInternalFailure, "the disk did not take this shard's records");
    }
  }
}

}  // namespace

NewRecord new_record(const Parameters& in, int32_t shards) {
  NewRecord record;
  record.partition_key = in.required_text("PartitionKey", kPartitionKeyRule);
  record.data = in.required_blob("Data", kMostDataBytes);
  const auto chosen = explicit_hash_key(in);
  record.shard = shard_of(chosen ? *chosen : hash_key_of(record.partition_key), shards);
  return record;
}

void check_size(const NewRecord& record, const StreamNotes& notes) {
  const auto most = static_cast<size_t>(notes.most_record_kib) * 1024;
  if (record.data.size() > most) {
    throw Refusal(Fault::validation,
                  "1 validation error detected: Value of " + std::to_string(record.data.size()) +
                      " bytes at 'data' failed to satisfy constraint: Member must have length less "
                      "than or equal to " +
                      std::to_string(most));
  }
}

void put(const Call& call, const topic::Topic& stream, std::vector<NewRecord> records,
         std::function<void(std::vector<Put>)> done) {
  Putting putting(call, stream, std::move(records));
  putting.append();
  broker::Broker& broker = call.service.broker();
  auto written = putting.take_written();
  const auto waiting =
      std::make_shared<Waiting>(Waiting{putting.take_puts(), written.size(), std::move(done)});
  broker.loop().post([&broker, waiting, written = std::move(written)] {
    if (written.empty()) {
      waiting->done(std::move(waiting->puts));
    }
    for (const auto& [shard, partition] : written) {
      broker::when_all_durable(broker, {partition}, [waiting, shard](kafka::ErrorCode fault) {
        if (fault != kafka::ErrorCode::none) {
          fail_shard(waiting->puts, shard);
        }
        if (--waiting->shards_left == 0) {
          waiting->done(std::move(waiting->puts));
        }
      });
    }
  });
}

}  // namespace millrace::kinesis
