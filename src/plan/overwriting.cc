#include "plan/overwriting.h"

#include <algorithm>

namespace millrace::plan {

bool overwrites(const Plan& plan) {
  return std::any_of(plan.sinks.begin(), plan.sinks.end(),
                     [](const Sink* sink) { return sink->overwrite; });
}

}  // namespace millrace::plan
