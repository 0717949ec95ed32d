#include "plan/runtime_mode.h"

namespace millrace::plan {

bool is_batch(const Plan& plan) {
  const auto mode = plan.settings.find(kRuntimeMode);
  return mode != plan.settings.end() && (mode->second == "batch" || mode->second == "BATCH");
}

}  // namespace millrace::plan
