// COUNT(*) counts rows, COUNT(x) those in which x is not NULL.

#include "function/aggregate/accumulate.h"
#include "function/aggregate/aggregates.h"

namespace millrace::function {

namespace {

struct Count {
  int64_t rows;
};

void count_all(char* const* states, std::span<const Column>, const Rows& rows,
               std::span<const RowKind> kinds) {
  if (kinds.empty()) {
    for (size_t i = 0; i < rows.size(); ++i) {
      ++state_at<Count>(states[i]).rows;
    }
    return;
  }
  for (size_t i = 0; i < rows.size(); ++i) {
    state_at<Count>(states[i]).rows += is_addition(kinds[rows[i]]) ? 1 : -1;
  }
}

void count_values(char* const* states, std::span<const Column> arguments, const Rows& rows,
                  std::span<const RowKind> kinds) {
  const Column& column = arguments[0];
  if (!column.may_have_nulls()) {
    return count_all(states, arguments, rows, kinds);
  }
  for (size_t i = 0; i < rows.size(); ++i) {
    if (!column.is_null(rows[i])) {
      const bool leaves = !kinds.empty() && !is_addition(kinds[rows[i]]);
      state_at<Count>(states[i]).rows += leaves ? -1 : 1;
    }
  }
}

void merge(char* into, const char* from) {
  state_at<Count>(into).rows += state_at<Count>(from).rows;
}

std::optional<int64_t> value_of(const Count& state) { return state.rows; }

Column finish(char* const* states, size_t count, const Type& result) {
  return finish_each<Count, int64_t>(states, count, result, Calling<value_of>());
}

void count_one(Count& state, bool leaves) { state.rows += leaves ? -1 : 1; }

Column trace_all(char* const* states, const Additions& rows, const Type& result) {
  return trace_rows<Count, int64_t>(
      states, rows, result, [](Count& state, uint32_t, bool leaves) { count_one(state, leaves); },
      Calling<value_of>());
}

Column trace_values(char* const* states, const Additions& rows, const Type& result) {
  const Column& column = rows.arguments[0];
  return trace_rows<Count, int64_t>(
      states, rows, result,
      [&](Count& state, uint32_t row, bool leaves) {
        if (!column.is_null(row)) {
          count_one(state, leaves);
        }
      },
      Calling<value_of>());
}

std::optional<AggregateSignature> bind_count(std::span<const Type> given) {
  if (given.size() > 1) {
    return std::nullopt;
  }
  AggregateSignature signature;
  signature.name = "COUNT";
  signature.arguments.assign(given.begin(), given.end());
  signature.result = Type::of(TypeKind::bigint, false);
  signature.size = sizeof(Count);
  signature.retracts = true;
  signature.in_any_order = true;
  signature.changes_with_each_row = given.empty() || !given[0].nullable;
  signature.entries = AggregateSignature::Entries::one;
  signature.update = given.empty() ? count_all : count_values;
  signature.trace = given.empty() ? trace_all : trace_values;
  signature.merge = merge;
  signature.finish = finish;
  signature.save = save_bytes<Count>;
  signature.load = load_bytes<Count>;
  return signature;
}

std::optional<AggregateSignature> bind_count_of_values(std::span<const Type> given) {
  return given.size() == 1 ? bind_count(given) : std::nullopt;
}

constexpr AggregateFunction kFunctions[] = {
    {.name = "COUNT",
     .signature = "COUNT(*), COUNT(value)",
     .description = "The number of rows, or of those where the value is not NULL.",
     .bind = bind_count,
     .over_nothing = OverNothing::zero,
     .takes_star = true},
    {.name = "APPROX_COUNT_DISTINCT",
     .signature = "APPROX_COUNT_DISTINCT(value)",
     .description = "In batch mode: how many values there are; the exact number.",
     .bind = bind_count_of_values,
     .over_nothing = OverNothing::zero,
     .in_batch_alone = true,
     .approximates = true},
};

}  // namespace

std::span<const AggregateFunction> count_functions() { return kFunctions; }

}  // namespace millrace::function
