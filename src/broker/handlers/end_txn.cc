// EndTxn: commits or aborts a transaction. From version 5 on the producer gets a new epoch with it.
// https://kafka.apache.org/protocol#The_Messages_EndTxn

#include "broker/handlers/end_txn.h"

#include "broker/broker.h"
#include "broker/transactions/transactions.h"

namespace millrace::broker {

using Request = kafka::EndTxnRequest;
using Response = kafka::EndTxnResponse;

void end_txn(Broker& broker, const Caller& caller, Request request, const Answer& answer) {
  Response refusal;
  refusal.error_code =
      caller.access.fault_at_transactional_id(Operation::write, request.transactional_id);
  if (request.transactional_id.empty()) {
    refusal.error_code = ErrorCode::invalid_request;
  }
  if (refusal.error_code != ErrorCode::none) {
    answer.send(refusal);
    return;
  }
  const auto result =
      request.committed ? kafka::TransactionResult::commit : kafka::TransactionResult::abort;
  const int16_t transaction_version = caller.version >= 5 ? 2 : 0;
  broker.transactions().end(
      request.transactional_id, {request.producer_id, request.producer_epoch}, result,
      transaction_version,
      [answer, version = caller.version](const Transactions::Outcome& outcome) {
        Response response;
        response.error_code = outcome.error_code;
        if (outcome.error_code == ErrorCode::producer_fenced && version < 2) {
          response.error_code = ErrorCode::invalid_producer_epoch;  // what older clients know
        }
        response.producer_id = outcome.producer.id;
        response.producer_epoch = outcome.producer.epoch;
        answer.send(response);
      });
}

}  // namespace millrace::broker
