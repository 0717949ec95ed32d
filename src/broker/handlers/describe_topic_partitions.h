#pragma once

#include "broker/session.h"
#include "kafka/messages/describe_topic_partitions.h"

namespace millrace::broker {

class Broker;

kafka::DescribeTopicPartitionsResponse describe_topic_partitions(
    Broker& broker, const Caller& caller, const kafka::DescribeTopicPartitionsRequest& request);

}  // namespace millrace::broker
