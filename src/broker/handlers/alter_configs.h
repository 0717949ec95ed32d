#pragma once

#include "kafka/messages/alter_configs.h"

namespace millrace::broker {

class Broker;

kafka::AlterConfigsResponse alter_configs(Broker& broker,
                                          const kafka::AlterConfigsRequest& request);

}  // namespace millrace::broker
