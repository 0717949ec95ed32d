// Produce: appends batches to partitions. With acks=1 it is answered when they are written, with
// acks=all when they are durable, with acks=0 never.
// https://kafka.apache.org/protocol#The_Messages_Produce

#include "broker/handlers/produce.h"

#include "broker/broker.h"
#include "broker/durability.h"
#include "broker/metrics.h"
#include "broker/transactions/transactions.h"
#include "io/event_loop.h"

namespace millrace::broker {

using Request = kafka::ProduceRequest;
using Response = kafka::ProduceResponse;
using Result = Response::Topic::Partition;

namespace {

// What was written and is not durable yet, and where its result stands in the response.
struct Unsynced {
  std::shared_ptr<topic::Partition> partition;
  size_t topic;
  size_t index;
};

// A request that waits for the disk.
struct Waiting {
  Response response;
  Answer answer;
  size_t left;  // partitions that are not durable yet
};

Result failed(int32_t index, ErrorCode code, std::string message) {
  Result result;
  result.index = index;
  result.error_code = code;
  result.error_message = std::move(message);
  return result;
}

ErrorCode fault_in(const Access& access, const Request& request) {
  if (request.transactional_id) {
    const ErrorCode refusal =
        access.fault_at_transactional_id(Operation::write, *request.transactional_id);
    if (refusal != ErrorCode::none) {
      return refusal;
    }
  }
  return request.acks < -1 || request.acks > 1 ? ErrorCode::invalid_required_acks : ErrorCode::none;
}

// From this version on a partition belongs to the transaction because it is written to; before, the
// client says so first (AddPartitionsToTxn).
constexpr int16_t kAddsItself = 12;
constexpr int16_t kKnowsAbortable = 11;
// From this version on topics are named by their ids.
constexpr int16_t kHasIds = 13;

// May what belongs to a transaction be written here? A batch that comes late, after its transaction
// has ended, would otherwise open one that nobody ends (KIP-890).
ErrorCode fault_in_transaction(Broker& broker, const Caller& caller, const Request& request,
                               const TopicPlace& place, std::string_view batches) {
  const auto batch = kafka::BatchView::front_of(batches);
  if (!batch || !batch->is_transactional()) {
    return ErrorCode::none;
  }
  if (!request.transactional_id) {
    return ErrorCode::invalid_txn_state;
  }
  const Transactions::Producer producer{batch->producer_id(), batch->producer_epoch()};
  const bool adds = caller.version >= kAddsItself;
  const ErrorCode fault =
      adds ? broker.transactions().add_implicitly(*request.transactional_id, producer, {place})
           : broker.transactions().verify(*request.transactional_id, producer, place);
  if (fault == ErrorCode::producer_fenced) {
    return ErrorCode::invalid_producer_epoch;
  }
  if (fault == ErrorCode::concurrent_transactions && !adds) {
    return ErrorCode::not_enough_replicas;  // which older clients know, and send again after
  }
  if (fault == ErrorCode::transaction_abortable && caller.version < kKnowsAbortable) {
    return ErrorCode::invalid_txn_state;
  }
  return fault;
}

Result append(Broker& broker, const Caller& caller, const Request& request,
              const std::string& topic, const Request::Topic::Partition& wanted,
              std::shared_ptr<topic::Partition>& unsynced) {
  ErrorCode error = ErrorCode::none;
  const auto partition = broker.find(caller.access, Operation::write, topic, wanted.index, error);
  if (error == ErrorCode::none && is_internal(topic)) {
    error = ErrorCode::invalid_topic;
  }
  const SharedBytes batches = wanted.records.value_or(SharedBytes());
  if (error == ErrorCode::none) {
    error = fault_in_transaction(broker, caller, request, {topic, wanted.index}, batches.view());
  }
  if (error != ErrorCode::none) {
    return failed(wanted.index, error, "");
  }
  const topic::Appended appended = partition->append(batches.view());
  if (appended.error_code != ErrorCode::none) {
    Result result = failed(wanted.index, appended.error_code, appended.message);
    for (const topic::RecordFault& fault : appended.record_faults) {
      result.record_errors.push_back({fault.number, fault.message});
    }
    return result;
  }
  if (appended.duplicate) {
    broker.metrics().duplicate_batches.add();
  } else {
    broker.metrics().records_in.add(static_cast<uint64_t>(appended.end - appended.base));
    broker.metrics().bytes_in.add(batches.size());
  }
  if (partition->synced_offset() < appended.end) {
    unsynced = partition;
  }
  Result result;
  result.index = wanted.index;
  result.base_offset = appended.base.value;
  result.log_append_time_ms = appended.time ? appended.time->ms : -1;
  result.log_start_offset = partition->start_offset().value;
  return result;
}

void sync_then_answer(Broker& broker, Response response, const std::vector<Unsynced>& unsynced,
                      const Answer& answer) {
  auto waiting = std::make_shared<Waiting>(Waiting{std::move(response), answer, unsynced.size()});
  for (const Unsynced& part : unsynced) {
    auto on_loop = [waiting, topic = part.topic,
                    index = part.index](const std::optional<Error>& failure) {
      Result& result = waiting->response.topics[topic].partitions[index];
      if (failure) {
        result = failed(result.index, kafka::to_kafka(failure->code()), failure->message());
      }
      if (--waiting->left == 0) {
        waiting->answer.send(waiting->response);
      }
    };
    broker.syncer().request(part.partition, [loop = &broker.loop(), on_loop = std::move(on_loop)](
                                                const std::optional<Error>& failure) {
      loop->post([on_loop, failure] { on_loop(failure); });
    });
  }
}

// Of a topic that is asked for by its id, the name; where there is none, `fault` says so.
std::string name_of(const Broker& broker, const Caller& caller, const Request::Topic& topic,
                    ErrorCode& fault) {
  if (caller.version < kHasIds || fault != ErrorCode::none) {
    return topic.name;
  }
  if (topic.topic_id.is_zero()) {
    fault = ErrorCode::unknown_topic_id;
    return "";
  }
  const auto found = broker.find_topic("", topic.topic_id, fault);
  return found == nullptr ? "" : found->name;
}

}  // namespace

void produce(Broker& broker, const Caller& caller, Request request, const Answer& answer) {
  const ErrorCode request_fault = fault_in(caller.access, request);
  Response response;
  std::vector<Unsynced> all_unsynced;
  for (const Request::Topic& topic : request.topics) {
    Response::Topic& results = response.topics.emplace_back();
    results.name = topic.name;
    results.topic_id = topic.topic_id;
    ErrorCode fault = request_fault;
    const std::string name = name_of(broker, caller, topic, fault);
    for (const Request::Topic::Partition& wanted : topic.partitions) {
      std::shared_ptr<topic::Partition> unsynced;
      results.partitions.push_back(fault == ErrorCode::none
                                       ? append(broker, caller, request, name, wanted, unsynced)
                                       : failed(wanted.index, fault, ""));
      if (results.partitions.back().error_code != ErrorCode::none) {
        broker.metrics().refused_batches.add();
      }
      if (unsynced) {
        all_unsynced.push_back(
            {std::move(unsynced), response.topics.size() - 1, results.partitions.size() - 1});
      }
    }
  }
  if (request.acks == -1 && !broker.answers_when_written() && !all_unsynced.empty()) {
    sync_then_answer(broker, std::move(response), all_unsynced, answer);
    return;
  }
  for (const Unsynced& part : all_unsynced) {
    sync_by_and_by(broker, part.partition);
  }
  if (request.acks == 0) {
    answer.send_nothing();
  } else {
    answer.send(response);
  }
}

}  // namespace millrace::broker
