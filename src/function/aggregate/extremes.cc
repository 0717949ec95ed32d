// MIN and MAX, of the ordered types that Flink takes. NULL over no values.

#include "function/aggregate/aggregates.h"
#include "function/aggregate/chosen_value.h"
#include "function/aggregate/counted_values.h"

namespace millrace::function {

namespace {

// The first value that is there, of the numbers from one end.
template <typename T, typename Iterator>
std::optional<ResultOf<T>> first_there(Iterator begin, Iterator end) {
  while (begin != end && begin->second < 0) {
    ++begin;
  }
  return begin == end ? std::nullopt : std::optional<ResultOf<T>>(begin->first);
}

struct Least {
  static constexpr std::string_view kName = "MIN";
  static constexpr bool kInAnyOrder = true;

  template <typename T>
  static void offer(Kept<T>& state, const ResultOf<T>& value) {
    if (!state.has_value() || value < state.value()) {
      state.set(value);
    }
  }
  template <typename T>
  using Values = CountedValues<T>;
  template <typename T>
  static std::optional<ResultOf<T>> chosen(const Values<T>& values) {
    return first_there<T>(values.numbers.begin(), values.numbers.end());
  }
};

struct Greatest {
  static constexpr std::string_view kName = "MAX";
  static constexpr bool kInAnyOrder = true;

  template <typename T>
  static void offer(Kept<T>& state, const ResultOf<T>& value) {
    if (!state.has_value() || state.value() < value) {
      state.set(value);
    }
  }
  template <typename T>
  using Values = CountedValues<T>;
  template <typename T>
  static std::optional<ResultOf<T>> chosen(const Values<T>& values) {
    return first_there<T>(values.numbers.rbegin(), values.numbers.rend());
  }
};

// Of bytes and of intervals there is no extreme in Flink either, though they compare.
bool has_extremes(const Type& type) {
  return type.physical() != Physical::nested && type.kind != TypeKind::null_ &&
         !type.is_without_order() && !type.is_binary() && type.kind != TypeKind::interval_ms &&
         type.kind != TypeKind::interval_month;
}

template <typename Choice>
std::optional<AggregateSignature> bind(std::span<const Type> given) {
  if (given.size() != 1 || !has_extremes(given[0])) {
    return std::nullopt;
  }
  return chosen_value<Choice>(given[0]);
}

constexpr AggregateFunction kFunctions[] = {
    {"MIN", "MIN(value)", "The least value that is not NULL.", bind<Least>},
    {"MAX", "MAX(value)", "The greatest value that is not NULL.", bind<Greatest>},
};

}  // namespace

std::span<const AggregateFunction> extreme_aggregates() { return kFunctions; }

}  // namespace millrace::function
