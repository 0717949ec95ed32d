#include "function/scalar/time_patterns.h"

namespace millrace::function {

std::optional<std::string_view> written_pattern(std::span<const Expression> arguments) {
  if (arguments.size() < 2) {
    return std::nullopt;
  }
  const Expression& second = arguments[1];
  const bool is_text = second.kind == ExpressionKind::literal && second.type.is_string() &&
                       !second.literal.is_null(0);
  return is_text ? std::optional(second.literal.values<StringRef>()[0].view()) : std::nullopt;
}

void check_shown(std::span<const Expression> arguments, DatePattern::Kind kind) {
  if (const auto pattern = written_pattern(arguments)) {
    std::string ignored;
    DatePattern(*pattern, kind).append(Moment{}, ignored);
  }
}

}  // namespace millrace::function
