#include "server/log_sink.h"

#include "base/error.h"
#include "io/files.h"
#include "server/context.h"

namespace millrace::server {

LogLevel log_level(std::string_view name) {
  return name == "debug"     ? LogLevel::debug
         : name == "warning" ? LogLevel::warning
         : name == "error"   ? LogLevel::error
                             : LogLevel::info;
}

std::string readable(const LogEntry& entry) {
  std::string text = to_iso8601(entry.at).substr(11, 8) + " ";
  if (entry.level != LogLevel::info) {
    text.append(name_of(entry.level)) += " ";
  }
  text.append(entry.part).append(": ").append(entry.what);
  for (const auto& [name, value] : entry.fields) {
    text.append(" ").append(name) += "=";
    text += value.is_string() ? value.as_string() : value.dump();
  }
  return text;
}

Log::Sink make_log_sink(const Context& context, const std::string& file) {
  if (!file.empty()) {
    const std::shared_ptr<io::File> opened = context.files->open(file, io::OpenMode::append);
    return [opened, err = context.err](const LogEntry& entry) {
      const std::string line = entry.to_json() + "\n";
      try {
        opened->append(line);
      } catch (const Error& error) {
        // A log that cannot be written must not end the work it reports on.
        err(std::string(error.what()) + "\n" + line);
      }
    };
  }
  if (context.err_is_terminal) {
    return [err = context.err](const LogEntry& entry) { err(readable(entry) + "\n"); };
  }
  return [err = context.err](const LogEntry& entry) { err(entry.to_json() + "\n"); };
}

}  // namespace millrace::server
