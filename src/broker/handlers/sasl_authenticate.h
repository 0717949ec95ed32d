#pragma once

#include "broker/session.h"
#include "kafka/messages/sasl_authenticate.h"

namespace millrace::broker {

class Broker;

// Of bare steps too, whose requests the session makes up.
void sasl_authenticate(Broker& broker, const Caller& caller, kafka::SaslAuthenticateRequest request,
                       const Answer& answer);

}  // namespace millrace::broker
