#pragma once

#include "broker/session.h"
#include "kafka/messages/alter_configs.h"

namespace millrace::broker {

class Broker;

void alter_configs(Broker& broker, const Caller& caller, kafka::AlterConfigsRequest request,
                   const Answer& answer);

}  // namespace millrace::broker
