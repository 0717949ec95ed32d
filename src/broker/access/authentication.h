#pragma once

// The server's side of logging in: PLAIN (RFC 4616) and SCRAM (RFC 5802), a step at a time.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::broker {

class Credentials;

// One attempt of one client.
class Authentication {
 public:
  virtual ~Authentication() = default;

  enum class State : uint8_t { under_way, accepted, refused };
  struct Step {
    State state = State::refused;
    std::string answer;
    std::string user = {};  // who claims to be there, once that is known
    // Where there is one, it is accepted only if this says so. It takes milliseconds, and is for
    // any thread.
    std::function<bool(const Credentials& credentials)> check = {};
  };
  // What the client sent; `credentials` as they are now.
  virtual Step step(std::string_view message, const Credentials& credentials) = 0;
};

// nullptr where there is no such mechanism.
std::unique_ptr<Authentication> make_authentication(std::string_view mechanism);
const std::vector<std::string>& all_mechanisms();

}  // namespace millrace::broker
