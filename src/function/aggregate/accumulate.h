#pragma once

// The loops over rows that accumulators share, and accumulators that are plain bytes.

#include <type_traits>
#include <utility>

#include "base/check.h"
#include "column/builder.h"
#include "function/aggregate.h"

namespace millrace::function {

template <typename State>
State& state_at(char* state) {
  static_assert(alignof(State) <= 8, "slots are aligned to 8");
  return *reinterpret_cast<State*>(state);
}
template <typename State>
const State& state_at(const char* state) {
  static_assert(alignof(State) <= 8, "slots are aligned to 8");
  return *reinterpret_cast<const State*>(state);
}

// A function as a type, for which a loop over rows is compiled, rather than for all of its kind.
template <auto function>
using Calling = std::integral_constant<decltype(function), function>;

// Calls add(state, value) for each row that is not NULL.
template <typename State, typename T, typename Add>
void add_each(char* const* states, const Column& column, const Rows& rows, Add add) {
  const View<T> view(column);
  if (!view.has_nulls()) {
    for (size_t i = 0; i < rows.size(); ++i) {
      add(state_at<State>(states[i]), view[rows[i]]);
    }
    return;
  }
  for (size_t i = 0; i < rows.size(); ++i) {
    const uint32_t row = rows[i];
    if (!view.is_null(row)) {
      add(state_at<State>(states[i]), view[row]);
    }
  }
}

// The same over a changelog: take_back(state, value) for rows that leave.
template <typename State, typename T, typename Add, typename TakeBack>
void change_each(char* const* states, const Column& column, const Rows& rows,
                 std::span<const RowKind> kinds, Add add, TakeBack take_back) {
  if (kinds.empty()) {
    return add_each<State, T>(states, column, rows, add);
  }
  const View<T> view(column);
  for (size_t i = 0; i < rows.size(); ++i) {
    const uint32_t row = rows[i];
    if (view.is_null(row)) {
      continue;
    }
    if (is_addition(kinds[row])) {
      add(state_at<State>(states[i]), view[row]);
    } else {
      take_back(state_at<State>(states[i]), view[row]);
    }
  }
}

// A result column by number of row. Text is copied: what it was made of may change.
template <typename R>
class Results {
 public:
  explicit Results(size_t count) : values_(count) {}

  void put(size_t row, const std::optional<R>& value) {
    if (!value) {
      values_.set_null(row);
    } else if constexpr (kIsText) {
      values_[row] = texts_->copy(*value);
    } else {
      values_[row] = *value;
    }
  }
  Column finish(const Type& type) { return values_.finish(type, {texts_}); }

 private:
  static constexpr bool kIsText = std::is_same_v<R, std::string_view>;

  FlatBuffer<std::conditional_t<kIsText, StringRef, R>> values_;
  std::shared_ptr<StringArena> texts_ = kIsText ? std::make_shared<StringArena>() : nullptr;
};

// A result column: value_of(state) gives an optional value a state.
template <typename State, typename R, typename ValueOf>
Column finish_each(char* const* states, size_t count, const Type& result, ValueOf value_of) {
  Results<R> results(count);
  for (size_t i = 0; i < count; ++i) {
    results.put(i, value_of(state_at<const State>(states[i])));
  }
  return results.finish(result);
}

// The loop of a trace: change(state, row, leaves) for each row that counts, tell(state) for each
// result.
template <typename State, typename Change, typename Tell>
void trace_states(char* const* states, const Additions& additions, Change change, Tell tell) {
  for (size_t i = 0; i < additions.rows.size(); ++i) {
    State& state = state_at<State>(states[i]);
    if (additions.sides == Sides::both) {
      tell(std::as_const(state));
    }
    if (additions.counted.empty() || additions.counted[i] != 0) {
      const uint32_t row = additions.rows[i];
      change(state, row, !additions.kinds.empty() && !is_addition(additions.kinds[row]));
    }
    tell(std::as_const(state));
  }
}

// A trace into a result column: value_of(state) gives an optional value a state.
template <typename State, typename R, typename Change, typename ValueOf>
Column trace_rows(char* const* states, const Additions& additions, const Type& result,
                  Change change, ValueOf value_of) {
  Results<R> results(additions.rows.size() * (additions.sides == Sides::both ? 2 : 1));
  size_t at = 0;
  trace_states<State>(states, additions, change,
                      [&](const State& state) { results.put(at++, value_of(state)); });
  return results.finish(result);
}

// The same for functions of one argument that pass over NULLs.
template <typename State, typename T, typename R, typename Add, typename TakeBack, typename ValueOf>
Column trace_each(char* const* states, const Additions& additions, const Type& result, Add add,
                  TakeBack take_back, ValueOf value_of) {
  const View<T> view(additions.arguments[0]);
  return trace_rows<State, R>(
      states, additions, result,
      [&](State& state, uint32_t row, bool leaves) {
        if (view.is_null(row)) {
          return;
        }
        if (leaves) {
          take_back(state, view[row]);
        } else {
          add(state, view[row]);
        }
      },
      value_of);
}

// For functions that are never given a row to take back.
struct NeverTaken {
  template <typename State, typename T>
  void operator()(State&, const T&) const {
    check(false, "a row is taken back from an aggregate that cannot");
  }
};

// Checkpoints of states without memory of their own: their bytes.
template <typename State>
void save_bytes(const char* state, ByteWriter& out) {
  out.write_bytes({state, sizeof(State)});
}
template <typename State>
void load_bytes(char* state, ByteReader& in) {
  std::memcpy(state, in.take(sizeof(State)).data(), sizeof(State));
}

}  // namespace millrace::function
