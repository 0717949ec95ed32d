#include "broker/transactions/transactions.h"

#include <algorithm>

#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "broker/broker.h"
#include "broker/durability.h"
#include "broker/groups/offsets.h"
#include "broker/identity.h"
#include "io/event_loop.h"

namespace millrace::broker {

using kafka::TransactionResult;
using State = TransactionState;

namespace {

// How often transactions that outlived their timeout, or could not be completed, are looked for.
constexpr Duration kSweepInterval = Duration::seconds(1);
// Kafka's transactional.id.expiration.ms.
constexpr Duration kForgottenAfter = Duration::seconds(7 * 24 * 3600);
// The only coordinator there ever was.
constexpr int32_t kCoordinatorEpoch = 0;
// From this version of the client's transactions on, each of them ends with a new epoch.
constexpr int16_t kEpochPerTransaction = 2;

State prepared(TransactionResult result) {
  return result == TransactionResult::commit ? State::prepare_commit : State::prepare_abort;
}
State completed(TransactionResult result) {
  return result == TransactionResult::commit ? State::complete_commit : State::complete_abort;
}

}  // namespace

Transactions::Transactions(Broker& broker) : broker_(broker), log_(broker) {
  for (auto& [id, transaction] : log_.load()) {
    entries_[id].transaction = std::move(transaction);
  }
  reconcile();
  if (!entries_.empty()) {
    // At once: readers of committed records wait for what was prepared when the last life ended.
    sweep_later(Duration());
  }
}

Transactions::~Transactions() = default;

const Transaction* Transactions::find(std::string_view id) const {
  const auto found = entries_.find(id);
  return found == entries_.end() ? nullptr : &found->second.transaction;
}

std::vector<const Transaction*> Transactions::list() const {
  std::vector<const Transaction*> all;
  for (const auto& [id, entry] : entries_) {
    all.push_back(&entry.transaction);
  }
  return all;
}

// ---- Beginning ----

void Transactions::begin_producer(const std::string& id, Duration timeout,
                                  const std::optional<Producer>& expected, Done done) {
  if (!entries_.contains(id)) {
    const auto producer_id = new_producer_id();
    if (!producer_id) {
      done({ErrorCode::coordinator_not_available, {}});
      return;
    }
    Transaction& made = entries_[id].transaction;
    made.id = id;
    made.producer_id = *producer_id;
  }
  Entry& entry = entries_[id];
  const Transaction& transaction = entry.transaction;
  if (entry.is_changing || transaction.is_prepared()) {
    done({ErrorCode::concurrent_transactions, {}});
    return;
  }
  const bool is_known = !expected || transaction.epoch == Transaction::kNoEpoch ||
                        expected->id == transaction.producer_id ||
                        (expected->id == transaction.previous_producer_id &&
                         expected->epoch >= Transaction::kLastEpoch);
  if (!is_known) {
    done({ErrorCode::producer_fenced, {}});
    return;
  }
  if (transaction.state == State::ongoing) {
    if (expected && expected->epoch != transaction.epoch) {
      done({ErrorCode::producer_fenced, {}});
      return;
    }
    // What was left open is aborted, under an epoch that nobody has; the client tries again then.
    prepare(entry, TransactionResult::abort, transaction.version, Ender::coordinator,
            [](const Outcome&) {});
    done({ErrorCode::concurrent_transactions, {}});
    return;
  }
  raise_epoch(entry, timeout, expected, done);
}

// Nothing where the disk refused: clients try again.
std::optional<int64_t> Transactions::new_producer_id() {
  try {
    return broker_.identity().next_producer_id();
  } catch (const Error& error) {
    // The request has a place to say so, and a sweep has nobody to tell.
    broker_.world().log->error("broker", "no producer id", {{"error", error.message()}});
    return std::nullopt;
  }
}

void Transactions::raise_epoch(Entry& entry, Duration timeout,
                               const std::optional<Producer>& expected, const Done& done) {
  Transaction next = entry.transaction;
  next.timeout = timeout;
  next.changed = broker_.world().clock->now();
  next.state = State::empty;
  next.partitions.clear();
  const bool is_first = next.epoch == Transaction::kNoEpoch;
  if (next.epoch >= Transaction::kLastEpoch && (!expected || expected->epoch == next.epoch)) {
    const auto producer_id = new_producer_id();
    if (!producer_id) {
      done({ErrorCode::coordinator_not_available, {}});
      return;
    }
    next.previous_producer_id = std::exchange(next.producer_id, *producer_id);
    next.last_epoch = expected ? next.epoch : Transaction::kNoEpoch;
    next.epoch = 0;
  } else if (!expected || is_first || expected->epoch == next.epoch) {
    next.last_epoch = expected ? next.epoch : Transaction::kNoEpoch;
    next.epoch = static_cast<int16_t>(next.epoch + 1);
  } else if (expected->epoch != next.last_epoch) {
    done({ErrorCode::producer_fenced, {}});
    return;
  }  // else it asks again, having lost our answer
  if (const ErrorCode fault = log_.append(next); fault != ErrorCode::none) {
    done({fault, {}});
    return;
  }
  entry.transaction = std::move(next);
  entry.is_changing = true;
  sweep_later(kSweepInterval);
  log_.when_durable([this, id = entry.transaction.id, done](ErrorCode outcome) {
    Entry& changed = entries_.at(id);
    changed.is_changing = false;
    const Transaction& now = changed.transaction;
    done(outcome == ErrorCode::none ? Outcome{outcome, {now.producer_id, now.epoch}}
                                    : Outcome{outcome, {}});
  });
}

// ---- Going on ----

ErrorCode Transactions::fault_in(const std::string& id, const Producer& producer) const {
  const auto found = entries_.find(id);
  if (found == entries_.end()) {
    return ErrorCode::invalid_producer_id_mapping;
  }
  const Transaction& transaction = found->second.transaction;
  if (found->second.is_changing) {
    return ErrorCode::concurrent_transactions;
  }
  if (producer.id != transaction.producer_id) {
    return ErrorCode::invalid_producer_id_mapping;
  }
  if (producer.epoch != transaction.epoch) {
    return ErrorCode::producer_fenced;
  }
  return transaction.is_prepared() ? ErrorCode::concurrent_transactions : ErrorCode::none;
}

ErrorCode Transactions::add(const std::string& id, const Producer& producer,
                            const std::vector<TopicPlace>& places, int16_t version) {
  if (const ErrorCode fault = fault_in(id, producer); fault != ErrorCode::none) {
    return fault;
  }
  Transaction& transaction = entries_.find(id)->second.transaction;
  const bool is_ongoing = transaction.state == State::ongoing;
  const auto is_known = [&](const TopicPlace& place) {
    return transaction.partitions.contains(place);
  };
  if (is_ongoing && std::all_of(places.begin(), places.end(), is_known)) {
    return ErrorCode::none;
  }
  Transaction next = transaction;
  next.changed = broker_.world().clock->now();
  if (!is_ongoing) {
    next.state = State::ongoing;
    next.started = next.changed;
    next.partitions.clear();
    next.version = version;
  }
  next.partitions.insert(places.begin(), places.end());
  const ErrorCode fault = log_.append(next);
  if (fault == ErrorCode::none) {
    transaction = std::move(next);
  }
  return fault;
}

ErrorCode Transactions::add_implicitly(const std::string& id, const Producer& producer,
                                       const std::vector<TopicPlace>& places) {
  return add(id, producer, places, kEpochPerTransaction);
}

void Transactions::add(const std::string& id, const Producer& producer,
                       const std::vector<TopicPlace>& places, std::function<void(ErrorCode)> done) {
  const ErrorCode fault = add(id, producer, places, 0);
  if (fault != ErrorCode::none) {
    done(fault);
    return;
  }
  log_.when_durable(std::move(done));
}

ErrorCode Transactions::verify(const std::string& id, const Producer& producer,
                               const TopicPlace& place) const {
  if (const ErrorCode fault = fault_in(id, producer); fault != ErrorCode::none) {
    return fault;
  }
  const Transaction& transaction = *find(id);
  return transaction.state == State::ongoing && transaction.partitions.contains(place)
             ? ErrorCode::none
             : ErrorCode::transaction_abortable;
}

// ---- Ending ----

// none: go ahead. What was done already is told by the state, see end().
ErrorCode Transactions::fault_in_end(const Transaction& transaction, const Producer& producer,
                                     TransactionResult result, int16_t version) const {
  const bool raises_epoch = transaction.version >= kEpochPerTransaction;
  const bool is_retry =
      raises_epoch && (producer.epoch == transaction.epoch - 1 ||
                       (producer.id == transaction.previous_producer_id &&
                        producer.epoch == Transaction::kLastEpoch && transaction.epoch == 0));
  if (producer.id != transaction.producer_id && !is_retry) {
    return ErrorCode::invalid_producer_id_mapping;
  }
  const bool is_current = producer.epoch == transaction.epoch;
  switch (transaction.state) {
    case State::ongoing: return is_current ? ErrorCode::none : ErrorCode::producer_fenced;
    case State::prepare_commit:
    case State::prepare_abort:
      if (raises_epoch ? !is_retry : !is_current) {
        return ErrorCode::producer_fenced;
      }
      return result == transaction.result() ? ErrorCode::concurrent_transactions
                                            : ErrorCode::invalid_txn_state;
    case State::complete_commit:
    case State::complete_abort:
      if (is_retry || (is_current && !raises_epoch)) {
        return result == transaction.result() ? ErrorCode::none : ErrorCode::invalid_txn_state;
      }
      [[fallthrough]];
    case State::empty:
    case State::dead:
      if (!is_current) {
        return ErrorCode::producer_fenced;
      }
      // A client of version 2 may abort what it never began to write.
      return version >= kEpochPerTransaction && result == TransactionResult::abort
                 ? ErrorCode::none
                 : ErrorCode::invalid_txn_state;
  }
  return ErrorCode::unknown_server_error;
}

void Transactions::end(const std::string& id, const Producer& producer, TransactionResult result,
                       int16_t version, Done done) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) {
    done({ErrorCode::invalid_producer_id_mapping, {}});
    return;
  }
  Entry& entry = found->second;
  const Transaction& transaction = entry.transaction;
  const ErrorCode fault = entry.is_changing ? ErrorCode::concurrent_transactions
                                            : fault_in_end(transaction, producer, result, version);
  if (fault != ErrorCode::none) {
    done({fault, {}});
    return;
  }
  const bool is_complete =
      transaction.state == State::complete_commit || transaction.state == State::complete_abort;
  const bool is_current =
      producer.epoch == transaction.epoch && producer.id == transaction.producer_id;
  if (is_complete && !(is_current && transaction.version >= kEpochPerTransaction)) {
    done({ErrorCode::none, {transaction.producer_id, transaction.epoch}});  // it asks again
    return;
  }
  prepare(entry, result, version, Ender::client, std::move(done));
}

void Transactions::prepare(Entry& entry, TransactionResult result, int16_t version, Ender ender,
                           Done done) {
  Transaction next = entry.transaction;
  next.state = prepared(result);
  next.version = version;
  next.changed = broker_.world().clock->now();
  // What its producer still has under way must not land in its next transaction; and where it is
  // aborted for its producer, that one must not go on.
  if (version >= kEpochPerTransaction || ender == Ender::coordinator) {
    if (version >= kEpochPerTransaction && next.epoch >= Transaction::kLastEpoch) {
      const auto producer_id = new_producer_id();
      if (!producer_id) {
        done({ErrorCode::coordinator_not_available, {}});
        return;
      }
      next.next_producer_id = *producer_id;
    }
    next.last_epoch = next.epoch;
    next.epoch = static_cast<int16_t>(std::min<int32_t>(next.epoch + 1, INT16_MAX));
  }
  if (const ErrorCode fault = log_.append(next); fault != ErrorCode::none) {
    done({fault, {}});
    return;
  }
  entry.transaction = std::move(next);
  entry.is_changing = true;
  tell_when_decided(entry.transaction.id, done);
}

// A marker that outlives the decision of which it tells would end a part of a transaction otherwise
// than the rest: nobody is told before the decision is durable.
void Transactions::tell_when_decided(const std::string& id, const Done& done) {
  log_.when_durable([this, id, done](ErrorCode outcome) {
    if (outcome == ErrorCode::none) {
      tell_partitions(id, done);
    } else {
      complete(id, outcome, done);
    }
  });
}

void Transactions::tell_partitions(const std::string& id, const Done& done) {
  std::vector<std::shared_ptr<topic::Partition>> told;
  const ErrorCode fault = tell(entries_.at(id).transaction, told);
  if (fault != ErrorCode::none) {
    complete(id, fault, done);
    return;
  }
  when_all_durable(broker_, told,
                   [this, id, done](ErrorCode outcome) { complete(id, outcome, done); });
}

// A partition that is gone needs no marker, and one that has seen a later epoch had it.
ErrorCode Transactions::tell(const Transaction& transaction,
                             std::vector<std::shared_ptr<topic::Partition>>& told) {
  const kafka::EndMarker marker{transaction.producer_id, transaction.epoch, kCoordinatorEpoch,
                                transaction.result()};
  for (const TopicPlace& place : transaction.partitions) {
    ErrorCode error = ErrorCode::none;
    const auto partition = broker_.find(place.topic, place.partition, error);
    if (partition == nullptr) {
      continue;
    }
    error = partition->append(marker).error_code;
    if (error != ErrorCode::none && error != ErrorCode::invalid_producer_epoch) {
      return ErrorCode::coordinator_not_available;
    }
    if (place.topic == kOffsetsTopic) {
      broker_.offsets().end_transaction(marker.producer_id, marker.result);
    }
    told.push_back(partition);
  }
  return ErrorCode::none;
}

// Where the disk refused, the transaction stays prepared, and the next sweep tries again.
void Transactions::complete(const std::string& id, ErrorCode outcome, const Done& done) {
  Entry& entry = entries_.at(id);
  entry.is_changing = false;
  if (outcome == ErrorCode::none) {
    Transaction next = entry.transaction;
    next.state = completed(next.result());
    next.partitions.clear();
    next.changed = broker_.world().clock->now();
    if (next.next_producer_id >= 0) {
      next.previous_producer_id = std::exchange(next.producer_id, next.next_producer_id);
      next.next_producer_id = kafka::kNoProducerId;
      next.epoch = 0;
    }
    outcome = log_.append(next);
    if (outcome == ErrorCode::none) {
      entry.transaction = std::move(next);
    }
  }
  const Transaction& now = entry.transaction;
  done(outcome == ErrorCode::none ? Outcome{outcome, {now.producer_id, now.epoch}}
                                  : Outcome{outcome, {}});
}

// ---- What nobody ends ----

void Transactions::sweep_later(Duration pause) {
  if (sweep_ == nullptr) {
    sweep_ = broker_.loop().run_after(pause, [this] { sweep(); });
  }
}

void Transactions::sweep() {
  sweep_.reset();
  std::vector<std::string> expired;
  const Timestamp now = broker_.world().clock->now();
  for (auto& [id, entry] : entries_) {
    if (entry.is_changing) {
      continue;
    }
    const Transaction& transaction = entry.transaction;
    if (transaction.is_prepared()) {
      entry.is_changing = true;
      tell_when_decided(id, [](const Outcome&) {});
    } else if (transaction.state != State::ongoing) {
      if (now - transaction.changed >= kForgottenAfter) {
        expired.push_back(id);
      }
    } else if (now - transaction.started >= transaction.timeout) {
      broker_.world().log->warning("broker", "transaction aborted, it took too long",
                                   {{"transactional_id", id},
                                    {"producer_id", transaction.producer_id},
                                    {"timeout_ms", transaction.timeout.ms()}});
      prepare(entry, TransactionResult::abort, transaction.version, Ender::coordinator,
              [](const Outcome&) {});
    }
  }
  for (const std::string& id : expired) {
    if (log_.forget(id) == ErrorCode::none) {
      entries_.erase(id);
    }
  }
  sweep_later(kSweepInterval);
}

void Transactions::reconcile() {
  for (const auto& topic : broker_.store().list()) {
    for (size_t i = 0; i < topic->partitions.size(); ++i) {
      const auto& partition = topic->partitions[i];
      if (partition != nullptr && partition->stable_offset() < partition->end_offset()) {
        abort_unknown({topic->name, static_cast<int32_t>(i)}, *partition);
      }
    }
  }
}

// Is what this producer left open in a partition of the transaction as the log has it? Otherwise it
// is of one that began later, of which the log lost everything: it was never prepared.
static bool is_of(const Transaction& known, const topic::ProducerStatus& producer) {
  if (known.producer_id != producer.id) {
    return false;
  }
  if (known.is_prepared()) {
    return producer.epoch < known.epoch || known.version < kEpochPerTransaction;
  }
  return known.state == State::ongoing && producer.epoch == known.epoch;
}

void Transactions::abort_unknown(const TopicPlace& place, topic::Partition& log) {
  for (const topic::ProducerStatus& producer : log.producers()) {
    // A pipeline's may be of a checkpoint that counts: it knows, and ends them as it starts.
    if (!producer.transaction || producer.id >= topic::kFirstOfPipelines) {
      continue;
    }
    const auto its = std::find_if(entries_.begin(), entries_.end(), [&](const auto& entry) {
      return is_of(entry.second.transaction, producer);
    });
    if (its != entries_.end()) {
      its->second.transaction.partitions.insert(place);
      continue;
    }
    broker_.world().log->warning("broker", "transaction that a crash cut off is aborted",
                                 {{"topic", place.topic},
                                  {"partition", int64_t{place.partition}},
                                  {"producer_id", producer.id}});
    log.append(
        kafka::EndMarker{producer.id, producer.epoch, kCoordinatorEpoch, TransactionResult::abort});
    if (place.topic == kOffsetsTopic) {
      broker_.offsets().end_transaction(producer.id, TransactionResult::abort);
    }
  }
}

}  // namespace millrace::broker
