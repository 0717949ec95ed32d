#pragma once

#include "broker/session.h"
#include "kafka/messages/delete_topics.h"

namespace millrace::broker {

class Broker;

void delete_topics(Broker& broker, const Caller& caller, kafka::DeleteTopicsRequest request,
                   const Answer& answer);

}  // namespace millrace::broker
