#pragma once

// Functions whose result is one of the values that they are given, NULLs passed over: MIN, MAX,
// FIRST_VALUE, LAST_VALUE. Where rows only arrive, the chosen value alone is kept; where they leave
// as well, all of them are. A `Choice` says which is chosen:
//
//   static constexpr std::string_view kName;
//   static constexpr bool kInAnyOrder;  // as in the signature
//   template <typename T>
//   static void offer(Kept<T>& state, const ResultOf<T>& value);  // of a row, or of a later state
//   template <typename T>
//   using Values = ...;  // all of them: add(), take_back(), append(), save() and load()
//   template <typename T>
//   static std::optional<ResultOf<T>> chosen(const Values<T>& values);

#include "column/physical.h"
#include "function/aggregate/kept_value.h"
#include "function/aggregate/nested_values.h"
#include "function/aggregate/owned.h"

namespace millrace::function {

// --- Rows that stay ---

template <typename Choice, typename T>
struct OfArriving {
  static void add(Kept<T>& state, const T& value) {
    Choice::template offer<T>(state, borrowed(value));
  }
  static void update(char* const* states, std::span<const Column> arguments, const Rows& rows,
                     std::span<const RowKind>) {
    add_each<Kept<T>, T>(states, arguments[0], rows, Calling<add>());
  }
  static Column trace(char* const* states, const Additions& rows, const Type& result) {
    return trace_each<Kept<T>, T, ResultOf<T>>(states, rows, result, Calling<add>(), NeverTaken(),
                                               Calling<value_of<T>>());
  }
  static void merge(char* into, const char* from) {
    const Kept<T>& later = state_at<Kept<T>>(from);
    if (later.has_value()) {
      Choice::template offer<T>(state_at<Kept<T>>(into), later.value());
    }
  }
  static AggregateSignature signature() {
    AggregateSignature signature = kept_signature<T>();
    signature.update = update;
    signature.trace = trace;
    signature.merge = merge;
    return signature;
  }
};

// --- Rows that leave ---

template <typename Choice, typename T>
struct OfChanging {
  using Values = typename Choice::template Values<T>;
  using State = Owned<Values>;

  static void add(State& state, const T& value) { state.get().add(borrowed(value)); }
  static void take_back(State& state, const T& value) { state.get().take_back(borrowed(value)); }
  static std::optional<ResultOf<T>> chosen(const State& state) {
    return state.held == nullptr ? std::nullopt : Choice::template chosen<T>(*state.held);
  }
  static void update(char* const* states, std::span<const Column> arguments, const Rows& rows,
                     std::span<const RowKind> kinds) {
    change_each<State, T>(states, arguments[0], rows, kinds, add, take_back);
  }
  static Column trace(char* const* states, const Additions& rows, const Type& result) {
    return trace_each<State, T, ResultOf<T>>(states, rows, result, add, take_back, chosen);
  }
  static Column finish(char* const* states, size_t count, const Type& result) {
    return finish_each<State, ResultOf<T>>(states, count, result, chosen);
  }
  static AggregateSignature signature() {
    AggregateSignature signature = owned_signature<Values>();
    signature.retracts = true;
    signature.update = update;
    signature.trace = trace;
    signature.finish = finish;
    signature.merge = merge_owned<Values>;
    return signature;
  }
};

// --- Both ---

template <typename Choice>
AggregateSignature chosen_value(const Type& argument) {
  const auto described = [&](AggregateSignature signature) {
    signature.name = Choice::kName;
    signature.arguments = {argument};
    signature.result = argument.as_nullable();
    signature.entries = AggregateSignature::Entries::one_of_insertions;
    signature.null_as_argument = true;
    signature.in_any_order = Choice::kInAnyOrder;
    return signature;
  };
  const auto with_retracting = [&](AggregateSignature arriving, AggregateSignature changing) {
    AggregateSignature signature = described(std::move(arriving));
    signature.retracting =
        std::make_shared<const AggregateSignature>(described(std::move(changing)));
    return signature;
  };
  if (argument.physical() == Physical::nested) {
    return with_retracting(OfNested<OfArriving<Choice, StringRef>>::signature(),
                           OfNested<OfChanging<Choice, StringRef>>::signature());
  }
  return with_physical(argument.physical(), [&](auto zero) {
    using T = decltype(zero);
    return with_retracting(OfArriving<Choice, T>::signature(), OfChanging<Choice, T>::signature());
  });
}

}  // namespace millrace::function
