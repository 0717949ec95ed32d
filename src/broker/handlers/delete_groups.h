#pragma once

#include "kafka/messages/delete_groups.h"

namespace millrace::broker {

class Broker;

kafka::DeleteGroupsResponse delete_groups(Broker& broker,
                                          const kafka::DeleteGroupsRequest& request);

}  // namespace millrace::broker
