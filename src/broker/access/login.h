#pragma once

// How the client of one connection shows who it is, on a port for users only: SaslHandshake names
// the mechanism, then come its steps, in SaslAuthenticate or (after version 0) as bare frames.
// https://kafka.apache.org/protocol#sasl_handshake
//
// Until it is done, nothing but these and ApiVersions is answered; once it has failed, the
// connection ends. Where logins have a lifetime, the client is told, and logs in again on the same
// connection before it is over, as the same user by the same mechanism; later than that nothing
// else of it is answered (KIP-368). Who logged in by bare frames, or by version 0, is not told, but
// its login ends as any other.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
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
  // `lifetime`: how long a login counts; nothing: for ever.
  Login(LoginPolicy policy, Duration lifetime);

  // May this client ask for this API now?
  bool admits(kafka::ApiKey api_key, Instant now) const;
  // It has logged in, or need not; and has not failed to do so again.
  bool is_done() const { return is_known_ && state_ != State::failed; }
  bool has_failed() const { return state_ == State::failed; }
  // Why, for the log.
  const std::string& failure() const { return failure_; }
  // The next frame is a step of the mechanism, without a request around it.
  bool expects_bare_step() const { return state_ == State::bare_steps; }
  const std::string& principal() const { return principal_; }
  // The same without its kind, "User:".
  std::string_view user() const {
    return std::string_view(principal_).substr(principal_.find(':') + 1);
  }

  kafka::SaslHandshakeResponse shake_hands(const kafka::SaslHandshakeRequest& request,
                                           int16_t version, Instant now);
  bool expects_step() const { return state_ == State::steps || expects_bare_step(); }
  // The next step of the mechanism, where one is expected. Nothing else is until it is concluded,
  // at once or, where it has a check, when somebody has done that.
  Authentication::Step take_step(std::string_view bytes, const Credentials& credentials);
  // `version` is that of the SaslAuthenticate that brought it.
  kafka::SaslAuthenticateResponse conclude(Authentication::Step step, int16_t version, Instant now);

 private:
  enum class State : uint8_t { handshake, steps, bare_steps, checking, done, failed };

  bool may_begin_again(const std::string& mechanism, int16_t version, Instant now) const;
  void accept(const std::string& user, int16_t version, Instant now,
              kafka::SaslAuthenticateResponse& response);
  void refuse(const std::string& user, std::string why, kafka::SaslAuthenticateResponse& response);

  const Duration lifetime_;
  State state_;
  bool is_known_;
  std::optional<Instant> expires_;
  std::optional<Instant> began_again_;
  State next_steps_ = State::steps;  // in which form they come
  std::string mechanism_;
  std::unique_ptr<Authentication> authentication_;
  std::string principal_{kAnonymous};
  std::string failure_;
};

}  // namespace millrace::broker
