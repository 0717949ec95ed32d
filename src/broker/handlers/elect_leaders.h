#pragma once

#include "broker/session.h"
#include "kafka/messages/elect_leaders.h"

namespace millrace::broker {

class Broker;

kafka::ElectLeadersResponse elect_leaders(Broker& broker, const Caller& caller,
                                          const kafka::ElectLeadersRequest& request);

}  // namespace millrace::broker
