#pragma once

// Time zones by the names that java.util.TimeZone takes: "PST" and "GMT+2" beside those of
// TimeZone::find, and UTC for a name that is none.

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/time_zone.h"

namespace millrace::function {

// Each found once. Several threads may use it at once.
class JavaZones {
 public:
  using Find = std::function<std::shared_ptr<const TimeZone>(std::string_view name)>;
  explicit JavaZones(Find find = TimeZone::find) : find_(std::move(find)) {}

  // Throws Error where this machine has no rules or cannot read them.
  std::shared_ptr<const TimeZone> of(std::string_view name);

 private:
  static constexpr size_t kMost = 1024;  // names come from data

  Find find_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const TimeZone>, std::less<>> zones_;
};

}  // namespace millrace::function
