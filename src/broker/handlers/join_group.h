#pragma once

#include "broker/session.h"
#include "kafka/messages/join_group.h"

namespace millrace::broker {

class Broker;

void join_group(Broker& broker, const Caller& caller, kafka::JoinGroupRequest request,
                const Answer& answer);

}  // namespace millrace::broker
