#pragma once

#include "kafka/messages/describe_producers.h"

namespace millrace::broker {

class Broker;

kafka::DescribeProducersResponse describe_producers(Broker& broker,
                                                    const kafka::DescribeProducersRequest& request);

}  // namespace millrace::broker
