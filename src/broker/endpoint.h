#pragma once

// A port of the broker as its clients see it. What they are told about where to connect depends on
// where they came in: whoever came from another machine must not be sent to loopback.

#include <cstdint>
#include <string>

namespace millrace::broker {

enum class LoginPolicy : uint8_t { anybody, users_only };

struct Endpoint {
  std::string host = "127.0.0.1";
  int32_t port = 9092;
  LoginPolicy login = LoginPolicy::anybody;
};

}  // namespace millrace::broker
