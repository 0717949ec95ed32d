#include "plan/session_clock.h"

namespace millrace::plan {

std::shared_ptr<const TimeZone> session_zone(const Plan& plan) {
  const auto setting = plan.settings.find(kLocalTimeZone);
  if (setting == plan.settings.end()) {
    return nullptr;
  }
  auto zone = TimeZone::find(setting->second);
  return zone->is_utc() ? nullptr : zone;
}

}  // namespace millrace::plan
