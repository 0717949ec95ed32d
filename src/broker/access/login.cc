#include "broker/access/login.h"

#include "base/check.h"

namespace millrace::broker {

using kafka::ApiKey;
using kafka::ErrorCode;

Login::Login(LoginPolicy policy, Duration lifetime)
    : lifetime_(lifetime),
      state_(policy == LoginPolicy::anybody ? State::done : State::handshake),
      is_known_(policy == LoginPolicy::anybody) {}

bool Login::admits(ApiKey api_key, Instant now) const {
  if (api_key == ApiKey::sasl_handshake || api_key == ApiKey::sasl_authenticate) {
    return true;
  }
  if (expires_ && *expires_ < now) {
    return false;
  }
  return is_done() || api_key == ApiKey::api_versions;
}

// As Kafka: not where logins last, and not twice in a second.
bool Login::may_begin_again(const std::string& mechanism, int16_t version, Instant now) const {
  const bool is_too_soon = began_again_ && now - *began_again_ < Duration::seconds(1);
  return state_ == State::done && expires_ && version > 0 && !is_too_soon &&
         mechanism == mechanism_;
}

kafka::SaslHandshakeResponse Login::shake_hands(const kafka::SaslHandshakeRequest& request,
                                                int16_t version, Instant now) {
  kafka::SaslHandshakeResponse response;
  response.mechanisms = all_mechanisms();
  if (may_begin_again(request.mechanism, version, now)) {
    began_again_ = now;
  } else if (state_ != State::handshake) {
    response.error_code = ErrorCode::illegal_sasl_state;
    return response;
  }
  mechanism_ = request.mechanism;
  authentication_ = make_authentication(mechanism_);
  if (authentication_ == nullptr) {
    response.error_code = ErrorCode::unsupported_sasl_mechanism;
    state_ = State::failed;
    failure_ = "there is no mechanism '" + mechanism_ + "' here";
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

void Login::accept(const std::string& user, int16_t version, Instant now,
                   kafka::SaslAuthenticateResponse& response) {
  std::string principal = "User:" + user;
  if (is_known_ && principal != principal_) {
    refuse(
        user,
        "Cannot change principals during re-authentication from " + principal_ + " to " + principal,
        response);
    return;
  }
  state_ = State::done;
  is_known_ = true;
  principal_ = std::move(principal);
  if (lifetime_.ns > 0) {
    expires_ = now + lifetime_;
    response.session_lifetime_ms = version > 0 ? lifetime_.ms() : 0;
  }
}

void Login::refuse(const std::string& user, std::string why,
                   kafka::SaslAuthenticateResponse& response) {
  state_ = State::failed;
  failure_ = (user.empty() ? "" : "user '" + user + "': ") + why;
  response.error_code = ErrorCode::sasl_authentication_failed;
  response.error_message = std::move(why);
}

kafka::SaslAuthenticateResponse Login::conclude(Authentication::Step step, int16_t version,
                                                Instant now) {
  kafka::SaslAuthenticateResponse response;
  response.auth_bytes = std::move(step.answer);
  if (step.state == Authentication::State::under_way) {
    state_ = next_steps_;
    return response;
  }
  authentication_.reset();
  if (step.state == Authentication::State::accepted) {
    accept(step.user, version, now, response);
  } else {
    refuse(step.user, "wrong user name or password for " + mechanism_, response);
  }
  return response;
}

}  // namespace millrace::broker
