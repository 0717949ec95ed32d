#pragma once

#include "broker/session.h"
#include "kafka/messages/alter_replica_log_dirs.h"

namespace millrace::broker {

class Broker;

kafka::AlterReplicaLogDirsResponse alter_replica_log_dirs(
    Broker& broker, const Caller& caller, const kafka::AlterReplicaLogDirsRequest& request);

}  // namespace millrace::broker
