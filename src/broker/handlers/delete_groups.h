#pragma once

#include "broker/session.h"
#include "kafka/messages/delete_groups.h"

namespace millrace::broker {

class Broker;

kafka::DeleteGroupsResponse delete_groups(Broker& broker, const Caller& caller,
                                          const kafka::DeleteGroupsRequest& request);

}  // namespace millrace::broker
