#pragma once

#include "broker/session.h"
#include "kafka/messages/init_producer_id.h"

namespace millrace::broker {

class Broker;

void init_producer_id(Broker& broker, const Caller& caller, kafka::InitProducerIdRequest request,
                      const Answer& answer);

}  // namespace millrace::broker
