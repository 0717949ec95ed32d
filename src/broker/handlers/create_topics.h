#pragma once

#include "broker/session.h"
#include "kafka/messages/create_topics.h"

namespace millrace::broker {

class Broker;

void create_topics(Broker& broker, const Caller& caller, kafka::CreateTopicsRequest request,
                   const Answer& answer);

}  // namespace millrace::broker
