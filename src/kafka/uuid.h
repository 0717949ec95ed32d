#pragma once

// 16 random bytes that name a topic for ever, as Kafka's protocol carries them.

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millrace {
class Random;
}

namespace millrace::kafka {

struct Uuid {
  std::array<char, 16> bytes{};

  auto operator<=>(const Uuid&) const = default;
  bool is_zero() const { return *this == Uuid{}; }
  std::string to_hex() const;
  static std::optional<Uuid> from_hex(std::string_view text);
  static Uuid make(Random& random);
};

}  // namespace millrace::kafka
