#pragma once

// A file in a partition's directory where a sync failed: the offset up to which the log is on disk
// for certain. docs/formats/topic-log.md.

#include <string_view>

namespace millrace::topic {

constexpr std::string_view kUnsyncedMark = "unsynced";

}  // namespace millrace::topic
