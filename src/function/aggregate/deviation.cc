// Variances and standard deviations, in the type of the argument, as Flink has them: of an INT an
// INT. Kept as count, mean and sum of squared distances (Welford), which loses no digits to large
// means and can take rows back. Where rounding leaves the sum below 0 then, the answer is NULL, as
// in Flink.
//
// Ahead of OVER Flink computes those of DOUBLE from the sums of the values and of their squares,
// and loses such digits: what is 0 may be a little below it there, and its root no number.

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

struct Sums {
  int64_t count;
  double sum;
  double squares;

  void add(double value) {
    ++count;
    sum += value;
    squares += value * value;
  }
  void take_back(double value) {
    --count;
    sum -= value;
    squares -= value * value;
  }
};

template <Of of, As as, typename R>
std::optional<R> value_of(const Sums& state) {
  const int64_t divisor = divisor_of<of>(state.count);
  if (divisor <= 0) {
    return std::nullopt;
  }
  const double distances = state.squares - state.sum * state.sum / static_cast<double>(state.count);
  const double variance = distances / static_cast<double>(divisor);
  return static_cast<R>(as == As::variance ? variance : std::sqrt(variance));
}

template <typename State, typename T>
void update(char* const* states, std::span<const Column> arguments, const Rows& rows,
            std::span<const RowKind> kinds) {
  change_each<State, T>(
      states, arguments[0], rows, kinds,
      [](State& state, T value) { state.add(static_cast<double>(value)); },
      [](State& state, T value) { state.take_back(static_cast<double>(value)); });
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
      states, rows, result, [](State& state, T value) { state.add(static_cast<double>(value)); },
      [](State& state, T value) { state.take_back(static_cast<double>(value)); },
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
  if (signature && given[0].kind == TypeKind::double_) {
    signature->name += " OVER";  // its state is another
    signature->merge = nullptr;
    keep_as<Sums, of, as, double>(*signature);
  }
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
