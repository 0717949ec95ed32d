// SaslAuthenticate: a step of the mechanism that SaslHandshake named. A password is stretched away
// from the loop: that takes thousands of hashes.
// https://kafka.apache.org/protocol#The_Messages_SaslAuthenticate

#include "broker/handlers/sasl_authenticate.h"

#include "broker/access/credentials.h"
#include "broker/access/login.h"
#include "broker/broker.h"

namespace millrace::broker {

using State = Authentication::State;

void sasl_authenticate(Broker& broker, const Caller& caller, kafka::SaslAuthenticateRequest request,
                       const Answer& answer) {
  Login& login = *caller.login;
  if (!login.expects_step()) {
    kafka::SaslAuthenticateResponse refusal;
    refusal.error_code = ErrorCode::illegal_sasl_state;
    refusal.error_message = "SaslAuthenticate follows SaslHandshake of version 1";
    answer.send(refusal);
    return;
  }
  const auto step = std::make_shared<Authentication::Step>(
      login.take_step(request.auth_bytes, broker.credentials()));
  if (!step->check) {
    answer.conclude_login(std::move(*step));
    return;
  }
  broker.off_loop(
      answer,
      [&broker, step] {
        step->state = step->check(broker.credentials()) ? State::accepted : State::refused;
      },
      [step, answer] { answer.conclude_login(std::move(*step)); });
}

}  // namespace millrace::broker
