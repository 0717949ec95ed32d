#pragma once

// A port of the broker as its clients see it. What they are told about where to connect depends on
// where they came in: whoever came from another machine must not be sent to loopback.

#include <cstdint>
#include <string>
#include <string_view>

namespace millrace::broker {

enum class LoginPolicy : uint8_t { anybody, users_only };
enum class Wire : uint8_t { clear, tls };

struct Endpoint {
  std::string host = "127.0.0.1";
  int32_t port = 9092;
  LoginPolicy login = LoginPolicy::anybody;
  Wire wire = Wire::clear;

  // By Kafka's name.
  std::string_view protocol() const {
    if (wire == Wire::clear) {
      return login == LoginPolicy::anybody ? "PLAINTEXT" : "SASL_PLAINTEXT";
    }
    return login == LoginPolicy::anybody ? "SSL" : "SASL_SSL";
  }
};

}  // namespace millrace::broker
