#pragma once

// Flink's settings by which the windows of a GROUP BY are told of ahead of their end, and behind
// it.

#include "plan/nodes.h"

namespace millrace::plan {

inline constexpr const char* kEarlyFire = "table.exec.emit.early-fire.enabled";
inline constexpr const char* kEarlyFireDelay = "table.exec.emit.early-fire.delay";
inline constexpr const char* kLateFire = "table.exec.emit.late-fire.enabled";
inline constexpr const char* kLateFireDelay = "table.exec.emit.late-fire.delay";
inline constexpr const char* kAllowLateness = "table.exec.emit.allow-lateness";

// Of TUMBLE or another in GROUP BY, or of a window function in FROM, which has none.
enum class WindowIsOf : uint8_t { group_by, function };

// Throws Error where the settings do not go together, or not with the window; `groups` is the
// clause that groups.
WindowUpdates window_updates(const Plan& plan, const Window& window, WindowIsOf is_of,
                             const Position& groups);

}  // namespace millrace::plan
