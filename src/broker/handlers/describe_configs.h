#pragma once

#include "broker/session.h"
#include "kafka/messages/describe_configs.h"

namespace millrace::broker {

class Broker;

kafka::DescribeConfigsResponse describe_configs(Broker& broker, const Caller& caller,
                                                const kafka::DescribeConfigsRequest& request);

}  // namespace millrace::broker
