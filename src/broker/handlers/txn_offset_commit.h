#pragma once

#include "broker/session.h"
#include "kafka/messages/txn_offset_commit.h"

namespace millrace::broker {

class Broker;

void txn_offset_commit(Broker& broker, const Caller& caller, kafka::TxnOffsetCommitRequest request,
                       const Answer& answer);

}  // namespace millrace::broker
