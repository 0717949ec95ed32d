#pragma once

// Nested arguments without layouts in between.

#include "column/nested.h"
#include "function/scalar.h"

namespace millrace::function {

// An argument as a flat column of the call's rows.
inline Column flat_argument(const KernelCall& call, size_t number) {
  const Column& argument = call.arguments[number];
  return argument.layout() == Column::Layout::constant ? flattened(argument.slice(0, call.size))
                                                       : flattened(argument);
}

}  // namespace millrace::function
