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

template <typename T>
void update(char* const* states, std::span<const Column> arguments, const Rows& rows,
            std::span<const RowKind> kinds) {
  using Total = decltype(SumOf<T>::total);
  // Without a sign, where wrapping is defined.
  using Step = std::conditional_t<std::is_integral_v<T>, uint64_t, double>;
  const auto moved = [](Total total, T value, Step sign) {
    return static_cast<Total>(static_cast<Step>(total) + sign * static_cast<Step>(value));
  };
  change_each<SumOf<T>, T>(
      states, arguments[0], rows, kinds,
      [&](SumOf<T>& state, T value) {
        state.total = moved(state.total, value, Step{1});
        ++state.count;
      },
      [&](SumOf<T>& state, T value) {
        state.total = moved(state.total, value, static_cast<Step>(-1));
        --state.count;
      });
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
Column finish_sum(char* const* states, size_t count, const Type& result) {
  return finish_each<State, R>(states, count, result, [](const State& state) {
    return state.count == 0 ? std::nullopt : std::optional<R>(static_cast<R>(state.total));
  });
}

template <typename State, typename R>
Column finish_average(char* const* states, size_t count, const Type& result) {
  return finish_each<State, R>(states, count, result, [](const State& state) -> std::optional<R> {
    if (state.count == 0) {
      return std::nullopt;
    }
    using Total = decltype(state.total);
    return static_cast<R>(state.total / static_cast<Total>(state.count));
  });
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

void merge_decimal(char* into, const char* from) {
  const DecimalSum& other = state_at<DecimalSum>(from);
  DecimalSum& sum = state_at<DecimalSum>(into);
  sum.add(other.total(), other.count);
  sum.overflowed |= other.overflowed;
}

Column finish_decimal_sum(char* const* states, size_t count, const Type& result) {
  return finish_each<DecimalSum, __int128>(
      states, count, result, [](const DecimalSum& state) -> std::optional<__int128> {
        const bool none = state.count == 0 || state.overflowed != 0;
        return none ? std::nullopt : std::optional(state.total());
      });
}

// The sum's scale is kept up to six digits after the point: AVG(DECIMAL(p, s)) has scale max(6, s),
// so what to append follows from the result, unless s is larger, when it is nothing.
template <int appended_digits>
Column finish_decimal_average(char* const* states, size_t count, const Type& result) {
  return finish_each<DecimalSum, __int128>(
      states, count, result, [](const DecimalSum& state) -> std::optional<__int128> {
        if (state.count == 0 || state.overflowed != 0) {
          return std::nullopt;
        }
        return divided(state.total(), state.count, appended_digits);
      });
}

using Finish = Column (*)(char* const*, size_t, const Type&);

Finish decimal_average_for(int32_t scale) {
  constexpr Finish kByScale[] = {finish_decimal_average<6>, finish_decimal_average<5>,
                                 finish_decimal_average<4>, finish_decimal_average<3>,
                                 finish_decimal_average<2>, finish_decimal_average<1>,
                                 finish_decimal_average<0>};
  return kByScale[std::min(scale, 6)];
}

AggregateSignature of_decimals(const Type& argument) {
  AggregateSignature signature;
  signature.size = sizeof(DecimalSum);
  signature.update =
      argument.physical() == Physical::i128 ? update_decimal<__int128> : update_decimal<int64_t>;
  signature.merge = merge_decimal;
  signature.save = save_bytes<DecimalSum>;
  signature.load = load_bytes<DecimalSum>;
  return signature;
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
    AggregateSignature signature = of_decimals(argument);
    const int32_t scale = wanted == Wanted::sum ? argument.scale : std::max(6, argument.scale);
    signature.result = Type::decimal(38, scale);
    signature.finish =
        wanted == Wanted::sum ? finish_decimal_sum : decimal_average_for(argument.scale);
    return signature;
  }
  return with_physical(argument.physical(), [&](auto zero) -> AggregateSignature {
    using T = decltype(zero);
    if constexpr (std::is_arithmetic_v<T>) {
      AggregateSignature signature = of_numbers<T>();
      signature.result = argument.as_nullable();
      signature.finish =
          wanted == Wanted::sum ? finish_sum<SumOf<T>, T> : finish_average<SumOf<T>, T>;
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
