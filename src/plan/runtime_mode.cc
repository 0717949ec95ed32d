#include "plan/runtime_mode.h"

namespace millrace::plan {

bool is_batch_mode(const std::string& value) { return value == "batch" || value == "BATCH"; }

bool is_batch(const Plan& plan) {
  const auto mode = plan.settings.find(kRuntimeMode);
  return mode != plan.settings.end() && is_batch_mode(mode->second);
}

}  // namespace millrace::plan
