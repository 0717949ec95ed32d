#pragma once

#include "plan/nodes.h"

namespace millrace::plan {

// Whether the job's rows take the place of others (INSERT OVERWRITE). Such a job is over with its
// input: what came since would take the place of what it wrote.
bool overwrites(const Plan& plan);

}  // namespace millrace::plan
