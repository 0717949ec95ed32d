// TxnOffsetCommit: keeps how far a group has read, once a transaction is committed.
// https://kafka.apache.org/protocol#The_Messages_TxnOffsetCommit

#include "broker/handlers/txn_offset_commit.h"

#include "base/clock.h"
#include "broker/broker.h"
#include "broker/groups/groups.h"
#include "broker/groups/offsets.h"
#include "broker/transactions/transactions.h"

namespace millrace::broker {

using Request = kafka::TxnOffsetCommitRequest;
using Response = kafka::TxnOffsetCommitResponse;

namespace {

// From this version on the transaction is told by this request, without AddOffsetsToTxn before it.
constexpr int16_t kAddsItself = 5;
constexpr size_t kMaxMetadataBytes = 4096;  // Kafka's offset.metadata.max.bytes

ErrorCode fault_in_access(const Access& access, const Request& request) {
  const ErrorCode refusal =
      access.fault_at_transactional_id(Operation::write, request.transactional_id);
  return refusal == ErrorCode::none ? access.fault_at_group(Operation::read, request.group_id)
                                    : refusal;
}

ErrorCode fault_in_group(Broker& broker, const Request& request) {
  return broker.groups().fault_in_transactional_commit(
      request.group_id, request.member_id, request.group_instance_id, request.generation_id);
}

ErrorCode fault_in_transaction(Broker& broker, const Request& request, int16_t version) {
  const Transactions::Producer producer{request.producer_id, request.producer_epoch};
  const TopicPlace place{std::string(kOffsetsTopic), 0};
  Transactions& transactions = broker.transactions();
  if (version >= kAddsItself) {
    return transactions.add_implicitly(request.transactional_id, producer, {place});
  }
  const ErrorCode fault = transactions.verify(request.transactional_id, producer, place);
  if (fault == ErrorCode::producer_fenced) {
    return ErrorCode::invalid_producer_epoch;
  }
  return fault == ErrorCode::transaction_abortable ? ErrorCode::invalid_txn_state : fault;
}

ErrorCode fault_in(const Access& access, const Request::Topic& topic,
                   const Request::Topic::Partition& partition) {
  return partition.metadata.value_or("").size() > kMaxMetadataBytes
             ? ErrorCode::offset_metadata_too_large
             : access.fault_at_topic(Operation::read, topic.name);
}

Response answer_all(const Access& access, const Request& request, ErrorCode code) {
  Response response;
  for (const Request::Topic& topic : request.topics) {
    Response::Topic& results = response.topics.emplace_back();
    results.name = topic.name;
    for (const Request::Topic::Partition& partition : topic.partitions) {
      results.partitions.push_back(
          {partition.index, code == ErrorCode::none ? fault_in(access, topic, partition) : code});
    }
  }
  return response;
}

std::vector<std::pair<Offsets::Place, Offsets::Committed>> offsets_in(const Access& access,
                                                                      const Request& request,
                                                                      Timestamp now) {
  std::vector<std::pair<Offsets::Place, Offsets::Committed>> offsets;
  for (const Request::Topic& topic : request.topics) {
    for (const Request::Topic::Partition& partition : topic.partitions) {
      if (fault_in(access, topic, partition) == ErrorCode::none) {
        offsets.push_back({{topic.name, partition.index},
                           {Offset(partition.committed_offset), partition.committed_leader_epoch,
                            partition.metadata.value_or(""), now}});
      }
    }
  }
  return offsets;
}

}  // namespace

void txn_offset_commit(Broker& broker, const Caller& caller, Request request,
                       const Answer& answer) {
  ErrorCode fault = fault_in_access(caller.access, request);
  if (fault == ErrorCode::none) {
    fault = fault_in_group(broker, request);
  }
  if (fault == ErrorCode::none) {
    fault = fault_in_transaction(broker, request, caller.version);
  }
  if (fault != ErrorCode::none) {
    answer.send(answer_all(caller.access, request, fault));
    return;
  }
  broker.offsets().commit_in_transaction(
      request.group_id, request.producer_id, request.producer_epoch,
      offsets_in(caller.access, request, broker.world().clock->now()),
      [answer, request, access = caller.access](ErrorCode code) {
        answer.send(answer_all(access, request, code));
      });
}

}  // namespace millrace::broker
