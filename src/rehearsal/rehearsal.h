#pragma once

// Runs a script (script.h) on a machine (machine.h), calmly or with crashes at random writes, syncs
// and renames. Whatever crashes, what the script expects must come out.

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"
#include "catalog/check_options.h"
#include "io/files.h"
#include "rehearsal/script.h"

namespace millrace::rehearsal {

struct Outcome {
  std::string path;
  bool passed = false;
  std::string report;    // of a failure: the place and what differed
  uint64_t steps = 0;    // of the disk: places where it could have crashed
  uint32_t crashes = 0;  // that were made
};

// Where a run crashes is drawn from the seed; a seed replays its run.
struct Faults {
  uint64_t seed = 0;
  uint64_t steps = 0;  // of the calm run, over which the crashes are spread
};

// `files` is the real disk, from which the pipeline file is read.
Outcome rehearse(const Script& script, io::Files& files, const catalog::Connections& connections,
                 const std::optional<Faults>& faults);

}  // namespace millrace::rehearsal
