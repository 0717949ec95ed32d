#pragma once

// A transactional id and how its transaction stands. Names and numbers are Kafka's:
// https://cwiki.apache.org/confluence/display/KAFKA/KIP-890
//
//   empty ──▶ ongoing ──▶ prepare_commit ──markers written──▶ complete_commit ──▶ ongoing …
//                   └───▶ prepare_abort  ──markers written──▶ complete_abort
//
// What is prepared is decided: only the telling of the partitions is left, and is repeated until it
// is done.

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "base/time.h"
#include "kafka/end_marker.h"

namespace millrace::broker {

enum class TransactionState : int8_t {
  empty = 0,
  ongoing = 1,
  prepare_commit = 2,
  prepare_abort = 3,
  complete_commit = 4,
  complete_abort = 5,
  dead = 6,
};

// "PrepareCommit", as Kafka's tools print it.
std::string_view name_of(TransactionState state);

struct TopicPlace {
  std::string topic;
  int32_t partition = 0;
  auto operator<=>(const TopicPlace&) const = default;
};

struct Transaction {
  static constexpr int16_t kNoEpoch = -1;
  // The epoch before the greatest there is, which is left to fence with.
  static constexpr int16_t kLastEpoch = INT16_MAX - 1;

  std::string id;
  int64_t producer_id = kafka::kNoProducerId;
  int64_t previous_producer_id = kafka::kNoProducerId;
  int64_t next_producer_id = kafka::kNoProducerId;  // takes over when the transaction is complete
  int16_t epoch = kNoEpoch;
  int16_t last_epoch = kNoEpoch;  // of the same producer, before its epoch was raised
  int16_t version = 0;            // 2: the client takes a new epoch after each transaction
  Duration timeout;
  TransactionState state = TransactionState::empty;
  std::set<TopicPlace> partitions;
  Timestamp started;  // of the ongoing transaction
  Timestamp changed;

  bool is_prepared() const {
    return state == TransactionState::prepare_commit || state == TransactionState::prepare_abort;
  }
  // What it was decided to be, where it is prepared or complete.
  kafka::TransactionResult result() const {
    return state == TransactionState::prepare_commit || state == TransactionState::complete_commit
               ? kafka::TransactionResult::commit
               : kafka::TransactionResult::abort;
  }
  bool operator==(const Transaction&) const = default;
};

}  // namespace millrace::broker
