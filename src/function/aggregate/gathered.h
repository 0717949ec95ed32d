#pragma once

// All values of a group in the order of arrival. Of equal ones the earliest leaves first, as in
// Flink.

#include <algorithm>
#include <vector>

#include "function/aggregate/kept_value.h"
#include "function/aggregate/owned.h"

namespace millrace::function {

template <typename T>
struct Gathered {
  using Value = std::optional<StoredOf<T>>;
  CountedVector<Value> values;

  void add(Value value) { values.push_back(std::move(value)); }
  void take_back(const Value& value) {
    const auto found = std::find_if(values.begin(), values.end(), [&](const Value& kept) {
      return kept && value ? is_same(*kept, *value) : kept.has_value() == value.has_value();
    });
    if (found != values.end()) {
      values.erase(found);
    }
  }
  void append(const Gathered& later) {
    values.insert(values.end(), later.values.begin(), later.values.end());
  }

  size_t shown() const {
    if constexpr (!std::is_convertible_v<StoredOf<T>, std::string_view>) {
      return values.size() * sizeof(T);
    }
    size_t bytes = 0;
    for (const Value& value : values) {
      bytes += value ? bytes_of(*value) : 0;
    }
    return bytes;
  }

  void save(ByteWriter& out) const {
    out.write_varint(values.size());
    for (const Value& value : values) {
      out.write<uint8_t>(value ? 1 : 0);
      if (value) {
        save_value(*value, out);
      }
    }
  }
  void load(ByteReader& in) {
    for (uint64_t left = in.read_varint(); left > 0; --left) {
      const bool has_value = in.read<uint8_t>() != 0;
      values.push_back(has_value ? Value(load_value<StoredOf<T>>(in)) : std::nullopt);
    }
  }
};

// A row's value to keep.
template <typename T>
std::optional<StoredOf<T>> stored_value(const View<T>& view, uint32_t row) {
  return view.is_null(row) ? std::nullopt
                           : std::optional<StoredOf<T>>(StoredOf<T>(borrowed(view[row])));
}

// change(state, row, leaves) for each row: update() where NULLs may count.
template <typename State, typename Change>
void change_rows(char* const* states, const Rows& rows, std::span<const RowKind> kinds,
                 Change change) {
  for (size_t i = 0; i < rows.size(); ++i) {
    const uint32_t row = rows[i];
    change(state_at<State>(states[i]), row, !kinds.empty() && !is_addition(kinds[row]));
  }
}

}  // namespace millrace::function
