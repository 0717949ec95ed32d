#pragma once

#include "broker/session.h"
#include "kafka/messages/produce.h"

namespace millrace::broker {

class Broker;

void produce(Broker& broker, const Caller& caller, kafka::ProduceRequest request,
             const Answer& answer);

}  // namespace millrace::broker
