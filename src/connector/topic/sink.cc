#include "connector/topic/sink.h"

#include <algorithm>

#include "base/clock.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/json.h"

namespace millrace::connector {

// Well under what a topic takes at a time (max.message.bytes, 1 MB).
static constexpr size_t kBatchBytes = size_t{256} << 10;
static constexpr int64_t kSlots = 2;

static std::vector<std::shared_ptr<topic::Partition>> partitions_of(topic::Store& store,
                                                                    const std::string& name,
                                                                    int32_t partitions) {
  auto topic = store.find(name);
  if (topic == nullptr) {
    auto made = store.find_or_create(name, partitions);
    if (!made.ok()) {
      throw Error(made.error());
    }
    topic = *made;
  }
  for (const auto& partition : topic->partitions) {
    if (partition == nullptr) {
      throw Error(ErrorCode::corrupt,
                  "a partition of topic '" + name + "' is damaged; see the server's log");
    }
  }
  return topic->partitions;
}

static Batch columns_of(const Batch& rows, const std::vector<size_t>& columns) {
  Batch batch;
  batch.physical_size = rows.physical_size;
  batch.kinds = rows.kinds;
  for (const size_t column : columns) {
    batch.columns.push_back(rows.columns[column]);
  }
  return batch;
}

// The same in every life of the pipeline.
static int64_t producer_of(const exec::TaskContext& task) {
  const std::string name = task.pipeline() + "/" + task.id();
  const uint64_t hash = static_cast<uint64_t>(crc32c(name)) << 31 | (crc32c(name, 1) >> 1);
  constexpr auto kFirst = static_cast<uint64_t>(topic::kFirstOfPipelines);
  return static_cast<int64_t>(kFirst | (hash << 1 & (kFirst - 1)));
}

TopicSink::TopicSink(const plan::Sink& sink, TopicOptions options, exec::TaskContext& task,
                     topic::Store& store, int32_t partitions)
    : options_(std::move(options)),
      task_(task),
      values_(options_.format.encoder(value_record(*sink.table, options_))),
      metadata_(*sink.table),
      partitioner_(options_.keyless, 1),
      first_producer_(producer_of(task)),
      transactions_(task_.state().numbers("transactions")),
      slot_(transactions_.at("slot")) {
  for (auto& partition : partitions_of(store, options_.topics.first(), partitions)) {
    targets_.push_back({std::move(partition)});
  }
  partitioner_ = Partitioner(options_.keyless, targets_.size());
  if (!options_.key_fields.empty()) {
    keys_ = options_.key_format.encoder(key_record(*sink.table, options_));
  }
  abort_leftovers();
}

void TopicSink::begin(const Batch& rows) {
  metadata_.begin(rows);
  value_batch_ = columns_of(rows, options_.value_fields);
  values_->begin(value_batch_);
  if (keys_) {
    key_batch_ = columns_of(rows, options_.key_fields);
    keys_->begin(key_batch_);
  }
}

// A row that is gone has none.
bool TopicSink::has_value(const Batch& rows, uint32_t row) const {
  const bool is_gone =
      options_.meaning == TopicOptions::Meaning::upserts && !is_addition(rows.kind(row));
  return !is_gone && values_->has_value(row);
}

void TopicSink::write(const Batch& rows) {
  is_last_ = false;
  begin(rows);
  const Timestamp now = task_.world().clock->now();
  for_each(rows.rows(), [&](uint32_t row) {
    std::optional<std::string_view> key;
    if (keys_) {
      key_.clear();
      keys_->append(row, key_);
      key = key_;
    }
    std::optional<std::string_view> value;
    if (has_value(rows, row)) {
      value_.clear();
      values_->append(row, value_);
      value = value_;
    }
    Target& target = targets_[partitioner_.partition_of(key)];
    target.batch.add(metadata_.time_of(row).value_or(now), key, value, metadata_.headers_of(row));
    if (target.batch.size() >= kBatchBytes) {
      flush(target);
      partitioner_.next_batch();
    }
  });
  if (!options_.exactly_once) {
    for (Target& target : targets_) {
      flush(target);
    }
    partitioner_.next_batch();
  }
}

void TopicSink::flush(Target& target) {
  if (target.batch.empty()) {
    return;
  }
  const std::string batch =
      options_.exactly_once
          ? target.batch.finish(
                {.id = producer_id(slot_), .epoch = 0, .attributes = kafka::kTransactionalBit})
          : target.batch.finish();
  const topic::Appended appended = target.partition->append(batch, topic::Origin::coordinator);
  if (appended.error_code != kafka::ErrorCode::none) {
    throw Error(ErrorCode::io, "cannot write to topic '" + options_.topics.first() +
                                   "': " + target.partition->name() + ": " + appended.message);
  }
  target.written = true;
  target.unsynced = true;
}

std::string TopicSink::prepare(Epoch) {
  Json partitions = Json::array();
  for (size_t i = 0; i < targets_.size(); ++i) {
    Target& target = targets_[i];
    flush(target);
    if (target.written) {
      target.written = false;
      partitions.push(static_cast<int64_t>(i));
    }
  }
  sync();
  partitioner_.next_batch();
  if (!options_.exactly_once || partitions.as_array().empty()) {
    return {};
  }
  Json token = Json::object({{"slot", slot_}, {"partitions", std::move(partitions)}});
  slot_ = (slot_ + 1) % kSlots;
  return token.dump();
}

void TopicSink::sync() {
  for (Target& target : targets_) {
    if (target.unsynced) {
      target.partition->sync();
      target.unsynced = false;
    }
  }
}

void TopicSink::publish(Epoch, std::string_view text) {
  const Json token = Json::parse(text);
  for (const Json& number : token.at("partitions").as_array()) {
    const auto partition = static_cast<size_t>(number.as_int());
    if (partition < targets_.size()) {
      end_transaction(targets_[partition], token.at("slot").as_int(),
                      kafka::TransactionResult::commit);
    }
  }
  if (is_last_) {  // perhaps nobody will be there to publish it again
    sync();
  }
}

// Ends the transaction of one of the two producers, where it has one open.
void TopicSink::end_transaction(Target& target, int64_t slot, kafka::TransactionResult result) {
  const auto producers = target.partition->producers();
  const bool is_open =
      std::any_of(producers.begin(), producers.end(), [&](const topic::ProducerStatus& producer) {
        return producer.id == producer_id(slot) && producer.transaction;
      });
  if (!is_open) {
    return;
  }
  const topic::Appended appended = target.partition->append(
      kafka::EndMarker{.producer_id = producer_id(slot), .producer_epoch = 0, .result = result});
  if (appended.error_code != kafka::ErrorCode::none) {
    throw Error(ErrorCode::io, "cannot end a transaction of topic '" + options_.topics.first() +
                                   "': " + appended.message);
  }
  target.unsynced = true;
}

// What an earlier life wrote behind its last checkpoint. The other producer's transaction is that
// checkpoint's, and about to be published; without a checkpoint there is no such.
void TopicSink::abort_leftovers() {
  int64_t& is_known = transactions_.at("known");
  for (Target& target : targets_) {
    end_transaction(target, slot_, kafka::TransactionResult::abort);
    if (is_known == 0) {
      end_transaction(target, (slot_ + 1) % kSlots, kafka::TransactionResult::abort);
    }
  }
  is_known = 1;
}

}  // namespace millrace::connector
