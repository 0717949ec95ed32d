#include "base/log.h"

#include "base/clock.h"

namespace millrace {

Log::Log(const Clock* clock, LogLevel lowest, Sink sink)
    : clock_(clock), lowest_(lowest), sink_(std::move(sink)) {}

void Log::debug(std::string_view part, std::string_view what, std::initializer_list<LogField> f) {
  write(LogLevel::debug, part, what, f);
}
void Log::info(std::string_view part, std::string_view what, std::initializer_list<LogField> f) {
  write(LogLevel::info, part, what, f);
}
void Log::warning(std::string_view part, std::string_view what, std::initializer_list<LogField> f) {
  write(LogLevel::warning, part, what, f);
}
void Log::error(std::string_view part, std::string_view what, std::initializer_list<LogField> f) {
  write(LogLevel::error, part, what, f);
}

std::string_view name_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return "debug";
    case LogLevel::info: return "info";
    case LogLevel::warning: return "warning";
    case LogLevel::error: return "error";
    case LogLevel::off: return "off";
  }
  return "";
}

std::string LogEntry::to_json() const {
  Json line = Json::object(
      {{"at", to_iso8601(at)}, {"level", name_of(level)}, {"part", part}, {"what", what}});
  for (const auto& [name, value] : fields) {
    line.set(std::string(name), value);
  }
  return line.dump();
}

void Log::write(LogLevel level, std::string_view part, std::string_view what,
                std::initializer_list<LogField> fields) {
  if (level < lowest_) {
    return;
  }
  const LogEntry entry{clock_->now(), level, part, what, {fields.begin(), fields.size()}};
  const std::lock_guard lock(mutex_);
  sink_(entry);
}

}  // namespace millrace
