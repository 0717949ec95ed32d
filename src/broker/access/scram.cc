#include "broker/access/scram.h"

#include <algorithm>
#include <optional>

namespace millrace::broker {

namespace {

constexpr size_t kNonceBytes = 18;

// The value of "x=..." among fields separated by commas.
std::optional<std::string_view> field(std::string_view message, char name) {
  while (!message.empty()) {
    const std::string_view part = message.substr(0, message.find(','));
    if (part.size() >= 2 && part[0] == name && part[1] == '=') {
      return part.substr(2);
    }
    message.remove_prefix(std::min(message.size(), part.size() + 1));
  }
  return std::nullopt;
}

// In names ',' and '=' are written =2C and =3D.
std::string unescaped(std::string_view name) {
  std::string plain;
  for (size_t i = 0; i < name.size(); ++i) {
    const std::string_view code = name.substr(i, 3);
    if (code == "=2C" || code == "=3D") {
      plain.push_back(code == "=2C" ? ',' : '=');
      i += 2;
    } else {
      plain.push_back(name[i]);
    }
  }
  return plain;
}

// What users without credentials are asked for, so that nobody learns which users there are: the
// same each time for the same name.
ScramCredential made_up(ScramMechanism mechanism, std::string_view user) {
  const std::string salt = io::hash(digest_of(mechanism), "no such user " + std::string(user));
  return {salt.substr(0, 16), 4096, "", ""};
}

std::string exclusive_or(std::string a, std::string_view b) {
  for (size_t i = 0; i < a.size(); ++i) {
    a[i] = static_cast<char>(a[i] ^ b[i]);
  }
  return a;
}

}  // namespace

Authentication::Step Scram::step(std::string_view message, const Credentials& credentials) {
  Step step = has_begun_ ? last(message) : first(message, credentials);
  has_begun_ = true;
  step.user = user_;
  return step;
}

Authentication::Step Scram::first(std::string_view message, const Credentials& credentials) {
  // "n,," or "y,,": no channel binding; perhaps "n,a=somebody,".
  const size_t comma = message.find(',');
  const size_t begin = comma == std::string_view::npos ? comma : message.find(',', comma + 1);
  const std::string_view binding = message.substr(0, comma);
  if (begin == std::string_view::npos || (binding != "n" && binding != "y")) {
    return {};
  }
  opening_ = message.substr(0, begin + 1);
  client_first_ = message.substr(begin + 1);
  const auto name = field(client_first_, 'n');
  const auto nonce = field(client_first_, 'r');
  if (!name || !nonce || nonce->empty()) {
    return {};
  }
  user_ = unescaped(*name);
  const auto act_as = field(opening_, 'a');
  const auto known = credentials.find(user_, mechanism_);
  user_is_known_ = known && (!act_as || unescaped(*act_as) == user_);
  credential_ = known ? *known : made_up(mechanism_, user_);
  client_nonce_ = *nonce;
  nonce_ = client_nonce_ + io::to_base64(io::random_secret(kNonceBytes));
  server_first_ = "r=" + nonce_ + ",s=" + io::to_base64(credential_.salt) +
                  ",i=" + std::to_string(credential_.iterations);
  return {State::under_way, server_first_};
}

// librdkafka before 2.6 puts its own nonce before the whole one once more. Both forms hold ours, so
// neither can be an old answer played again.
bool Scram::is_right_nonce(std::string_view nonce) const {
  return nonce == nonce_ || nonce == client_nonce_ + nonce_;
}

Authentication::Step Scram::last(std::string_view message) const {
  const size_t proof_at = message.rfind(",p=");
  const auto nonce = field(message, 'r');
  const auto binding = field(message, 'c');
  if (proof_at == std::string_view::npos || !nonce || !is_right_nonce(*nonce) ||
      binding != io::to_base64(opening_)) {
    return {};
  }
  const auto proof = io::from_base64(message.substr(proof_at + 3));
  const io::Digest digest = digest_of(mechanism_);
  if (!proof || proof->size() != io::size_of(digest) || !user_is_known_) {
    return {};
  }
  const std::string said =
      client_first_ + "," + server_first_ + "," + std::string(message.substr(0, proof_at));
  const std::string client_key =
      exclusive_or(*proof, io::keyed_hash(digest, credential_.stored_key, said));
  if (!io::same_secret(io::hash(digest, client_key), credential_.stored_key)) {
    return {};
  }
  return {State::accepted,
          "v=" + io::to_base64(io::keyed_hash(digest, credential_.server_key, said))};
}

}  // namespace millrace::broker
