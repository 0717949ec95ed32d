#include "broker/transactions/transaction_log.h"

#include "base/clock.h"
#include "base/log.h"
#include "broker/broker.h"
#include "kafka/records.h"
#include "kafka/wire.h"

namespace millrace::broker {

namespace {

constexpr int16_t kKeyVersion = 0;
constexpr int16_t kValueVersion = 1;
constexpr bool kFlexible = true;  // what value version 1 is

// Tagged fields of the value.
enum Tag : uint32_t { kPreviousProducerId = 0, kNextProducerId = 1, kClientVersion = 2 };

std::string key_of(const std::string& id) {
  kafka::Writer out;
  out.write(kKeyVersion);
  out.write_string(id, !kFlexible);
  return out.take();
}

std::string value_of(const Transaction& transaction) {
  kafka::Writer out;
  out.write(kValueVersion);
  out.write(transaction.producer_id);
  out.write(transaction.epoch);
  out.write(static_cast<int32_t>(transaction.timeout.ms()));
  out.write(static_cast<int8_t>(transaction.state));
  std::map<std::string, std::vector<int32_t>> topics;
  for (const TopicPlace& place : transaction.partitions) {
    topics[place.topic].push_back(place.partition);
  }
  out.write_array(topics, kFlexible, [&](const auto& topic) {
    out.write_string(topic.first, kFlexible);
    out.write_array(topic.second, kFlexible, [&](int32_t partition) { out.write(partition); });
    out.write_tag_count(0);
  });
  out.write(transaction.changed.ms);
  out.write(transaction.started.ms);
  out.write_tag_count(3);
  out.write_tag(kPreviousProducerId,
                [&](auto& tag) { tag.write(transaction.previous_producer_id); });
  out.write_tag(kNextProducerId, [&](auto& tag) { tag.write(transaction.next_producer_id); });
  out.write_tag(kClientVersion, [&](auto& tag) { tag.write(transaction.version); });
  return out.take();
}

Transaction decode(std::string id, kafka::Reader in) {
  Transaction transaction;
  transaction.id = std::move(id);
  transaction.producer_id = in.read<int64_t>();
  transaction.epoch = in.read<int16_t>();
  transaction.timeout = Duration::milliseconds(in.read<int32_t>());
  transaction.state = static_cast<TransactionState>(in.read<int8_t>());
  in.read_nullable_array(kFlexible, [&] {
    const std::string topic = in.read_string(kFlexible);
    for (const int32_t partition : in.read_array(kFlexible, [&] { return in.read<int32_t>(); })) {
      transaction.partitions.insert({topic, partition});
    }
    in.skip_tags();
    return 0;
  });
  transaction.changed = {in.read<int64_t>()};
  transaction.started = {in.read<int64_t>()};
  in.read_tags([&](uint32_t tag, kafka::Reader& value) {
    switch (tag) {
      case kPreviousProducerId: transaction.previous_producer_id = value.read<int64_t>(); break;
      case kNextProducerId: transaction.next_producer_id = value.read<int64_t>(); break;
      case kClientVersion: transaction.version = value.read<int16_t>(); break;
      default: break;
    }
  });
  return transaction;
}

void apply(const kafka::Record& record, TransactionLog::ById& transactions) {
  kafka::Reader key(SharedBytes::copy_of(record.key.value_or("")));
  if (record.key.value_or("").size() < sizeof(int16_t) || key.read<int16_t>() != kKeyVersion) {
    return;
  }
  std::string id = key.read_string(!kFlexible);
  if (!record.value) {
    transactions.erase(id);
    return;
  }
  kafka::Reader value(SharedBytes::copy_of(*record.value));
  if (value.read<int16_t>() == kValueVersion) {
    transactions[id] = decode(id, std::move(value));
  }
}

}  // namespace

std::string_view name_of(TransactionState state) {
  switch (state) {
    case TransactionState::empty: return "Empty";
    case TransactionState::ongoing: return "Ongoing";
    case TransactionState::prepare_commit: return "PrepareCommit";
    case TransactionState::prepare_abort: return "PrepareAbort";
    case TransactionState::complete_commit: return "CompleteCommit";
    case TransactionState::complete_abort: return "CompleteAbort";
    case TransactionState::dead: return "Dead";
  }
  return "";
}

TransactionLog::TransactionLog(Broker& broker)
    : broker_(broker), log_(broker, kTransactionsTopic) {}

TransactionLog::ById TransactionLog::load() const {
  ById transactions;
  log_.replay([&](const kafka::BatchView& batch) {
    kafka::Records records(batch);
    while (const kafka::Record* record = records.next()) {
      apply(*record, transactions);
    }
  });
  return transactions;
}

ErrorCode TransactionLog::append(const std::string& key, std::optional<std::string_view> value) {
  kafka::BatchBuilder batch;
  batch.add(broker_.world().clock->now(), key, value);
  return log_.append(batch.finish());
}

ErrorCode TransactionLog::append(const Transaction& transaction) {
  return append(key_of(transaction.id), value_of(transaction));
}

ErrorCode TransactionLog::forget(const std::string& id) { return append(key_of(id), std::nullopt); }

}  // namespace millrace::broker
