// InitProducerId: gives an idempotent producer its number, a new one each time; a transactional
// producer the number of its transactional id, with a new epoch each time.
// https://kafka.apache.org/protocol#The_Messages_InitProducerId

#include "broker/handlers/init_producer_id.h"

#include "base/error.h"
#include "base/log.h"
#include "broker/broker.h"
#include "broker/identity.h"
#include "broker/transactions/transactions.h"

namespace millrace::broker {

using Request = kafka::InitProducerIdRequest;
using Response = kafka::InitProducerIdResponse;

namespace {

Response new_number(Broker& broker) {
  Response response;
  try {
    response.producer_id = broker.identity().next_producer_id();
    response.producer_epoch = 0;
  } catch (const Error& error) {
    // The disk refused; the answer has a place to say so, and the client tries again.
    broker.world().log->error("broker", "no producer id", {{"error", error.message()}});
    response.error_code = ErrorCode::coordinator_not_available;
  }
  return response;
}

// Whoever may write to some topic may do so without repetitions.
ErrorCode fault_without_transactions(const Access& access) {
  return access.may_somewhere(Operation::write, ResourceType::topic)
             ? ErrorCode::none
             : access.fault_at_cluster(Operation::idempotent_write);
}

ErrorCode fault_in(const Access& access, const Request& request) {
  const ErrorCode refusal =
      access.fault_at_transactional_id(Operation::write, *request.transactional_id);
  if (refusal != ErrorCode::none) {
    return refusal;
  }
  const Duration timeout = Duration::milliseconds(request.transaction_timeout_ms);
  if (request.transactional_id->empty() ||
      (request.producer_id < 0) != (request.producer_epoch < 0)) {
    return ErrorCode::invalid_request;
  }
  return timeout.ns <= 0 || timeout > Transactions::kLongestTimeout
             ? ErrorCode::invalid_transaction_timeout
             : ErrorCode::none;
}

}  // namespace

void init_producer_id(Broker& broker, const Caller& caller, Request request, const Answer& answer) {
  if (!request.transactional_id) {
    Response refusal;
    refusal.error_code = fault_without_transactions(caller.access);
    answer.send(refusal.error_code == ErrorCode::none ? new_number(broker) : refusal);
    return;
  }
  Response response;
  response.error_code = fault_in(caller.access, request);
  if (response.error_code != ErrorCode::none) {
    answer.send(response);
    return;
  }
  std::optional<Transactions::Producer> expected;
  if (request.producer_id >= 0) {
    expected = {request.producer_id, request.producer_epoch};
  }
  broker.transactions().begin_producer(
      *request.transactional_id, Duration::milliseconds(request.transaction_timeout_ms), expected,
      [answer, response, version = caller.version](const Transactions::Outcome& outcome) mutable {
        response.error_code = outcome.error_code;
        if (outcome.error_code == ErrorCode::producer_fenced && version < 4) {
          response.error_code = ErrorCode::invalid_producer_epoch;  // what older clients know
        }
        response.producer_id = outcome.producer.id;
        response.producer_epoch = outcome.producer.epoch;
        answer.send(response);
      });
}

}  // namespace millrace::broker
