#pragma once

// How the client of one connection shows who it is, on a port for users only: SaslHandshake names
// the mechanism, then come its steps, in SaslAuthenticate or (after version 0) as bare frames.
// https://kafka.apache.org/protocol#sasl_handshake
//
// Until it is done, nothing but these and ApiVersions is answered; once it has failed, the
// connection ends.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "broker/access/authentication.h"
#include "broker/endpoint.h"
#include "kafka/messages/api_key.h"
#include "kafka/messages/sasl_authenticate.h"
#include "kafka/messages/sasl_handshake.h"

namespace millrace::broker {

class Credentials;

// Who asks, where nobody has to say.
constexpr std::string_view kAnonymous = "User:ANONYMOUS";

class Login {
 public:
  explicit Login(LoginPolicy policy);

  // May this client ask for this API now?
  bool admits(kafka::ApiKey api_key) const;
  bool is_done() const { return state_ == State::done; }
  bool has_failed() const { return state_ == State::failed; }
  // The next frame is a step of the mechanism, without a request around it.
  bool expects_bare_step() const { return state_ == State::bare_steps; }
  const std::string& principal() const { return principal_; }
  // The same without its kind, "User:".
  std::string_view user() const {
    return std::string_view(principal_).substr(principal_.find(':') + 1);
  }

  kafka::SaslHandshakeResponse shake_hands(const kafka::SaslHandshakeRequest& request,
                                           int16_t version);
  bool expects_step() const { return state_ == State::steps || expects_bare_step(); }
  // The next step of the mechanism, where one is expected. Nothing else is until it is concluded,
  // at once or, where it has a check, when somebody has done that.
  Authentication::Step take_step(std::string_view bytes, const Credentials& credentials);
  kafka::SaslAuthenticateResponse conclude(Authentication::Step step);

 private:
  enum class State : uint8_t { handshake, steps, bare_steps, checking, done, failed };

  State state_;
  State next_steps_ = State::steps;  // in which form they come
  std::string mechanism_;
  std::unique_ptr<Authentication> authentication_;
  std::string principal_{kAnonymous};
};

}  // namespace millrace::broker
