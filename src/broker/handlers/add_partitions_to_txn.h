#pragma once

#include "broker/session.h"
#include "kafka/messages/add_partitions_to_txn.h"

namespace millrace::broker {

class Broker;

void add_partitions_to_txn(Broker& broker, const Caller& caller,
                           kafka::AddPartitionsToTxnRequest request, const Answer& answer);

}  // namespace millrace::broker
