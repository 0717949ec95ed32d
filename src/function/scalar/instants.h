#pragma once

// What follows from the precision or the pattern that is written in a call.

#include "column/column.h"
#include "function/scalar.h"

namespace millrace::function {

// A bound TO_TIMESTAMP_LTZ whose second argument is a literal; any other function as it is.
ScalarSignature with_precision_of(ScalarSignature signature, const Column& second);

// Throws Error(invalid_argument), with no place, where the literal second argument of a function
// that takes patterns of times is none.
void check_time_pattern(const ScalarSignature& signature, const Column& second);

}  // namespace millrace::function
