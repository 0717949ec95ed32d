#pragma once

#include "broker/session.h"
#include "kafka/messages/sasl_authenticate.h"

namespace millrace::broker {

class Broker;

kafka::SaslAuthenticateResponse sasl_authenticate(Broker& broker, const Caller& caller,
                                                  const kafka::SaslAuthenticateRequest& request);

}  // namespace millrace::broker
