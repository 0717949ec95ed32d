// SINGLE_VALUE: the value of the group's one row. A second row is an error, as it is in Flink: what
// stands for one value must not be several.

#include "base/error.h"
#include "column/physical.h"
#include "function/aggregate/aggregates.h"
#include "function/aggregate/gathered.h"

namespace millrace::function {

namespace {

template <typename T>
auto changing(std::span<const Column> arguments) {
  return [view = View<T>(arguments[0])](Owned<Gathered<T>>& state, uint32_t row, bool leaves) {
    Gathered<T>& held = state.get();
    if (leaves) {
      return held.take_back(stored_value(view, row));
    }
    if (!held.values.empty()) {
      throw Error(ErrorCode::invalid_argument,
                  "SingleValueAggFunction received more than one element.");
    }
    held.add(stored_value(view, row));
  };
}

template <typename T>
std::optional<ResultOf<T>> value_of(const Owned<Gathered<T>>& state) {
  if (state.held == nullptr || state.held->values.empty() || !state.held->values.front()) {
    return std::nullopt;
  }
  return *state.held->values.front();
}

template <typename T>
void update(char* const* states, std::span<const Column> arguments, const Rows& rows,
            std::span<const RowKind> kinds) {
  change_rows<Owned<Gathered<T>>>(states, rows, kinds, changing<T>(arguments));
}

template <typename T>
Column trace(char* const* states, const Additions& rows, const Type& result) {
  return trace_rows<Owned<Gathered<T>>, ResultOf<T>>(states, rows, result,
                                                     changing<T>(rows.arguments), value_of<T>);
}

template <typename T>
Column finish(char* const* states, size_t count, const Type& result) {
  return finish_each<Owned<Gathered<T>>, ResultOf<T>>(states, count, result, value_of<T>);
}

std::optional<AggregateSignature> bind(std::span<const Type> given) {
  if (given.size() != 1 || given[0].physical() == Physical::nested ||
      given[0].kind == TypeKind::null_) {
    return std::nullopt;
  }
  return with_physical(given[0].physical(), [&](auto zero) {
    using T = decltype(zero);
    AggregateSignature signature = owned_signature<Gathered<T>>();
    signature.name = "SINGLE_VALUE";
    signature.arguments = {given[0]};
    signature.result = given[0].as_nullable();
    signature.retracts = true;
    signature.update = update<T>;
    signature.trace = trace<T>;
    signature.finish = finish<T>;
    signature.merge = merge_owned<Gathered<T>>;
    return signature;
  });
}

constexpr AggregateFunction kFunctions[] = {
    {"SINGLE_VALUE", "SINGLE_VALUE(value)",
     "The value of the group's one row; a second is an error.", bind},
};

}  // namespace

std::span<const AggregateFunction> single_functions() { return kFunctions; }

}  // namespace millrace::function
