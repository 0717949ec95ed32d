#include "broker/access/login.h"

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
  state_ = version == 0 ? State::bare_steps : State::steps;
  return response;
}

Authentication::Step Login::step(std::string_view bytes, const Credentials& credentials) {
  Authentication::Step step = authentication_->step(bytes, credentials);
  if (step.state == Authentication::State::accepted) {
    state_ = State::done;
    principal_ = "User:" + step.user;
  } else if (step.state == Authentication::State::refused) {
    state_ = State::failed;
  }
  if (step.state != Authentication::State::under_way) {
    authentication_.reset();
  }
  return step;
}

kafka::SaslAuthenticateResponse Login::authenticate(const kafka::SaslAuthenticateRequest& request,
                                                    const Credentials& credentials) {
  kafka::SaslAuthenticateResponse response;
  if (state_ != State::steps) {
    response.error_code = ErrorCode::illegal_sasl_state;
    response.error_message = "SaslAuthenticate follows SaslHandshake of version 1, once";
    return response;
  }
  Authentication::Step answer = step(request.auth_bytes, credentials);
  if (has_failed()) {
    response.error_code = ErrorCode::sasl_authentication_failed;
    response.error_message = "wrong user name or password for " + mechanism_;
  }
  response.auth_bytes = std::move(answer.answer);
  return response;
}

std::string Login::take_bare_step(std::string_view bytes, const Credentials& credentials) {
  return step(bytes, credentials).answer;
}

}  // namespace millrace::broker
