// A call of a library's scalar function.

#include "function/foreign/arguments.h"
#include "function/foreign/library.h"
#include "function/foreign/results.h"

namespace millrace::function {

Column call_foreign(const KernelCall& call) {
  const ForeignFunction& function = *call.foreign;
  const std::vector<uint32_t> seen =
      rows_seen(call.arguments, call.rows, function.null_in_null_out);
  return computed_results(call, seen, [&](millrace_call& passed) {
    const ForeignArguments arguments(call.arguments, seen);
    passed.arguments = arguments.passed().size();
    passed.argument = arguments.passed().data();
    function.call(&passed);
  });
}

}  // namespace millrace::function
