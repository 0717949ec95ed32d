#pragma once

#include "broker/session.h"
#include "kafka/messages/sasl_handshake.h"

namespace millrace::broker {

class Broker;

kafka::SaslHandshakeResponse sasl_handshake(Broker& broker, const Caller& caller,
                                            const kafka::SaslHandshakeRequest& request);

}  // namespace millrace::broker
