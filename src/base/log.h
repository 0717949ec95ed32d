#pragma once

// Structured log lines: one JSON object a line, on a sink that was handed in. Levels by who must
// act: error, somebody now; warning, somebody soon; info, nobody, but it happened once; debug,
// whoever is looking for something.

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "base/json.h"

namespace millrace {

class Clock;

enum class LogLevel : uint8_t { debug, info, warning, error, off };

using LogField = std::pair<std::string_view, Json>;

// Safe to share between threads.
class Log {
 public:
  using Sink = std::function<void(std::string_view line)>;  // gets the line without its '\n'

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
