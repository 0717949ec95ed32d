#pragma once

// How much of a pipeline two texts of it have in common: whether there is anything to change, and
// whether the state of one is that of the other.

#include <cstdint>

#include "plan/session/session.h"

namespace millrace::change {

enum class Sameness : uint8_t {
  whole,
  of_plan,  // on other terms (plan/session/terms.h), for which the state holds all the same
  none,     // of another plan, whose state has to be built
};

Sameness sameness(const plan::Job& before, const plan::Job& now);

}  // namespace millrace::change
