#pragma once

// Structured log entries, for a sink that was handed in and mostly writes each as a line of JSON.
// Levels by who must act: error, somebody now; warning, somebody soon; info, nobody, but it
// happened once; debug, whoever is looking for something.

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/json.h"
#include "base/time.h"

namespace millrace {

class Clock;

enum class LogLevel : uint8_t { debug, info, warning, error, off };

std::string_view name_of(LogLevel level);

using LogField = std::pair<std::string_view, Json>;

// Good as long as the sink is at it.
struct LogEntry {
  Timestamp at;
  LogLevel level;
  std::string_view part;
  std::string_view what;
  std::span<const LogField> fields;

  // {"at": ..., "level": ..., "part": ..., "what": ..., and the fields}, without a '\n'.
  std::string to_json() const;
};

// Safe to share between threads.
class Log {
 public:
  using Sink = std::function<void(const LogEntry& entry)>;  // one call at a time

  // `clock` outlives the log.
  Log(const Clock* clock, LogLevel lowest, Sink sink);

  // log.info("broker", "partition recovered", {{"topic", name}, {"offset", 12}});
  void debug(std::string_view part, std::string_view what, std::initializer_list<LogField> f = {});
  void info(std::string_view part, std::string_view what, std::initializer_list<LogField> f = {});
  void warning(std::string_view part, std::string_view what,
               std::initializer_list<LogField> f = {});
  void error(std::string_view part, std::string_view what, std::initializer_list<LogField> f = {});

 private:
  void write(LogLevel level, std::string_view part, std::string_view what,
             std::initializer_list<LogField> fields);

  const Clock* clock_;
  LogLevel lowest_;
  std::mutex mutex_;
  Sink sink_;
};

}  // namespace millrace
