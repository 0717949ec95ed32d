#pragma once

#include "broker/session.h"
#include "kafka/messages/list_partition_reassignments.h"

namespace millrace::broker {

class Broker;

kafka::ListPartitionReassignmentsResponse list_partition_reassignments(
    Broker& broker, const Caller& caller, const kafka::ListPartitionReassignmentsRequest& request);

}  // namespace millrace::broker
