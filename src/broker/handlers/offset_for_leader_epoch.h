#pragma once

#include "broker/session.h"
#include "kafka/messages/offset_for_leader_epoch.h"

namespace millrace::broker {

class Broker;

kafka::OffsetForLeaderEpochResponse offset_for_leader_epoch(
    Broker& broker, const Caller& caller, const kafka::OffsetForLeaderEpochRequest& request);

}  // namespace millrace::broker
