#pragma once

#include "broker/session.h"
#include "kafka/messages/end_txn.h"

namespace millrace::broker {

class Broker;

void end_txn(Broker& broker, const Caller& caller, kafka::EndTxnRequest request,
             const Answer& answer);

}  // namespace millrace::broker
