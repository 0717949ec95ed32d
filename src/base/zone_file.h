#pragma once

// A file of zoneinfo: when the offset of a time zone changes (RFC 9636).

#include <cstdint>
#include <string_view>
#include <vector>

namespace millrace {

// From an instant on the offset is this.
struct ZoneChange {
  int64_t at_ms;
  int64_t offset_ms;
};

// The changes of a file, ascending, the first from the beginning of time; the rule at the file's
// end carried on to the year 9999. Throws Error(corrupt).
std::vector<ZoneChange> read_zone_file(std::string_view bytes);

}  // namespace millrace
