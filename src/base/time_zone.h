#pragma once

// The rules of a time zone: from instants to the clock on its wall and back, as java.time has it.
//
// Rules are those of the machine, its zoneinfo files (zone_file.h); offsets need none. All times
// are milliseconds, local ones counted from 1970-01-01T00:00 of that clock.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/zone_file.h"

namespace millrace {

class TimeZone {
 public:
  // "Europe/Berlin", "UTC", "GMT+01:00". Throws Error(invalid_argument) for a name that
  // there is not, or Error(not_found) where this machine has no rules at all.
  static std::shared_ptr<const TimeZone> find(std::string_view name);
  // From the bytes of a zoneinfo file. Throws Error(corrupt).
  static std::shared_ptr<const TimeZone> read(std::string name, std::string_view file);

  const std::string& name() const { return name_; }
  bool is_utc() const { return changes_.size() == 1 && changes_.front().offset_ms == 0; }

  int64_t offset_ms(int64_t instant_ms) const { return change_at(instant_ms).offset_ms; }
  int64_t to_local(int64_t instant_ms) const { return instant_ms + offset_ms(instant_ms); }
  // Of an hour that comes twice the first one; what is in an hour left out is as much later.
  int64_t to_instant(int64_t local_ms) const;

  // Once time has come to the instant, the last moment of the clock that does not come any more:
  // in the first of two equal hours the moment before them. Never goes back.
  int64_t last_passed(int64_t instant_ms) const;
  // The first instant at which a moment of the clock comes no more.
  int64_t passed_at(int64_t local_ms) const;

 private:
  TimeZone(std::string name, std::vector<ZoneChange> changes);
  size_t index_at(int64_t instant_ms) const;
  const ZoneChange& change_at(int64_t instant_ms) const { return changes_[index_at(instant_ms)]; }

  std::string name_;
  std::vector<ZoneChange> changes_;  // ascending, the first from the beginning of time
};

}  // namespace millrace
