#pragma once

// A world of its own for a test: a clock that stands, a disk in memory, a log that is kept.

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/random.h"
#include "io/simulated_files.h"
#include "io/world.h"

namespace millrace::exec::testing {

struct TestWorld {
  ManualClock clock{Timestamp{1'767'225'600'000}};
  Random random{1};
  io::SimulatedFiles files{1};
  std::vector<std::string> lines;  // of the log
  Log log{&clock, LogLevel::debug,
          [this](const LogEntry& entry) { lines.push_back(entry.to_json()); }};
  Metrics metrics;

  io::World get() { return {&clock, &random, &files, &log, &metrics}; }
};

}  // namespace millrace::exec::testing
