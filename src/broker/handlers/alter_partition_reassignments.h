#pragma once

#include "broker/session.h"
#include "kafka/messages/alter_partition_reassignments.h"

namespace millrace::broker {

class Broker;

kafka::AlterPartitionReassignmentsResponse alter_partition_reassignments(
    Broker& broker, const Caller& caller, const kafka::AlterPartitionReassignmentsRequest& request);

}  // namespace millrace::broker
