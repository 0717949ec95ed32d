#pragma once

#include "broker/session.h"
#include "kafka/messages/describe_groups.h"

namespace millrace::broker {

class Broker;

void describe_groups(Broker& broker, const Caller& caller, kafka::DescribeGroupsRequest request,
                     const Answer& answer);

}  // namespace millrace::broker
