#pragma once

#include "kafka/messages/describe_configs.h"

namespace millrace::broker {

class Broker;

kafka::DescribeConfigsResponse describe_configs(Broker& broker,
                                                const kafka::DescribeConfigsRequest& request);

}  // namespace millrace::broker
