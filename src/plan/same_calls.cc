#include "plan/same_calls.h"

namespace millrace::plan {

static bool are_same(const function::AggregateSignature& a, const function::AggregateSignature& b) {
  return a.name == b.name && a.update == b.update && a.foreign == b.foreign && a.result == b.result;
}

bool are_same(const AggregateCall& a, const AggregateCall& b) {
  return are_same(*a.function, *b.function) && a.arguments == b.arguments && a.filter == b.filter &&
         a.distinct == b.distinct;
}

}  // namespace millrace::plan
