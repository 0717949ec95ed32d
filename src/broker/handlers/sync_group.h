#pragma once

#include "broker/session.h"
#include "kafka/messages/sync_group.h"

namespace millrace::broker {

class Broker;

void sync_group(Broker& broker, const Caller& caller, kafka::SyncGroupRequest request,
                const Answer& answer);

}  // namespace millrace::broker
