#pragma once

// Upserts of which a change of a column that nobody reads is one all the same.

#include "plan/nodes.h"

namespace millrace::plan {

// Whether all columns of the upserts count, as in Flink: where what reads them is no projection or
// filter that could go below, and where there are several that read them.
bool sends_whole_rows(const Plan& plan, const Normalize& upserts);

}  // namespace millrace::plan
