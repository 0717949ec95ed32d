#pragma once

// The machine as the program finds it, for a workload: its clock and its disk, errors to stderr.

#include <cstdio>
#include <string_view>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/random.h"
#include "io/files.h"
#include "io/world.h"

namespace millrace::bench {

struct RealWorld {
  SystemClock clock;
  Random random{1};
  io::LocalFiles files;
  Log log{&clock, LogLevel::error,
          [](const LogEntry& entry) { std::fprintf(stderr, "%s\n", entry.to_json().c_str()); }};
  Metrics metrics;

  io::World get() { return {&clock, &random, &files, &log, &metrics}; }
};

}  // namespace millrace::bench
