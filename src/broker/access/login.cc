#include "broker/access/login.h"

#include "base/check.h"

namespace millrace::broker {

using kafka::ApiKey;
using kafka::ErrorCode;

Login::Login(LoginPolicy policy)
    : state_(policy == LoginPolicy::anybody ? State::done : State::handshake) {}

bool Login::admits(ApiKey api_key) const {
  return state_ == State::done || api_key == ApiKey::api_versions ||
         api_key == ApiKey::sasl_handshake || api_key == ApiKey::sasl_authenticate;
}

kafka::SaslHandshakeResponse Login::shake_hands(const kafka::SaslHandshakeRequest& request,
                                                int16_t version) {
  kafka::SaslHandshakeResponse response;
  response.mechanisms = all_mechanisms();
  if (state_ != State::handshake) {
    response.error_code = ErrorCode::illegal_sasl_state;
    return response;
  }
  mechanism_ = request.mechanism;
  authentication_ = make_authentication(mechanism_);
  if (authentication_ == nullptr) {
    response.error_code = ErrorCode::unsupported_sasl_mechanism;
    state_ = State::failed;
    return response;
  }
  next_steps_ = version == 0 ? State::bare_steps : State::steps;
  state_ = next_steps_;
  return response;
}

Authentication::Step Login::take_step(std::string_view bytes, const Credentials& credentials) {
  check(expects_step(), "a step comes after a handshake, one at a time");
  state_ = State::checking;
  return authentication_->step(bytes, credentials);
}

kafka::SaslAuthenticateResponse Login::conclude(Authentication::Step step) {
  kafka::SaslAuthenticateResponse response;
  response.auth_bytes = std::move(step.answer);
  if (step.state == Authentication::State::under_way) {
    state_ = next_steps_;
    return response;
  }
  authentication_.reset();
  if (step.state == Authentication::State::accepted) {
    state_ = State::done;
    principal_ = "User:" + step.user;
  } else {
    state_ = State::failed;
    response.error_code = ErrorCode::sasl_authentication_failed;
    response.error_message = "wrong user name or password for " + mechanism_;
  }
  return response;
}

}  // namespace millrace::broker
