#pragma once

#include "broker/session.h"
#include "kafka/messages/find_coordinator.h"

namespace millrace::broker {

class Broker;

kafka::FindCoordinatorResponse find_coordinator(Broker& broker, const Caller& caller,
                                                const kafka::FindCoordinatorRequest& request);

}  // namespace millrace::broker
