#include "plan/bind/means_of_sums.h"

#include <algorithm>
#include <functional>
#include <set>
#include <tuple>

namespace millrace::plan {

namespace {

// A function and what it is of: the input's columns, the filter's, whether each value counts once.
using Part = std::tuple<std::string, std::vector<size_t>, std::optional<size_t>, bool>;
using Calls = std::vector<std::reference_wrapper<AggregateCall>>;

Part part_of(const std::string& function, const AggregateCall& call) {
  return {function, call.arguments, call.filter, call.distinct};
}

// Where no value is NULL, all rows are counted.
Part count_of(const AggregateCall& call) {
  Part count = part_of("COUNT", call);
  const std::vector<Type>& types = call.function->arguments;
  if (!call.distinct && !types.empty() && !types[0].nullable) {
    std::get<std::vector<size_t>>(count).clear();
  }
  return count;
}

bool is_sum(const AggregateCall& call) { return call.function->name == "SUM"; }
bool is_mean(const AggregateCall& call) { return call.function->name == "AVG"; }

Part written(const AggregateCall& call) {
  return call.function->name == "COUNT" ? count_of(call) : part_of(call.function->name, call);
}

std::set<Part> parts_written(const Calls& calls) {
  std::set<Part> parts;
  for (const AggregateCall& call : calls) {
    parts.insert(written(call));
  }
  return parts;
}

// A sum that may be NULL is one that begins with 0 and is looked at where the count is not 0.
std::set<Part> sums_and_counts(const Calls& calls) {
  std::set<Part> parts;
  for (const AggregateCall& call : calls) {
    const bool reduced = is_sum(call) || is_mean(call);
    parts.insert(reduced ? part_of("SUM", call) : written(call));
    if (is_mean(call) || (is_sum(call) && call.function->result.nullable)) {
      parts.insert(count_of(call));
    }
  }
  return parts;
}

void compute_in(const Calls& calls) {
  const bool has_deviation = std::any_of(calls.begin(), calls.end(), [](const AggregateCall& call) {
    return call.function->changes_with_each_value;
  });
  if (!has_deviation && sums_and_counts(calls).size() >= parts_written(calls).size()) {
    return;
  }
  for (AggregateCall& call : calls) {
    if (is_mean(call)) {
      const Type result = call.function->result;
      auto mean = *function::find_over_function("AVG")->bind(call.function->arguments);
      mean.result = result;
      call.function = std::make_shared<const function::AggregateSignature>(std::move(mean));
    }
  }
}

}  // namespace

void compute_means_of_sums(std::vector<AggregateCall>& calls, bool batch) {
  Calls plain;
  Calls distinct;
  for (AggregateCall& call : calls) {
    (batch && call.distinct ? distinct : plain).push_back(call);
  }
  compute_in(plain);
  compute_in(distinct);
}

}  // namespace millrace::plan
