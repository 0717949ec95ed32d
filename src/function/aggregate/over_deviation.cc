// Variances and standard deviations as Flink computes them ahead of OVER and in MATCH_RECOGNIZE:
// from the sums of the values and of their squares, in the type of the argument.
//
// Of FLOAT and DOUBLE this loses digits to large means: what is 0 may be a little below it there,
// and its root no number. Of integers, squares and sums wrap and all that is divided is cut to
// whole numbers. Of DECIMAL the answer is NULL where anything has more than 38 digits.

#include <cmath>

#include "column/physical.h"
#include "function/aggregate/accumulate.h"
#include "function/aggregate/aggregates.h"
#include "function/aggregate/decimal_sum.h"
#include "function/aggregate/deviation.h"
#include "function/value/java_narrowing.h"

namespace millrace::function {

namespace {

template <typename T>
struct FloatingSums {
  int64_t count;
  T sum;
  T squares;

  void add(T value) {
    ++count;
    sum += value;
    squares += value * value;
  }
  void take_back(T value) {
    --count;
    sum -= value;
    squares -= value * value;
  }
  T distances() const { return squares - sum * sum / static_cast<T>(count); }
};

// Without a sign, where wrapping is defined, and in 64 bits: cut to fewer in the end, they are what
// wrapping at each step would have given.
template <typename T>
struct WholeSums {
  int64_t count;
  uint64_t sum;
  uint64_t squares;

  void add(T value) {
    const auto step = static_cast<uint64_t>(value);
    ++count;
    sum += step;
    squares += step * step;
  }
  void take_back(T value) {
    const auto step = static_cast<uint64_t>(value);
    --count;
    sum -= step;
    squares -= step * step;
  }
  T distances() const {
    const int64_t square_of_sum = static_cast<T>(sum * sum);
    return static_cast<T>(squares - static_cast<uint64_t>(square_of_sum / count));
  }
};

template <typename T>
using SumsOf = std::conditional_t<std::is_integral_v<T>, WholeSums<T>, FloatingSums<T>>;

template <Of of, As as, typename T>
std::optional<T> value_of(const SumsOf<T>& sums) {
  const int64_t divisor = divisor_of<of>(sums.count);
  if (divisor <= 0) {
    return std::nullopt;
  }
  using Divisor = std::conditional_t<std::is_integral_v<T>, int64_t, T>;
  const T variance = static_cast<T>(sums.distances() / static_cast<Divisor>(divisor));
  if (as == As::variance) {
    return variance;
  }
  return java_narrowed<T>(std::sqrt(static_cast<double>(variance)));
}

template <typename T>
void update(char* const* states, std::span<const Column> arguments, const Rows& rows,
            std::span<const RowKind> kinds) {
  change_each<SumsOf<T>, T>(
      states, arguments[0], rows, kinds, [](SumsOf<T>& sums, T value) { sums.add(value); },
      [](SumsOf<T>& sums, T value) { sums.take_back(value); });
}

template <Of of, As as, typename T>
Column finish(char* const* states, size_t count, const Type& result) {
  return finish_each<SumsOf<T>, T>(states, count, result,
                                   [](const SumsOf<T>& sums) { return value_of<of, as, T>(sums); });
}

template <Of of, As as, typename T>
Column trace(char* const* states, const Additions& rows, const Type& result) {
  return trace_each<SumsOf<T>, T, T>(
      states, rows, result, [](SumsOf<T>& sums, T value) { sums.add(value); },
      [](SumsOf<T>& sums, T value) { sums.take_back(value); },
      [](const SumsOf<T>& sums) { return value_of<of, as, T>(sums); });
}

// --- Decimals ---

// A product of two DECIMAL(38, scale) has 38 digits too: where they are too few, those behind the
// point give way, down to six.
int scale_of_product(int scale) { return std::max(2 * scale - kMaxDecimalDigits, 6); }

std::optional<__int128> product(__int128 a, __int128 b, int scale) {
  return multiplied(a, b, 2 * scale - scale_of_product(scale));
}

// A square of too many digits is NULL, which a sum passes over.
struct DecimalSums {
  DecimalSum values;
  DecimalSum squares;

  void add(__int128 value, int scale) {
    values.add_anew(value);
    if (const auto square = product(value, value, scale)) {
      squares.add_anew(*square);
    }
  }
  void take_back(__int128 value, int scale) {
    values.take_back(value);
    if (const auto square = product(value, value, scale)) {
      squares.take_back(*square);
    }
  }
  std::optional<__int128> distances(int scale) const {
    const auto sum = values.sum();
    const auto sum_of_squares = squares.sum();
    const auto square_of_sum = sum ? product(*sum, *sum, scale) : std::nullopt;
    const auto mean = square_of_sum ? divided(*square_of_sum, values.count, 0) : std::nullopt;
    if (!mean || !sum_of_squares) {
      return std::nullopt;
    }
    return rescaled(*sum_of_squares - *mean, scale_of_product(scale), scale);
  }
};

template <Of of, As as>
std::optional<__int128> value_of(const DecimalSums& sums, int scale) {
  const int64_t divisor = divisor_of<of>(sums.values.count);
  const auto distances = divisor > 0 ? sums.distances(scale) : std::nullopt;
  const auto variance = distances ? divided(*distances, divisor, 0) : std::nullopt;
  if (as == As::variance || !variance) {
    return variance;
  }
  const double root = std::sqrt(to_double(*variance, scale));
  const ParsedDecimal deviation = decimal_from_double(root, kMaxDecimalDigits, scale);
  const bool good = deviation.outcome == ParsedDecimal::Outcome::good;
  return good ? std::optional(deviation.unscaled) : std::nullopt;
}

void update_decimals(char* const* states, std::span<const Column> arguments, const Rows& rows,
                     std::span<const RowKind> kinds) {
  const int scale = arguments[0].type().scale;
  change_each<DecimalSums, __int128>(
      states, arguments[0], rows, kinds,
      [=](DecimalSums& sums, __int128 value) { sums.add(value, scale); },
      [=](DecimalSums& sums, __int128 value) { sums.take_back(value, scale); });
}

template <Of of, As as>
Column finish_decimals(char* const* states, size_t count, const Type& result) {
  const int scale = result.scale;
  return finish_each<DecimalSums, __int128>(states, count, result, [=](const DecimalSums& sums) {
    return value_of<of, as>(sums, scale);
  });
}

template <Of of, As as>
Column trace_decimals(char* const* states, const Additions& rows, const Type& result) {
  const int scale = result.scale;
  return trace_each<DecimalSums, __int128, __int128>(
      states, rows, result, [=](DecimalSums& sums, __int128 value) { sums.add(value, scale); },
      [=](DecimalSums& sums, __int128 value) { sums.take_back(value, scale); },
      [=](const DecimalSums& sums) { return value_of<of, as>(sums, scale); });
}

// --- Signatures ---

template <typename State>
AggregateSignature keeping() {
  AggregateSignature signature;
  signature.size = sizeof(State);
  signature.save = save_bytes<State>;
  signature.load = load_bytes<State>;
  return signature;
}

template <Of of, As as>
AggregateSignature of_decimals() {
  AggregateSignature signature = keeping<DecimalSums>();
  signature.update = update_decimals;
  signature.trace = trace_decimals<of, as>;
  signature.finish = finish_decimals<of, as>;
  return signature;
}

template <Of of, As as>
AggregateSignature of_numbers(const Type& type) {
  return with_physical(type.physical(), [](auto zero) -> AggregateSignature {
    using T = decltype(zero);
    if constexpr (std::is_arithmetic_v<T>) {
      AggregateSignature signature = keeping<SumsOf<T>>();
      signature.update = update<T>;
      signature.trace = trace<of, as, T>;
      signature.finish = finish<of, as, T>;
      return signature;
    } else {
      return {};
    }
  });
}

// Nothing is merged ahead of OVER.
template <Of of, As as>
std::optional<AggregateSignature> bind(std::string_view name, std::span<const Type> given) {
  if (given.size() != 1 || !given[0].is_numeric()) {
    return std::nullopt;
  }
  const bool is_decimal = given[0].kind == TypeKind::decimal;
  const Type type =
      is_decimal ? Type::decimal(kMaxDecimalDigits, std::max(6, given[0].scale)) : given[0];
  AggregateSignature signature = is_decimal ? of_decimals<of, as>() : of_numbers<of, as>(type);
  signature.name = std::string(name) + " OVER";  // its state is not what GROUP BY has
  signature.arguments = {type.as_nullable(given[0].nullable)};
  signature.result = type.as_nullable();
  signature.retracts = true;
  signature.entries = AggregateSignature::Entries::one;
  signature.changes_with_each_value = true;
  return signature;
}

using Types = std::span<const Type>;

constexpr std::string_view kFromSums =
    "The same, from the sums of the values and of their squares.";

constexpr AggregateFunction kFunctions[] = {
    {"VAR_POP", "VAR_POP(number) OVER (...)", kFromSums,
     [](Types given) { return bind<Of::population, As::variance>("VAR_POP", given); }},
    {"VAR_SAMP", "VAR_SAMP(number) OVER (...)", kFromSums,
     [](Types given) { return bind<Of::sample, As::variance>("VAR_SAMP", given); }},
    {"VARIANCE", "VARIANCE(number) OVER (...)", kFromSums,
     [](Types given) { return bind<Of::sample, As::variance>("VARIANCE", given); }},
    {"STDDEV_POP", "STDDEV_POP(number) OVER (...)", kFromSums,
     [](Types given) { return bind<Of::population, As::deviation>("STDDEV_POP", given); }},
    {"STDDEV_SAMP", "STDDEV_SAMP(number) OVER (...)", kFromSums,
     [](Types given) { return bind<Of::sample, As::deviation>("STDDEV_SAMP", given); }},
    {"STDDEV", "STDDEV(number) OVER (...)", kFromSums,
     [](Types given) { return bind<Of::sample, As::deviation>("STDDEV", given); }},
};

}  // namespace

std::span<const AggregateFunction> over_deviations() { return kFunctions; }

}  // namespace millrace::function
