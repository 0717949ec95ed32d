#include "base/memory_size.h"

#include <array>
#include <charconv>
#include <string>

#include "base/ascii_case.h"

namespace millrace {

static std::optional<int> shift_of(std::string_view unit) {
  struct Unit {
    std::string_view name;
    int shift;
  };
  static constexpr std::array kUnits = {
      Unit{"", 0},           Unit{"b", 0},          Unit{"bytes", 0},      Unit{"k", 10},
      Unit{"kb", 10},        Unit{"kibibytes", 10}, Unit{"m", 20},         Unit{"mb", 20},
      Unit{"mebibytes", 20}, Unit{"g", 30},         Unit{"gb", 30},        Unit{"gibibytes", 30},
      Unit{"t", 40},         Unit{"tb", 40},        Unit{"tebibytes", 40},
  };
  for (const Unit& known : kUnits) {
    if (known.name == unit) {
      return known.shift;
    }
  }
  return std::nullopt;
}

std::optional<int64_t> parse_memory_size(std::string_view text) {
  std::string lower;
  for (const char c : text) {
    if (c != ' ') {
      lower += to_lower(c);
    }
  }
  int64_t value = 0;
  const char* end = lower.data() + lower.size();
  const auto [at, problem] = std::from_chars(lower.data(), end, value);
  const auto shift = shift_of(std::string_view(at, static_cast<size_t>(end - at)));
  if (problem != std::errc() || value < 0 || !shift || value > (INT64_MAX >> *shift)) {
    return std::nullopt;
  }
  return value << *shift;
}

}  // namespace millrace
