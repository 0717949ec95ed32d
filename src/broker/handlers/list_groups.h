#pragma once

#include "broker/session.h"
#include "kafka/messages/list_groups.h"

namespace millrace::broker {

class Broker;

kafka::ListGroupsResponse list_groups(Broker& broker, const Caller& caller,
                                      const kafka::ListGroupsRequest& request);

}  // namespace millrace::broker
