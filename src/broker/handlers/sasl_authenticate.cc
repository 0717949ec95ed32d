// SaslAuthenticate: a step of the mechanism that SaslHandshake named.
// https://kafka.apache.org/protocol#The_Messages_SaslAuthenticate

#include "broker/handlers/sasl_authenticate.h"

#include "broker/access/login.h"
#include "broker/broker.h"

namespace millrace::broker {

kafka::SaslAuthenticateResponse sasl_authenticate(Broker& broker, const Caller& caller,
                                                  const kafka::SaslAuthenticateRequest& request) {
  return caller.login->authenticate(request, broker.credentials());
}

}  // namespace millrace::broker
