#pragma once

#include "broker/session.h"
#include "kafka/messages/consumer_group_describe.h"

namespace millrace::broker {

class Broker;

kafka::ConsumerGroupDescribeResponse consumer_group_describe(
    Broker& broker, const Caller& caller, const kafka::ConsumerGroupDescribeRequest& request);

}  // namespace millrace::broker
