#pragma once

#include "broker/session.h"
#include "kafka/messages/fetch.h"

namespace millrace::broker {

class Broker;

void fetch(Broker& broker, const Caller& caller, kafka::FetchRequest request, const Answer& answer);

}  // namespace millrace::broker
