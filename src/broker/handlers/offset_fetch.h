#pragma once

#include "broker/session.h"
#include "kafka/messages/offset_fetch.h"

namespace millrace::broker {

class Broker;

void offset_fetch(Broker& broker, const Caller& caller, kafka::OffsetFetchRequest request,
                  const Answer& answer);

}  // namespace millrace::broker
