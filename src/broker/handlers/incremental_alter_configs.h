#pragma once

#include "broker/session.h"
#include "kafka/messages/incremental_alter_configs.h"

namespace millrace::broker {

class Broker;

void incremental_alter_configs(Broker& broker, const Caller& caller,
                               kafka::IncrementalAlterConfigsRequest request, const Answer& answer);

}  // namespace millrace::broker
