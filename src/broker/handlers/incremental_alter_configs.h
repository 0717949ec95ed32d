#pragma once

#include "broker/session.h"
#include "kafka/messages/incremental_alter_configs.h"

namespace millrace::broker {

class Broker;

// Off the loop: it waits for the disk.
kafka::IncrementalAlterConfigsResponse incremental_alter_configs(
    Broker& broker, const Access& access, const kafka::IncrementalAlterConfigsRequest& request);

}  // namespace millrace::broker
