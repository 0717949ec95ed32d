#pragma once

// The last segment of a log and its producers as they stood at a place up to which the segment was
// on disk: a start takes them as they are and reads on from there. docs/formats/topic-log.md.

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace millrace::topic {

struct RecoveryPoint {
  static constexpr std::string_view kSuffix = ".recovery";

  Timestamp first_timestamp;  // of the segment
  std::string index;          // the bytes of an index file
  std::string producers;      // the bytes of a producers file

  std::string to_bytes() const;
  // Nothing where the bytes are damaged.
  static std::optional<RecoveryPoint> from_bytes(std::string_view bytes);
};

}  // namespace millrace::topic
