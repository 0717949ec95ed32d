#pragma once

#include "kafka/messages/leave_group.h"

namespace millrace::broker {

class Broker;

kafka::LeaveGroupResponse leave_group(Broker& broker, const kafka::LeaveGroupRequest& request);

}  // namespace millrace::broker
