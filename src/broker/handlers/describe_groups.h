#pragma once

#include "kafka/messages/describe_groups.h"

namespace millrace::broker {

class Broker;

kafka::DescribeGroupsResponse describe_groups(Broker& broker,
                                              const kafka::DescribeGroupsRequest& request);

}  // namespace millrace::broker
