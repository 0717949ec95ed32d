#pragma once

#include "broker/session.h"
#include "kafka/messages/offset_commit.h"

namespace millrace::broker {

class Broker;

void offset_commit(Broker& broker, const Caller& caller, kafka::OffsetCommitRequest request,
                   const Answer& answer);

}  // namespace millrace::broker
