#pragma once

#include "kafka/messages/find_coordinator.h"

namespace millrace::broker {

class Broker;

kafka::FindCoordinatorResponse find_coordinator(Broker& broker,
                                                const kafka::FindCoordinatorRequest& request);

}  // namespace millrace::broker
