#include "plan/bind/window_updates.h"

#include "base/time.h"
#include "plan/runtime_mode.h"
#include "plan/state_expiry.h"

namespace millrace::plan {

namespace {

const std::string* setting(const Plan& plan, const char* key) {
  const auto found = plan.settings.find(key);
  return found == plan.settings.end() ? nullptr : &found->second;
}

bool is_on(const Plan& plan, const char* key) {
  const std::string* value = setting(plan, key);
  return value != nullptr && *value == "true";
}

// SET refuses any other delay than none.
void require_delay(const Plan& plan, const char* key, const std::string& what,
                   const Position& groups) {
  if (setting(plan, key) == nullptr) {
    throw Error(ErrorCode::invalid_argument,
                "the " + what + " emit strategy needs a delay: SET '" + key + "' = '0 ms'", groups);
  }
}

int64_t duration_ms(const Plan& plan, const char* key) {
  const std::string* value = setting(plan, key);
  const auto duration = value != nullptr ? parse_duration(*value) : std::nullopt;
  return duration ? duration->ms() : 0;
}

int64_t lateness_ms(const Plan& plan, const Position& groups) {
  const bool is_set = setting(plan, kAllowLateness) != nullptr;
  const int64_t late = duration_ms(plan, is_set ? kAllowLateness : kStateTtl);
  if (late <= 0) {
    throw Error(ErrorCode::invalid_argument,
                "The 'AFTER WATERMARK' emit strategy requires set 'allow-lateness': SET '" +
                    std::string(kAllowLateness) + "' to how late rows may be",
                groups);
  }
  return late;
}

void refuse_windows(const Window& window, WindowIsOf is_of, const Position& groups) {
  if (is_of == WindowIsOf::function) {
    throw Error(ErrorCode::invalid_argument,
                "Currently, window table function based aggregate doesn't support early-fire and "
                "late-fire configuration '" +
                    std::string(kEarlyFire) + "' and '" + kLateFire +
                    "': group by TUMBLE, HOP or another of the time, or RESET them",
                groups);
  }
  if (window.kind == WindowKind::session) {
    throw Error(ErrorCode::invalid_argument,
                "Session window doesn't support EMIT strategy currently: RESET '" +
                    std::string(kEarlyFire) + "' and '" + kLateFire + "'",
                groups);
  }
}

}  // namespace

WindowUpdates window_updates(const Plan& plan, const Window& window, WindowIsOf is_of,
                             const Position& groups) {
  WindowUpdates updates;
  const bool late = is_on(plan, kLateFire);
  updates.early = is_on(plan, kEarlyFire);
  if (is_batch(plan) || (!updates.early && !late)) {
    return {};
  }
  refuse_windows(window, is_of, groups);
  if (updates.early) {
    require_delay(plan, kEarlyFireDelay, "early-fire", groups);
  }
  if (late) {
    require_delay(plan, kLateFireDelay, "late-fire", groups);
  }
  if (late && window.time != WindowTime::of_processing) {  // nothing is late by the clock
    updates.late_ms = lateness_ms(plan, groups);
  }
  return updates;
}

}  // namespace millrace::plan
