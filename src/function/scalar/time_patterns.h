#pragma once

// The patterns of times that are written in calls, which are looked at where those are bound.

#include <optional>
#include <span>
#include <string_view>

#include "function/expression.h"
#include "function/value/date_pattern.h"

namespace millrace::function {

// The second argument, where it is a text that is written out.
std::optional<std::string_view> written_pattern(std::span<const Expression> arguments);

// Throws Error(invalid_argument), with no place, where it is no pattern that a time can be shown
// by.
void check_shown(std::span<const Expression> arguments, DatePattern::Kind kind);

}  // namespace millrace::function
