#pragma once

// The loops over rows that accumulators share, and accumulators that are plain bytes.

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

inline bool takes_back(RowKind kind) {
  return kind == RowKind::update_before || kind == RowKind::delete_;
}

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
    if (takes_back(kinds[row])) {
      take_back(state_at<State>(states[i]), view[row]);
    } else {
      add(state_at<State>(states[i]), view[row]);
    }
  }
}

// A result column: value_of(state) gives an optional value a state.
template <typename State, typename R, typename ValueOf>
Column finish_each(char* const* states, size_t count, const Type& result, ValueOf value_of) {
  FlatBuffer<R> values(count);
  for (size_t i = 0; i < count; ++i) {
    const std::optional<R> value = value_of(state_at<State>(states[i]));
    if (value) {
      values[i] = *value;
    } else {
      values.set_null(i);
    }
  }
  return values.finish(result);
}

// Checkpoints of states without memory of their own: their bytes.
template <typename State>
void save_bytes(const char* state, ByteWriter& out) {
  out.write_bytes({state, sizeof(State)});
}
template <typename State>
void load_bytes(char* state, ByteReader& in) {
  std::memcpy(state, in.take(sizeof(State)).data(), sizeof(State));
}
inline void init_zero(char*) {}  // slots come zeroed

}  // namespace millrace::function
