#pragma once

#include "broker/session.h"
#include "kafka/messages/incremental_alter_configs.h"

namespace millrace::broker {

class Broker;

kafka::IncrementalAlterConfigsResponse incremental_alter_configs(
    Broker& broker, const Caller& caller, const kafka::IncrementalAlterConfigsRequest& request);

}  // namespace millrace::broker
