// SUM and AVG. A sum has its argument's type and wraps as Java's; of decimals it has 38 digits and
// is NULL beyond. Both are NULL over no values. Doubles are added in the order of arrival.

#include "column/physical.h"
#include "function/aggregate/accumulate.h"
#include "function/aggregate/aggregates.h"
#include "function/types.h"
#include "function/value/decimal.h"

namespace millrace::function {

namespace {

// Sums of integers are kept in 64 bits: cut to fewer in the end, they are what wrapping at each
// step would have given.
template <typename Total>
struct Sum {
  Total total;
  int64_t count;
};

using IntegerSum = Sum<int64_t>;
using FloatingSum = Sum<double>;

template <typename T>
using SumOf = std::conditional_t<std::is_integral_v<T>, IntegerSum, FloatingSum>;

// Without a sign, where wrapping is defined.
template <typename T>
using StepOf = std::conditional_t<std::is_integral_v<T>, uint64_t, double>;

template <typename T>
void move(SumOf<T>& state, StepOf<T> by) {
  using Total = decltype(SumOf<T>::total);
  state.total = static_cast<Total>(static_cast<StepOf<T>>(state.total) + by);
}

template <typename T>
void add(SumOf<T>& state, T value) {
  move<T>(state, static_cast<StepOf<T>>(value));
  ++state.count;
}
template <typename T>
void take_back(SumOf<T>& state, T value) {
  move<T>(state, static_cast<StepOf<T>>(-1) * static_cast<StepOf<T>>(value));
  --state.count;
}

template <typename T>
void update(char* const* states, std::span<const Column> arguments, const Rows& rows,
            std::span<const RowKind> kinds) {
  change_each<SumOf<T>, T>(states, arguments[0], rows, kinds, add<T>, take_back<T>);
}

template <typename State>
void merge(char* into, const char* from) {
  State& sum = state_at<State>(into);
  const State& other = state_at<State>(from);
  using Step = std::conditional_t<std::is_same_v<State, IntegerSum>, uint64_t, double>;
  sum.total = static_cast<decltype(sum.total)>(static_cast<Step>(sum.total) +
                                               static_cast<Step>(other.total));
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

template <typename State, typename R, std::optional<R> (*value_of)(const State&)>
Column finish(char* const* states, size_t count, const Type& result) {
  return finish_each<State, R>(states, count, result, value_of);
}

template <typename T, std::optional<T> (*value_of)(const SumOf<T>&)>
Column trace(char* const* states, const Additions& rows, const Type& result) {
  return trace_each<SumOf<T>, T, T>(states, rows, result, add<T>, take_back<T>, value_of);
}

// 128 bits kept as two halves, since slots are aligned to 8.
struct DecimalSum {
  uint64_t low;
  int64_t high;
  int64_t count;
  int64_t overflowed;

  __int128 total() const { return (static_cast<__int128>(high) << 64) | low; }
  void add(__int128 value, int64_t rows) {
    const __int128 sum = total() + value;
    // Beyond 38 digits the sum is NULL for good, as in Flink.
    overflowed |= fits_precision(sum, kMaxDecimalDigits) ? 0 : 1;
    if (overflowed == 0) {
      low = static_cast<uint64_t>(sum);
      high = static_cast<int64_t>(sum >> 64);
    }
    count += rows;
  }
};

template <typename T>
void update_decimal(char* const* states, std::span<const Column> arguments, const Rows& rows,
                    std::span<const RowKind> kinds) {
  change_each<DecimalSum, T>(
      states, arguments[0], rows, kinds,
      [](DecimalSum& state, const T& value) { state.add(value, 1); },
      [](DecimalSum& state, const T& value) { state.add(-value, -1); });
}

template <typename T, std::optional<__int128> (*value_of)(const DecimalSum&)>
Column trace_decimal(char* const* states, const Additions& rows, const Type& result) {
  return trace_each<DecimalSum, T, __int128>(
      states, rows, result, [](DecimalSum& state, const T& value) { state.add(value, 1); },
      [](DecimalSum& state, const T& value) { state.add(-value, -1); }, value_of);
}

void merge_decimal(char* into, const char* from) {
  const DecimalSum& other = state_at<DecimalSum>(from);
  DecimalSum& sum = state_at<DecimalSum>(into);
  sum.add(other.total(), other.count);
  sum.overflowed |= other.overflowed;
}

std::optional<__int128> decimal_sum_of(const DecimalSum& state) {
  const bool none = state.count == 0 || state.overflowed != 0;
  return none ? std::nullopt : std::optional(state.total());
}

// The sum's scale is kept up to six digits after the point: AVG(DECIMAL(p, s)) has scale max(6, s),
// so what to append follows from the result, unless s is larger, when it is nothing.
template <int appended_digits>
std::optional<__int128> decimal_average_of(const DecimalSum& state) {
  if (state.count == 0 || state.overflowed != 0) {
    return std::nullopt;
  }
  return divided(state.total(), state.count, appended_digits);
}

// The functions whose results are value_of(state).
template <std::optional<__int128> (*value_of)(const DecimalSum&)>
AggregateSignature of_decimals(const Type& argument) {
  const bool wide = argument.physical() == Physical::i128;
  AggregateSignature signature;
  signature.size = sizeof(DecimalSum);
  signature.update = wide ? update_decimal<__int128> : update_decimal<int64_t>;
  signature.trace = wide ? trace_decimal<__int128, value_of> : trace_decimal<int64_t, value_of>;
  signature.finish = finish<DecimalSum, __int128, value_of>;
  signature.merge = merge_decimal;
  signature.save = save_bytes<DecimalSum>;
  signature.load = load_bytes<DecimalSum>;
  return signature;
}

AggregateSignature average_of_decimals(const Type& argument) {
  using Make = AggregateSignature (*)(const Type&);
  constexpr Make kByScale[] = {
      of_decimals<decimal_average_of<6>>, of_decimals<decimal_average_of<5>>,
      of_decimals<decimal_average_of<4>>, of_decimals<decimal_average_of<3>>,
      of_decimals<decimal_average_of<2>>, of_decimals<decimal_average_of<1>>,
      of_decimals<decimal_average_of<0>>};
  return kByScale[std::min(argument.scale, 6)](argument);
}

template <typename T>
AggregateSignature of_numbers() {
  AggregateSignature signature;
  signature.size = sizeof(SumOf<T>);
  signature.update = update<T>;
  signature.merge = merge<SumOf<T>>;
  signature.save = save_bytes<SumOf<T>>;
  signature.load = load_bytes<SumOf<T>>;
  return signature;
}

enum class Wanted : uint8_t { sum, average };

template <Wanted wanted>
AggregateSignature signature_for(const Type& argument) {
  if (argument.kind == TypeKind::decimal) {
    const bool is_sum = wanted == Wanted::sum;
    AggregateSignature signature =
        is_sum ? of_decimals<decimal_sum_of>(argument) : average_of_decimals(argument);
    signature.result = Type::decimal(38, is_sum ? argument.scale : std::max(6, argument.scale));
    return signature;
  }
  return with_physical(argument.physical(), [&](auto zero) -> AggregateSignature {
    using T = decltype(zero);
    if constexpr (std::is_arithmetic_v<T>) {
      constexpr auto kValueOf =
          wanted == Wanted::sum ? sum_of<SumOf<T>, T> : average_of<SumOf<T>, T>;
      AggregateSignature signature = of_numbers<T>();
      signature.result = argument.as_nullable();
      signature.finish = finish<SumOf<T>, T, kValueOf>;
      signature.trace = trace<T, kValueOf>;
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
  signature.arguments = {given[0]};
  signature.retracts = true;
  signature.entries = AggregateSignature::Entries::one;
  signature.null_as_argument = given[0].kind != TypeKind::decimal;
  signature.init = init_zero;
  return signature;
}

constexpr AggregateFunction kFunctions[] = {
    {"SUM", "SUM(number)", "The sum of the values that are not NULL, in their type.",
     bind<Wanted::sum>},
    {"AVG", "AVG(number)",
     "The mean of the values that are not NULL; of integers without fraction.",
     bind<Wanted::average>},
};

}  // namespace

std::span<const AggregateFunction> sum_functions() { return kFunctions; }

}  // namespace millrace::function
