#pragma once

// Runs a script (script.h) on a machine (machine.h), calmly or with crashes (crashes.h) at writes,
// syncs and renames. Whatever crashes, what the script expects must come out.

#include <cstddef>
#include <cstdint>
#include <string>

#include "catalog/check_options.h"
#include "exec/pipeline.h"
#include "io/files.h"
#include "rehearsal/crashes.h"
#include "rehearsal/script.h"

namespace millrace::codec {
class Parquet;
}

namespace millrace::rehearsal {

struct Outcome {
  std::string path;
  bool passed = false;
  std::string report;    // of a failure: the place and what differed
  uint64_t steps = 0;    // of the disk: places where it could have crashed
  uint32_t crashes = 0;  // that were made
};

// How a step's records come, and whether state stays in memory behind them. Whatever the pace, what
// the script expects must come out.
struct Pace {
  size_t at_once = SIZE_MAX;  // records; behind them the pipelines rest and end their epochs
  enum class Behind : uint8_t { nothing, restart } behind = Behind::nothing;
  exec::Spills spills = exec::Spills::over_budget;
};

// What rehearsals take from the machine that they run on. Outlives them.
struct Surroundings {
  io::Files* files;  // the real disk: pipeline files, and the files that their tables name
  codec::Parquet* parquet;
  catalog::Connections connections;
};

Outcome rehearse(const Script& script, const Surroundings& surroundings, const Crashes& crashes,
                 const Pace& pace = {});

}  // namespace millrace::rehearsal
