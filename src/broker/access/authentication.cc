#include "broker/access/authentication.h"

#include "broker/access/credentials.h"
#include "broker/access/scram.h"

namespace millrace::broker {

namespace {

// One message: whom to act as, who is there, and the password, with zero bytes between.
class Plain final : public Authentication {
 public:
  Step step(std::string_view message, const Credentials&) override {
    const size_t first = message.find('\0');
    const size_t second = first == std::string_view::npos ? first : message.find('\0', first + 1);
    if (second == std::string_view::npos) {
      return {};
    }
    const std::string_view act_as = message.substr(0, first);
    const std::string user(message.substr(first + 1, second - first - 1));
    if (!act_as.empty() && act_as != user) {
      return {};
    }
    const std::string password(message.substr(second + 1));
    return {State::accepted, "", user, [user, password](const Credentials& credentials) {
              return credentials.accepts(user, password);
            }};
  }
};

}  // namespace

std::unique_ptr<Authentication> make_authentication(std::string_view mechanism) {
  if (mechanism == "PLAIN") {
    return std::make_unique<Plain>();
  }
  const auto scram = scram_mechanism(mechanism);
  return scram ? std::make_unique<Scram>(*scram) : nullptr;
}

const std::vector<std::string>& all_mechanisms() {
  static const std::vector<std::string> kAll{"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"};
  return kAll;
}

}  // namespace millrace::broker
