#pragma once

#include "broker/session.h"
#include "kafka/messages/describe_cluster.h"

namespace millrace::broker {

class Broker;

kafka::DescribeClusterResponse describe_cluster(Broker& broker, const Caller& caller,
                                                const kafka::DescribeClusterRequest& request);

}  // namespace millrace::broker
