#pragma once

// When a call of an aggregate function need not be computed, because another one is.

#include "plan/nodes.h"

namespace millrace::plan {

// Whether both give the same over the same rows, be they called what they are. Functions of two
// libraries are two, though they may have one name.
bool are_same(const AggregateCall& a, const AggregateCall& b);

}  // namespace millrace::plan
