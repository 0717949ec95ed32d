#pragma once

#include "broker/session.h"
#include "kafka/messages/heartbeat.h"

namespace millrace::broker {

class Broker;

kafka::HeartbeatResponse heartbeat(Broker& broker, const Caller& caller,
                                   const kafka::HeartbeatRequest& request);

}  // namespace millrace::broker
