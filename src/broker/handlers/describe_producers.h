#pragma once

#include "broker/session.h"
#include "kafka/messages/describe_producers.h"

namespace millrace::broker {

class Broker;

kafka::DescribeProducersResponse describe_producers(Broker& broker, const Caller& caller,
                                                    const kafka::DescribeProducersRequest& request);

}  // namespace millrace::broker
