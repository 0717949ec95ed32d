#pragma once

#include "broker/session.h"
#include "kafka/messages/describe_quorum.h"

namespace millrace::broker {

class Broker;

kafka::DescribeQuorumResponse describe_quorum(Broker& broker, const Caller& caller,
                                              const kafka::DescribeQuorumRequest& request);

}  // namespace millrace::broker
