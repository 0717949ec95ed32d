// DescribeTransactions: how transactions stand, by transactional id.
// https://kafka.apache.org/protocol#The_Messages_DescribeTransactions

#include "broker/handlers/describe_transactions.h"

#include "broker/broker.h"
#include "broker/transactions/transactions.h"

namespace millrace::broker {

using Request = kafka::DescribeTransactionsRequest;
using Response = kafka::DescribeTransactionsResponse;

static Response::Transaction describe(const Broker& broker, const Access& access,
                                      const std::string& id) {
  Response::Transaction result;
  result.transactional_id = id;
  if (id.empty()) {
    result.error_code = ErrorCode::invalid_request;
    return result;
  }
  result.error_code = access.fault_at_transactional_id(Operation::describe, id);
  if (result.error_code != ErrorCode::none) {
    return result;
  }
  const Transaction* found = broker.transactions().find(id);
  if (found == nullptr) {
    result.error_code = ErrorCode::transactional_id_not_found;
    return result;
  }
  result.state = name_of(found->state);
  result.timeout_ms = static_cast<int32_t>(found->timeout.ms());
  result.start_time_ms = found->state == TransactionState::ongoing ? found->started.ms : -1;
  result.producer_id = found->producer_id;
  result.producer_epoch = found->epoch;
  for (const TopicPlace& place : found->partitions) {
    if (!access.may(Operation::describe, ResourceType::topic, place.topic)) {
      continue;
    }
    if (result.topics.empty() || result.topics.back().name != place.topic) {
      result.topics.push_back({place.topic, {}});
    }
    result.topics.back().partitions.push_back(place.partition);
  }
  return result;
}

Response describe_transactions(Broker& broker, const Caller& caller, const Request& request) {
  Response response;
  for (const std::string& id : request.transactional_ids) {
    response.transactions.push_back(describe(broker, caller.access, id));
  }
  return response;
}

}  // namespace millrace::broker
