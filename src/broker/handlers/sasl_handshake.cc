// SaslHandshake: which mechanism the client logs in by.
// https://kafka.apache.org/protocol#The_Messages_SaslHandshake

#include "broker/handlers/sasl_handshake.h"

#include "base/clock.h"
#include "broker/access/login.h"
#include "broker/broker.h"

namespace millrace::broker {

kafka::SaslHandshakeResponse sasl_handshake(Broker& broker, const Caller& caller,
                                            const kafka::SaslHandshakeRequest& request) {
  return caller.login->shake_hands(request, caller.version, broker.world().clock->monotonic());
}

}  // namespace millrace::broker
