#include "plan/runtime_mode.h"

namespace millrace::plan {

bool is_batch(std::string_view mode) { return mode == "batch" || mode == "BATCH"; }

bool is_batch(const Plan& plan) {
  const auto mode = plan.settings.find(kRuntimeMode);
  return mode != plan.settings.end() && is_batch(mode->second);
}

}  // namespace millrace::plan
