#pragma once

// Where log entries go: JSON to a file or a pipe, a short form for people at a terminal.

#include <string>
#include <string_view>

#include "base/log.h"

namespace millrace::io {
class Files;
}

namespace millrace::server {

struct Context;
struct Settings;

// The level of a name that the settings allow.
LogLevel log_level(std::string_view name);
// The file is opened here and appended to. Throws what the disk says.
Log::Sink make_log_sink(const Context& context, const std::string& file);
// "10:15:02 warning broker: partition damaged topic=orders".
std::string readable(const LogEntry& entry);

}  // namespace millrace::server
