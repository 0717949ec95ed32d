#pragma once

// The server's side of SCRAM, RFC 5802 section 3, without channel binding.

#include <string>
#include <string_view>

#include "broker/access/authentication.h"
#include "broker/access/credentials.h"

namespace millrace::broker {

class Scram final : public Authentication {
 public:
  explicit Scram(ScramMechanism mechanism) : mechanism_(mechanism) {}

  Step step(std::string_view message, const Credentials& credentials) override;

 private:
  Step first(std::string_view message, const Credentials& credentials);
  Step last(std::string_view message) const;
  bool is_right_nonce(std::string_view nonce) const;

  const ScramMechanism mechanism_;
  bool has_begun_ = false;
  std::string user_;
  bool user_is_known_ = false;
  ScramCredential credential_;
  std::string opening_;  // what the client said of channel binding, "n,,"
  std::string client_nonce_;
  std::string nonce_;  // the client's and ours
  std::string client_first_;
  std::string server_first_;
};

}  // namespace millrace::broker
