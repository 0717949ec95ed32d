// Variances and standard deviations, in the type of the argument, as Flink has them: of an INT an
// INT. Kept as count, mean and sum of squared distances (Welford), which loses no digits to large
// means and can take rows back. Where rounding leaves the sum below 0 then, the answer is NULL, as
// in Flink.
//
// Ahead of OVER and in MATCH_RECOGNIZE Flink computes them from the sums of the values and of their
// squares, in their type. Of FLOAT and DOUBLE this loses such digits: what is 0 may be a little
// below it there, and its root no number. Of integers all that is divided is cut to whole numbers;
// that Flink's squares and sums wrap as INT does is a mistake of its own, so ours have room.

#include <cmath>

#include "column/physical.h"
#include "function/aggregate/accumulate.h"
#include "function/aggregate/aggregates.h"

namespace millrace::function {

namespace {

struct Moments {
  int64_t count;
  double mean;
  double squares;

  void add(double value) {
    ++count;
    const double distance = value - mean;
    mean += distance / static_cast<double>(count);
    squares += distance * (value - mean);
  }
  void take_back(double value) {
    if (count == 1) {
      *this = {};
      return;
    }
    --count;
    const double distance = value - mean;
    mean -= distance / static_cast<double>(count);
    squares -= distance * (value - mean);
  }
};

enum class Of : uint8_t { population, sample };
enum class As : uint8_t { variance, deviation };

template <Of of>
int64_t divisor_of(int64_t count) {
  return of == Of::population ? count : count - 1;
}

template <Of of, As as, typename R>
std::optional<R> value_of(const Moments& state) {
  const int64_t divisor = divisor_of<of>(state.count);
  if (divisor <= 0 || state.squares < 0) {
    return std::nullopt;
  }
  const double variance = state.squares / static_cast<double>(divisor);
  return static_cast<R>(as == As::variance ? variance : std::sqrt(variance));
}

template <typename T>
struct Sums {
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

// 128 bits kept as two halves, since slots are aligned to 8.
struct WholeSums {
  int64_t count;
  int64_t sum;
  uint64_t low;
  int64_t high;

  __int128 squares() const { return (static_cast<__int128>(high) << 64) | low; }
  void set_squares(__int128 value) {
    low = static_cast<uint64_t>(value);
    high = static_cast<int64_t>(value >> 64);
  }
  void add(int64_t value) {
    ++count;
    sum += value;
    set_squares(squares() + static_cast<__int128>(value) * value);
  }
  void take_back(int64_t value) {
    --count;
    sum -= value;
    set_squares(squares() - static_cast<__int128>(value) * value);
  }
  __int128 distances() const { return squares() - static_cast<__int128>(sum) * sum / count; }
};

template <typename T>
using SumsOf = std::conditional_t<std::is_integral_v<T>, WholeSums, Sums<T>>;

template <Of of, As as, typename R, typename State>
std::optional<R> value_of(const State& state) {
  const int64_t divisor = divisor_of<of>(state.count);
  if (divisor <= 0) {
    return std::nullopt;
  }
  const auto distances = state.distances();
  const auto variance = distances / static_cast<decltype(state.distances())>(divisor);
  return static_cast<R>(as == As::variance ? static_cast<double>(variance)
                                           : std::sqrt(static_cast<double>(variance)));
}

// What a value is added up as.
template <typename State, typename T>
using ValueOf = std::conditional_t<std::is_same_v<State, Moments>, double, T>;

template <typename State, typename T>
void update(char* const* states, std::span<const Column> arguments, const Rows& rows,
            std::span<const RowKind> kinds) {
  change_each<State, T>(
      states, arguments[0], rows, kinds,
      [](State& state, T value) { state.add(static_cast<ValueOf<State, T>>(value)); },
      [](State& state, T value) { state.take_back(static_cast<ValueOf<State, T>>(value)); });
}

void merge(char* into, const char* from) {
  Moments& a = state_at<Moments>(into);
  const Moments& b = state_at<Moments>(from);
  if (b.count == 0) {
    return;
  }
  const auto count = static_cast<double>(a.count + b.count);
  const double distance = b.mean - a.mean;
  a.squares += b.squares + distance * distance * static_cast<double>(a.count) *
                               static_cast<double>(b.count) / count;
  a.mean += distance * static_cast<double>(b.count) / count;
  a.count += b.count;
}

template <typename State, Of of, As as, typename R>
Column finish(char* const* states, size_t count, const Type& result) {
  return finish_each<State, R>(states, count, result,
                               [](const State& state) { return value_of<of, as, R>(state); });
}

template <typename State, Of of, As as, typename T>
Column trace(char* const* states, const Additions& rows, const Type& result) {
  return trace_each<State, T, T>(
      states, rows, result,
      [](State& state, T value) { state.add(static_cast<ValueOf<State, T>>(value)); },
      [](State& state, T value) { state.take_back(static_cast<ValueOf<State, T>>(value)); },
      [](const State& state) { return value_of<of, as, T>(state); });
}

template <typename State, Of of, As as, typename T>
void keep_as(AggregateSignature& signature) {
  signature.size = sizeof(State);
  signature.save = save_bytes<State>;
  signature.load = load_bytes<State>;
  signature.update = update<State, T>;
  signature.trace = trace<State, of, as, T>;
  signature.finish = finish<State, of, as, T>;
}

template <Of of, As as>
std::optional<AggregateSignature> bind(std::string_view name, std::span<const Type> given) {
  if (given.size() != 1 || !given[0].is_numeric()) {
    return std::nullopt;
  }
  // Decimals are measured as doubles.
  const Type type = given[0].kind == TypeKind::decimal
                        ? Type::of(TypeKind::double_, given[0].nullable)
                        : given[0];
  AggregateSignature signature;
  signature.name = name;
  signature.arguments = {type};
  signature.result = type.as_nullable();
  signature.retracts = true;
  signature.entries = AggregateSignature::Entries::one;
  signature.changes_with_each_value = true;
  signature.merge = merge;
  with_physical(type.physical(), [&](auto zero) {
    using T = decltype(zero);
    if constexpr (std::is_arithmetic_v<T>) {
      keep_as<Moments, of, as, T>(signature);
    }
  });
  return signature;
}

// Ahead of OVER, where nothing is merged.
template <Of of, As as>
std::optional<AggregateSignature> bind_over(std::string_view name, std::span<const Type> given) {
  std::optional<AggregateSignature> signature = bind<of, as>(name, given);
  if (!signature) {
    return std::nullopt;
  }
  signature->name += " OVER";  // its state is another
  signature->merge = nullptr;
  with_physical(signature->arguments[0].physical(), [&](auto zero) {
    using T = decltype(zero);
    if constexpr (std::is_arithmetic_v<T>) {
      keep_as<SumsOf<T>, of, as, T>(*signature);
    }
  });
  return signature;
}

using Types = std::span<const Type>;

constexpr AggregateFunction kFunctions[] = {
    {"VAR_POP", "VAR_POP(number)", "The variance of the values as a whole.",
     [](Types given) { return bind<Of::population, As::variance>("VAR_POP", given); }},
    {"VAR_SAMP", "VAR_SAMP(number)", "The variance estimated from a sample.",
     [](Types given) { return bind<Of::sample, As::variance>("VAR_SAMP", given); }},
    {"VARIANCE", "VARIANCE(number)", "The same as VAR_SAMP.",
     [](Types given) { return bind<Of::sample, As::variance>("VARIANCE", given); }},
    {"STDDEV_POP", "STDDEV_POP(number)", "The standard deviation of the values as a whole.",
     [](Types given) { return bind<Of::population, As::deviation>("STDDEV_POP", given); }},
    {"STDDEV_SAMP", "STDDEV_SAMP(number)", "The standard deviation estimated from a sample.",
     [](Types given) { return bind<Of::sample, As::deviation>("STDDEV_SAMP", given); }},
    {"STDDEV", "STDDEV(number)", "The same as STDDEV_SAMP.",
     [](Types given) { return bind<Of::sample, As::deviation>("STDDEV", given); }},
};

constexpr std::string_view kFromSums =
    "The same, from the sums of the values and of their squares.";

constexpr AggregateFunction kOverFunctions[] = {
    {"VAR_POP", "VAR_POP(number) OVER (...)", kFromSums,
     [](Types given) { return bind_over<Of::population, As::variance>("VAR_POP", given); }},
    {"VAR_SAMP", "VAR_SAMP(number) OVER (...)", kFromSums,
     [](Types given) { return bind_over<Of::sample, As::variance>("VAR_SAMP", given); }},
    {"VARIANCE", "VARIANCE(number) OVER (...)", kFromSums,
     [](Types given) { return bind_over<Of::sample, As::variance>("VARIANCE", given); }},
    {"STDDEV_POP", "STDDEV_POP(number) OVER (...)", kFromSums,
     [](Types given) { return bind_over<Of::population, As::deviation>("STDDEV_POP", given); }},
    {"STDDEV_SAMP", "STDDEV_SAMP(number) OVER (...)", kFromSums,
     [](Types given) { return bind_over<Of::sample, As::deviation>("STDDEV_SAMP", given); }},
    {"STDDEV", "STDDEV(number) OVER (...)", kFromSums,
     [](Types given) { return bind_over<Of::sample, As::deviation>("STDDEV", given); }},
};

}  // namespace

std::span<const AggregateFunction> deviation_functions() { return kFunctions; }
std::span<const AggregateFunction> over_deviations() { return kOverFunctions; }

}  // namespace millrace::function
