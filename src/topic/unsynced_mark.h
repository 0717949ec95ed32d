#pragma once

// An empty file in a partition's directory where a sync failed, named "unsynced-42" after the
// offset up to which the log is on disk for certain: a full disk, which makes syncs fail, has room
// for a name. docs/formats/topic-log.md.

#include <string_view>

namespace millrace::topic {

constexpr std::string_view kUnsyncedMark = "unsynced-";

}  // namespace millrace::topic
