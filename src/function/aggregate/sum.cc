// SUM and AVG. A sum has its argument's type and wraps as Java's; of decimals it has 38 digits and
// is NULL beyond. Both are NULL over no values. Doubles are added in the order of arrival, floats
// as floats for a sum and as doubles for a mean. Where Flink computes the mean of the sum, so is
// ours: of floats, and of integers that wrap.

#include "column/physical.h"
#include "function/aggregate/accumulate.h"
#include "function/aggregate/aggregates.h"
#include "function/aggregate/decimal_sum.h"
#include "function/types.h"

namespace millrace::function {

namespace {

// Sums of integers are kept in 64 bits: cut to fewer in the end, they are what wrapping at each
// step would have given.
template <typename Total>
struct Sum {
  Total total;
  int64_t count;
};

enum class Wanted : uint8_t { sum, average, average_of_sum };

template <typename T, Wanted wanted>
using TotalOf = std::conditional_t<std::is_integral_v<T>, int64_t,
                                   std::conditional_t<wanted == Wanted::average, double, T>>;
template <typename T, Wanted wanted>
using SumOf = Sum<TotalOf<T, wanted>>;

// Without a sign, where wrapping is defined.
template <typename Total>
using StepOf = std::conditional_t<std::is_integral_v<Total>, uint64_t, Total>;

template <typename Total>
void move(Sum<Total>& state, StepOf<Total> by) {
  state.total = static_cast<Total>(static_cast<StepOf<Total>>(state.total) + by);
}

template <typename Total, typename T>
void add(Sum<Total>& state, T value) {
  move(state, static_cast<StepOf<Total>>(value));
  ++state.count;
}
template <typename Total, typename T>
void take_back(Sum<Total>& state, T value) {
  move(state, static_cast<StepOf<Total>>(-1) * static_cast<StepOf<Total>>(value));
  --state.count;
}

template <typename Total, typename T>
void update(char* const* states, std::span<const Column> arguments, const Rows& rows,
            std::span<const RowKind> kinds) {
  change_each<Sum<Total>, T>(states, arguments[0], rows, kinds, Calling<add<Total, T>>(),
                             Calling<take_back<Total, T>>());
}

template <typename Total>
void merge(char* into, const char* from) {
  auto& sum = state_at<Sum<Total>>(into);
  const auto& other = state_at<const Sum<Total>>(from);
  move(sum, static_cast<StepOf<Total>>(other.total));
  sum.count += other.count;
}

template <typename State, typename R>
std::optional<R> sum_of(const State& state) {
  return state.count == 0 ? std::nullopt : std::optional<R>(static_cast<R>(state.total));
}

template <typename State, typename R>
std::optional<R> average_of(const State& state) {
  if (state.count == 0) {
    return std::nullopt;
  }
  using Total = decltype(state.total);
  return static_cast<R>(state.total / static_cast<Total>(state.count));
}

// The sum is one in the type of the values, to which it has wrapped.
template <typename State, typename R>
std::optional<R> average_of_sum(const State& state) {
  const std::optional<R> sum = sum_of<State, R>(state);
  if (!sum) {
    return std::nullopt;
  }
  using Total = decltype(state.total);
  return static_cast<R>(static_cast<Total>(*sum) / static_cast<Total>(state.count));
}

template <typename State, typename R, std::optional<R> (*value_of)(const State&)>
Column finish(char* const* states, size_t count, const Type& result) {
  return finish_each<State, R>(states, count, result, Calling<value_of>());
}

template <typename Total, typename T, std::optional<T> (*value_of)(const Sum<Total>&)>
Column trace(char* const* states, const Additions& rows, const Type& result) {
  return trace_each<Sum<Total>, T, T>(states, rows, result, Calling<add<Total, T>>(),
                                      Calling<take_back<Total, T>>(), Calling<value_of>());
}

// A mean that was NULL stays so.
template <Wanted wanted>
void add_decimal(DecimalSum& state, __int128 value) {
  if (wanted == Wanted::sum) {
    state.add_anew(value);
  } else {
    state.add(value, 1);
  }
}
void take_back_decimal(DecimalSum& state, __int128 value) { state.take_back(value); }

template <typename T, Wanted wanted>
void update_decimal(char* const* states, std::span<const Column> arguments, const Rows& rows,
                    std::span<const RowKind> kinds) {
  change_each<DecimalSum, T>(states, arguments[0], rows, kinds, Calling<add_decimal<wanted>>(),
                             Calling<take_back_decimal>());
}

template <typename T, Wanted wanted, std::optional<__int128> (*value_of)(const DecimalSum&)>
Column trace_decimal(char* const* states, const Additions& rows, const Type& result) {
  return trace_each<DecimalSum, T, __int128>(states, rows, result, Calling<add_decimal<wanted>>(),
                                             Calling<take_back_decimal>(), Calling<value_of>());
}

void merge_decimal(char* into, const char* from) {
  const DecimalSum& other = state_at<DecimalSum>(from);
  DecimalSum& sum = state_at<DecimalSum>(into);
  sum.add(other.total(), other.count);
  sum.overflowed |= other.overflowed;
}

std::optional<__int128> decimal_sum_of(const DecimalSum& state) { return state.sum(); }

// The sum's scale is kept up to six digits after the point: AVG(DECIMAL(p, s)) has scale max(6, s),
// so what to append follows from the result, unless s is larger, when it is nothing.
template <int appended_digits>
std::optional<__int128> decimal_average_of(const DecimalSum& state) {
  const std::optional<__int128> sum = state.sum();
  return sum ? divided(*sum, state.count, appended_digits) : std::nullopt;
}

// The functions whose results are value_of(state).
template <Wanted wanted, std::optional<__int128> (*value_of)(const DecimalSum&)>
AggregateSignature of_decimals(const Type& argument) {
  const bool wide = argument.physical() == Physical::i128;
  AggregateSignature signature;
  signature.size = sizeof(DecimalSum);
  signature.update = wide ? update_decimal<__int128, wanted> : update_decimal<int64_t, wanted>;
  signature.trace =
      wide ? trace_decimal<__int128, wanted, value_of> : trace_decimal<int64_t, wanted, value_of>;
  signature.finish = finish<DecimalSum, __int128, value_of>;
  signature.merge = merge_decimal;
  signature.save = save_bytes<DecimalSum>;
  signature.load = load_bytes<DecimalSum>;
  return signature;
}

AggregateSignature average_of_decimals(const Type& argument) {
  using Make = AggregateSignature (*)(const Type&);
  constexpr Make kByScale[] = {of_decimals<Wanted::average, decimal_average_of<6>>,
                               of_decimals<Wanted::average, decimal_average_of<5>>,
                               of_decimals<Wanted::average, decimal_average_of<4>>,
                               of_decimals<Wanted::average, decimal_average_of<3>>,
                               of_decimals<Wanted::average, decimal_average_of<2>>,
                               of_decimals<Wanted::average, decimal_average_of<1>>,
                               of_decimals<Wanted::average, decimal_average_of<0>>};
  return kByScale[std::min(argument.scale, 6)](argument);
}

template <typename Total, typename T>
AggregateSignature of_numbers() {
  AggregateSignature signature;
  signature.size = sizeof(Sum<Total>);
  signature.update = update<Total, T>;
  signature.merge = merge<Total>;
  signature.save = save_bytes<Sum<Total>>;
  signature.load = load_bytes<Sum<Total>>;
  return signature;
}

template <Wanted wanted>
AggregateSignature signature_for(const Type& argument) {
  if (argument.kind == TypeKind::decimal) {
    const bool is_sum = wanted == Wanted::sum;
    AggregateSignature signature =
        is_sum ? of_decimals<Wanted::sum, decimal_sum_of>(argument) : average_of_decimals(argument);
    signature.result = Type::decimal(38, is_sum ? argument.scale : std::max(6, argument.scale));
    return signature;
  }
  return with_physical(argument.physical(), [&](auto zero) -> AggregateSignature {
    using T = decltype(zero);
    if constexpr (std::is_arithmetic_v<T>) {
      using State = SumOf<T, wanted>;
      using Total = TotalOf<T, wanted>;
      constexpr auto kValueOf = wanted == Wanted::sum       ? sum_of<State, T>
                                : wanted == Wanted::average ? average_of<State, T>
                                                            : average_of_sum<State, T>;
      AggregateSignature signature = of_numbers<Total, T>();
      signature.result = argument.as_nullable();
      signature.finish = finish<State, T, kValueOf>;
      signature.trace = trace<Total, T, kValueOf>;
      return signature;
    } else {
      return {};
    }
  });
}

template <Wanted wanted>
std::optional<AggregateSignature> bind(std::span<const Type> given) {
  if (given.size() != 1 || !given[0].is_numeric()) {
    return std::nullopt;
  }
  AggregateSignature signature = signature_for<wanted>(given[0]);
  signature.name = wanted == Wanted::sum ? "SUM" : "AVG";
  if (wanted == Wanted::average_of_sum && given[0].kind == TypeKind::float_) {
    signature.name = "AVG OF SUM";  // its state is another
  }
  signature.arguments = {given[0]};
  signature.retracts = true;
  signature.in_any_order = true;
  signature.entries = AggregateSignature::Entries::one;
  signature.null_as_argument = true;  // though a sum of decimals may have too many digits
  return signature;
}

constexpr AggregateFunction kFunctions[] = {
    {"SUM", "SUM(number)", "The sum of the values that are not NULL, in their type.",
     bind<Wanted::sum>},
    {"AVG", "AVG(number)",
     "The mean of the values that are not NULL; of integers without fraction.",
     bind<Wanted::average>},
};

constexpr AggregateFunction kOfSums[] = {
    {"AVG", "AVG(number) OVER (...)", "The same, from the sum of the values in their type.",
     bind<Wanted::average_of_sum>},
};

}  // namespace

std::span<const AggregateFunction> sum_functions() { return kFunctions; }
std::span<const AggregateFunction> means_of_sums() { return kOfSums; }

}  // namespace millrace::function
