#pragma once

// Runs a script (script.h) on a machine (machine.h), calmly or with crashes (crashes.h) at writes,
// syncs and renames. Whatever crashes, what the script expects must come out.

#include <cstdint>
#include <string>

#include "catalog/check_options.h"
#include "io/files.h"
#include "rehearsal/crashes.h"
#include "rehearsal/script.h"

namespace millrace::rehearsal {

struct Outcome {
  std::string path;
  bool passed = false;
  std::string report;    // of a failure: the place and what differed
  uint64_t steps = 0;    // of the disk: places where it could have crashed
  uint32_t crashes = 0;  // that were made
};

// `files` is the real disk, from which the pipeline file is read, and the files that its tables
// name.
Outcome rehearse(const Script& script, io::Files& files, const catalog::Connections& connections,
                 const Crashes& crashes);

}  // namespace millrace::rehearsal
