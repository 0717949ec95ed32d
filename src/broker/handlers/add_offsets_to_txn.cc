// AddOffsetsToTxn: says that a transaction is about to commit offsets of a group.
// https://kafka.apache.org/protocol#The_Messages_AddOffsetsToTxn

#include "broker/handlers/add_offsets_to_txn.h"

#include "broker/broker.h"
#include "broker/transactions/transactions.h"

namespace millrace::broker {

using Request = kafka::AddOffsetsToTxnRequest;
using Response = kafka::AddOffsetsToTxnResponse;

void add_offsets_to_txn(Broker& broker, const Caller& caller, Request request,
                        const Answer& answer) {
  Response refusal;
  refusal.error_code =
      caller.access.fault_at_transactional_id(Operation::write, request.transactional_id);
  if (refusal.error_code == ErrorCode::none) {
    refusal.error_code = caller.access.fault_at_group(Operation::read, request.group_id);
  }
  if (refusal.error_code != ErrorCode::none) {
    answer.send(refusal);
    return;
  }
  // All groups' offsets are in the one partition of the topic.
  broker.transactions().add(
      request.transactional_id, {request.producer_id, request.producer_epoch},
      {{std::string(kOffsetsTopic), 0}}, [answer, version = caller.version](ErrorCode code) {
        Response response;
        response.error_code = code == ErrorCode::producer_fenced && version < 2
                                  ? ErrorCode::invalid_producer_epoch  // what older clients know
                                  : code;
        answer.send(response);
      });
}

}  // namespace millrace::broker
