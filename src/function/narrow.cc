#include "function/narrow.h"

#include <optional>

namespace millrace::function {

using Layout = Column::Layout;

// The one dictionary among constants.
static std::optional<size_t> only_dictionary(std::span<const Column> arguments) {
  std::optional<size_t> found;
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i].layout() == Layout::flat ||
        (arguments[i].layout() == Layout::dictionary && found)) {
      return std::nullopt;
    }
    if (arguments[i].layout() == Layout::dictionary) {
      found = i;
    }
  }
  return found;
}

static bool all_constant(std::span<const Column> arguments) {
  for (const Column& argument : arguments) {
    if (argument.layout() != Layout::constant) {
      return false;
    }
  }
  return true;
}

static Column compute_once(std::span<const Column> arguments, const Rows& rows, size_t size,
                           EvaluationContext& context, const Compute& compute) {
  EvaluationContext once(context.now());
  const Column value = compute(arguments, Rows(1), 1, once);
  if (!once.failures().empty()) {
    for_each(rows, [&](uint32_t row) { context.fail(row, once.failures().front().reason); });
  }
  return Column::constant(value, size);
}

static Column compute_distinct(std::span<const Column> arguments, size_t dictionary,
                               const Rows& rows, EvaluationContext& context,
                               const Compute& compute) {
  const auto& codes = arguments[dictionary].shared_codes();
  std::vector<Column> distinct(arguments.begin(), arguments.end());
  distinct[dictionary] = arguments[dictionary].stored();
  const size_t count = distinct[dictionary].size();
  for (Column& argument : distinct) {
    if (argument.layout() == Layout::constant) {
      argument = Column::constant(argument, count);
    }
  }
  EvaluationContext per_value(context.now());
  Column values = compute(distinct, Rows(count), count, per_value);
  if (!per_value.failures().empty()) {
    std::vector<const std::string*> reasons(count, nullptr);
    for (const auto& failure : per_value.failures()) {
      reasons[failure.row] = &failure.reason;
    }
    for_each(rows, [&](uint32_t row) {
      if (const std::string* reason = reasons[(*codes)[row]]) {
        context.fail(row, *reason);
      }
    });
  }
  return values.layout() == Layout::constant ? Column::constant(values, codes->size())
                                             : Column::dictionary(values, codes);
}

Column compute_narrowly(std::span<const Column> arguments, const Rows& rows, size_t size,
                        EvaluationContext& context, const Compute& compute) {
  if (all_constant(arguments)) {
    return compute_once(arguments, rows, size, context, compute);
  }
  const std::optional<size_t> dictionary = only_dictionary(arguments);
  // A dictionary shared by a whole stream may hold more values than this batch has rows.
  if (dictionary && arguments[*dictionary].stored().size() <= rows.size()) {
    return compute_distinct(arguments, *dictionary, rows, context, compute);
  }
  return compute(arguments, rows, size, context);
}

}  // namespace millrace::function
