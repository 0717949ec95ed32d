#include "function/value/java_zones.h"

#include "base/error.h"

namespace millrace::function {

namespace {

// Names that Java keeps from its first years.
std::string_view full_name(std::string_view name) {
  struct Named {
    std::string_view name, zone;
  };
  static constexpr Named kOld[] = {
      {"ACT", "Australia/Darwin"},
      {"AET", "Australia/Sydney"},
      {"AGT", "America/Argentina/Buenos_Aires"},
      {"ART", "Africa/Cairo"},
      {"AST", "America/Anchorage"},
      {"BET", "America/Sao_Paulo"},
      {"BST", "Asia/Dhaka"},
      {"CAT", "Africa/Harare"},
      {"CNT", "America/St_Johns"},
      {"CST", "America/Chicago"},
      {"CTT", "Asia/Shanghai"},
      {"EAT", "Africa/Addis_Ababa"},
      {"ECT", "Europe/Paris"},
      {"IET", "America/Indiana/Indianapolis"},
      {"IST", "Asia/Kolkata"},
      {"JST", "Asia/Tokyo"},
      {"MIT", "Pacific/Apia"},
      {"NET", "Asia/Yerevan"},
      {"NST", "Pacific/Auckland"},
      {"PLT", "Asia/Karachi"},
      {"PNT", "America/Phoenix"},
      {"PRT", "America/Puerto_Rico"},
      {"PST", "America/Los_Angeles"},
      {"SST", "Pacific/Guadalcanal"},
      {"VST", "Asia/Ho_Chi_Minh"},
  };
  for (const Named& old : kOld) {
    if (old.name == name) {
      return old.zone;
    }
  }
  return name;
}

// As TimeZone::find takes it.
std::string written_out(std::string_view name) {
  std::string full(full_name(name));
  // "GMT+2" is written out; "+02:00" alone is no zone.
  if (full.starts_with("GMT") && full.size() > 4 && full.find(':') == std::string::npos) {
    const bool short_hour = full.size() == 5;
    full = full.substr(0, 4) + (short_hour ? "0" : "") + full.substr(4, short_hour ? 1 : 2) + ":" +
           (full.size() > 6 ? full.substr(6) : "00");
  }
  const bool is_name = !full.empty() && full.front() != '+' && full.front() != '-';
  return is_name ? full : "UTC";
}

}  // namespace

std::shared_ptr<const TimeZone> JavaZones::of(std::string_view name) {
  const std::lock_guard lock(mutex_);
  if (const auto found = zones_.find(name); found != zones_.end()) {
    return found->second;
  }
  std::shared_ptr<const TimeZone> zone;
  try {
    zone = find_(written_out(name));
  } catch (const Error& error) {
    // A name that is none is UTC, no error; rules that are missing or corrupt are one.
    if (error.code() != ErrorCode::invalid_argument) {
      throw;
    }
    zone = find_("UTC");
  }
  if (zones_.size() >= kMost) {
    zones_.clear();
  }
  zones_.emplace(name, zone);
  return zone;
}

}  // namespace millrace::function
