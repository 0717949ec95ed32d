#pragma once

#include "broker/session.h"
#include "kafka/messages/alter_configs.h"

namespace millrace::broker {

class Broker;

kafka::AlterConfigsResponse alter_configs(Broker& broker, const Caller& caller,
                                          const kafka::AlterConfigsRequest& request);

}  // namespace millrace::broker
