#pragma once

#include "broker/session.h"
#include "kafka/messages/add_offsets_to_txn.h"

namespace millrace::broker {

class Broker;

void add_offsets_to_txn(Broker& broker, const Caller& caller, kafka::AddOffsetsToTxnRequest request,
                        const Answer& answer);

}  // namespace millrace::broker
