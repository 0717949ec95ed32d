#pragma once

#include "broker/session.h"
#include "kafka/messages/leave_group.h"

namespace millrace::broker {

class Broker;

kafka::LeaveGroupResponse leave_group(Broker& broker, const Caller& caller,
                                      const kafka::LeaveGroupRequest& request);

}  // namespace millrace::broker
