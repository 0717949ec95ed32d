// The list of aggregate functions. A new one goes into its family's file under aggregate/; a new
// family is a file there and a line here.

#include "function/aggregate/aggregates.h"

#include "base/ascii_case.h"

namespace millrace::function {

static std::vector<AggregateFunction> list_functions() {
  std::vector<AggregateFunction> functions;
  for (const auto family : {
           count_functions,
           sum_functions,
           extreme_aggregates,
           end_functions,
           deviation_functions,
           text_aggregates,
           list_aggregates,
           json_aggregates,
           percentile_functions,
           single_functions,
           bitmap_aggregates,
       }) {
    const std::span<const AggregateFunction> members = family();
    functions.insert(functions.end(), members.begin(), members.end());
  }
  return functions;
}

std::span<const AggregateFunction> all_aggregates() {
  static const std::vector<AggregateFunction> functions = list_functions();
  return functions;
}

static const AggregateFunction* find_in(std::span<const AggregateFunction> functions,
                                        std::string_view name) {
  const std::string upper = upper_case(name);
  for (const AggregateFunction& function : functions) {
    if (function.name == upper) {
      return &function;
    }
  }
  return nullptr;
}

const AggregateFunction* find_aggregate(std::string_view name) {
  return find_in(all_aggregates(), name);
}

const AggregateFunction* find_over_function(std::string_view name) {
  for (const auto family : {position_functions, over_deviations, means_of_sums}) {
    if (const AggregateFunction* function = find_in(family(), name)) {
      return function;
    }
  }
  return find_aggregate(name);
}

}  // namespace millrace::function
