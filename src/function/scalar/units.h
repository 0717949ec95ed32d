#pragma once

// What follows from the unit of time that is written in a call.

#include <optional>
#include <string_view>

#include "function/scalar.h"

namespace millrace::function {

// A bound EXTRACT or TIMESTAMPADD, once its unit is known; any other function as it is. Nothing
// where the time has no such part.
std::optional<ScalarSignature> with_unit(ScalarSignature signature, std::string_view unit);

}  // namespace millrace::function
