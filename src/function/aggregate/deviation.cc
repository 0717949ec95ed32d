// Variances and standard deviations, in the type of the argument, as Flink has them: of an INT an
// INT, and beyond the type its least or largest number. Kept as count, mean and sum of squared
// distances (Welford), which loses no digits to large means and can take rows back. Where rounding
// leaves the sum below 0 then, the answer is NULL, as in Flink.

#include "function/aggregate/deviation.h"

#include <cmath>

#include "column/physical.h"
#include "function/aggregate/accumulate.h"
#include "function/aggregate/aggregates.h"
#include "function/value/java_narrowing.h"

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

template <Of of, As as, typename R>
std::optional<R> value_of(const Moments& state) {
  const int64_t divisor = divisor_of<of>(state.count);
  if (divisor <= 0 || state.squares < 0) {
    return std::nullopt;
  }
  const double variance = state.squares / static_cast<double>(divisor);
  return java_narrowed<R>(as == As::variance ? variance : std::sqrt(variance));
}

template <typename T>
void update(char* const* states, std::span<const Column> arguments, const Rows& rows,
            std::span<const RowKind> kinds) {
  change_each<Moments, T>(
      states, arguments[0], rows, kinds,
      [](Moments& state, T value) { state.add(static_cast<double>(value)); },
      [](Moments& state, T value) { state.take_back(static_cast<double>(value)); });
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

template <Of of, As as, typename R>
Column finish(char* const* states, size_t count, const Type& result) {
  return finish_each<Moments, R>(states, count, result,
                                 [](const Moments& state) { return value_of<of, as, R>(state); });
}

template <Of of, As as, typename T>
Column trace(char* const* states, const Additions& rows, const Type& result) {
  return trace_each<Moments, T, T>(
      states, rows, result, [](Moments& state, T value) { state.add(static_cast<double>(value)); },
      [](Moments& state, T value) { state.take_back(static_cast<double>(value)); },
      [](const Moments& state) { return value_of<of, as, T>(state); });
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
  signature.size = sizeof(Moments);
  signature.save = save_bytes<Moments>;
  signature.load = load_bytes<Moments>;
  signature.merge = merge;
  with_physical(type.physical(), [&](auto zero) {
    using T = decltype(zero);
    if constexpr (std::is_arithmetic_v<T>) {
      signature.update = update<T>;
      signature.trace = trace<of, as, T>;
      signature.finish = finish<of, as, T>;
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

}  // namespace

std::span<const AggregateFunction> deviation_functions() { return kFunctions; }

}  // namespace millrace::function
