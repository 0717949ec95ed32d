#pragma once

#include "broker/session.h"
#include "kafka/messages/create_partitions.h"

namespace millrace::broker {

class Broker;

void create_partitions(Broker& broker, const Caller& caller, kafka::CreatePartitionsRequest request,
                       const Answer& answer);

}  // namespace millrace::broker
