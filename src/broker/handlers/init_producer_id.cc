// InitProducerId: gives an idempotent producer its number, a new one each time.
// https://kafka.apache.org/protocol#The_Messages_InitProducerId

#include "broker/handlers/init_producer_id.h"

#include "base/error.h"
#include "base/log.h"
#include "broker/broker.h"
#include "broker/identity.h"

namespace millrace::broker {

kafka::InitProducerIdResponse init_producer_id(Broker& broker,
                                               const kafka::InitProducerIdRequest& request) {
  kafka::InitProducerIdResponse response;
  if (request.transactional_id) {
    response.error_code = ErrorCode::invalid_request;
    return response;
  }
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

}  // namespace millrace::broker
