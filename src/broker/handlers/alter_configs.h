#pragma once

#include "broker/session.h"
#include "kafka/messages/alter_configs.h"

namespace millrace::broker {

class Broker;

// Off the loop: it waits for the disk.
kafka::AlterConfigsResponse alter_configs(Broker& broker, const Access& access,
                                          const kafka::AlterConfigsRequest& request);

}  // namespace millrace::broker
