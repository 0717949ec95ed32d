#pragma once

// Writes rows as records of a topic of the embedded broker, in process.
//
// Exactly once: the records of an epoch are a transaction, open while the epoch lasts, durable with
// its checkpoint, and committed behind it. Readers of committed records see whole epochs; others
// see records as they are written. What an epoch wrote that never got its checkpoint is aborted
// when the pipeline starts again.
//
// The pipeline's transactions have two producer ids, by turns: its last whole epoch, which may
// still have to be committed after a crash, is then told from the one behind it, which is aborted.
// The turn is kept in the checkpoint, and the ids are made of the pipeline's and the sink's names,
// so that they are the same in every life.
//
// Of a table of upserts a deletion is a record without a value.
//
// 'visibility' = 'immediate', like 'sink.delivery-guarantee' = 'at-least-once', writes without
// transactions: at once for everybody, and again after a crash.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "codec/encoder.h"
#include "connector/topic/options.h"
#include "connector/topic/partitioner.h"
#include "connector/topic/record_metadata.h"
#include "exec/sink.h"
#include "exec/task_context.h"
#include "kafka/end_marker.h"
#include "kafka/records.h"
#include "plan/nodes.h"
#include "state/numbers.h"
#include "topic/producers.h"
#include "topic/store.h"

namespace millrace::connector {

class TopicSink final : public exec::Sink {
 public:
  // `store` outlives this. Makes the topic, with `partitions`, where there is none.
  TopicSink(const plan::Sink& sink, TopicOptions options, exec::TaskContext& task,
            topic::Store& store, int32_t partitions);

  void write(const Batch& rows) override;
  std::string prepare(Epoch epoch) override;
  void publish(Epoch epoch, std::string_view token) override;
  void finish() override { is_last_ = true; }

 private:
  struct Target {
    std::shared_ptr<topic::Partition> partition;
    kafka::BatchBuilder batch = {};
    bool written = false;   // in this epoch
    bool unsynced = false;  // records or the end of a transaction
  };

  void sync();
  void begin(const Batch& rows);
  bool has_value(const Batch& rows, uint32_t row) const;
  void flush(Target& target);
  void end_transaction(Target& target, int64_t slot, kafka::TransactionResult result);
  void abort_leftovers();
  int64_t producer_id(int64_t slot) const { return first_producer_ + slot; }

  TopicOptions options_;
  exec::TaskContext task_;
  std::unique_ptr<codec::Encoder> values_;
  std::unique_ptr<codec::Encoder> keys_;  // null: records have no key
  WrittenMetadata metadata_;
  Batch key_batch_;
  Batch value_batch_;
  std::vector<Target> targets_;  // by partition
  Partitioner partitioner_;
  int64_t first_producer_;
  state::Numbers& transactions_;
  int64_t& slot_;         // 0 or 1: whose turn it is, of the two producers
  bool is_last_ = false;  // the epoch at hand, as far as is known
  std::string key_;
  std::string value_;
};

}  // namespace millrace::connector
