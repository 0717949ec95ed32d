#pragma once

#include "broker/session.h"
#include "kafka/messages/consumer_group_heartbeat.h"

namespace millrace::broker {

class Broker;

kafka::ConsumerGroupHeartbeatResponse consumer_group_heartbeat(
    Broker& broker, const Caller& caller, const kafka::ConsumerGroupHeartbeatRequest& request);

}  // namespace millrace::broker
