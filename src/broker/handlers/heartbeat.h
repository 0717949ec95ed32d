#pragma once

#include "kafka/messages/heartbeat.h"

namespace millrace::broker {

class Broker;

kafka::HeartbeatResponse heartbeat(Broker& broker, const kafka::HeartbeatRequest& request);

}  // namespace millrace::broker
