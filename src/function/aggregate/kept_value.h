#pragma once

// Values that accumulators keep beyond the batch they came in: fixed-width ones as they are, text
// in memory of its own.

#include <cmath>
#include <string>
#include <type_traits>

#include "base/counted_memory.h"
#include "function/aggregate/accumulate.h"
#include "function/aggregate/owned_text.h"

namespace millrace::function {

// What a result of a column of T is made of, and what a container keeps of it.
template <typename T>
using ResultOf = std::conditional_t<std::is_same_v<T, StringRef>, std::string_view, T>;
template <typename T>
using StoredOf = std::conditional_t<std::is_same_v<T, StringRef>, CountedText, T>;

inline std::string_view borrowed(const StringRef& value) { return value.view(); }
template <typename T>
const T& borrowed(const T& value) {
  return value;
}

// The order of kept values. All NaN are one value, the greatest of all, so that one that is taken
// back is found again.
struct Less {
  using is_transparent = void;
  template <typename A, typename B>
  bool operator()(const A& a, const B& b) const {
    if constexpr (std::is_floating_point_v<A>) {
      return std::isnan(b) ? !std::isnan(a) : a < b;
    } else {
      return a < b;
    }
  }
};
// Equality by that order.
template <typename T>
bool is_same(const T& a, const T& b) {
  return !Less()(a, b) && !Less()(b, a);
}

// What it takes in a result.
template <typename T>
size_t bytes_of(const T& value) {
  if constexpr (std::is_convertible_v<T, std::string_view>) {
    return sizeof(StringRef) + std::string_view(value).size();
  } else {
    return sizeof(value);
  }
}

template <typename T>
void save_value(const T& value, ByteWriter& out) {
  if constexpr (std::is_convertible_v<T, std::string_view>) {
    out.write_varint(value.size());
    out.write_bytes(value);
  } else {
    out.write_bytes({reinterpret_cast<const char*>(&value), sizeof(value)});
  }
}
template <typename T>
T load_value(ByteReader& in) {
  if constexpr (std::is_constructible_v<T, std::string_view>) {
    return T(in.take(in.read_varint()));
  } else {
    T value;
    std::memcpy(&value, in.take(sizeof(value)).data(), sizeof(value));
    return value;
  }
}

// One value or none, in a slot: all zero is none. 128 bits lie at an alignment of 8.
template <typename T>
class Kept {
 public:
  bool has_value() const { return count_ != 0; }
  T value() const {
    T copy;
    std::memcpy(&copy, bytes_, sizeof(T));
    return copy;
  }
  void set(const T& value) {
    std::memcpy(bytes_, &value, sizeof(T));
    count_ = 1;
  }

 private:
  char bytes_[sizeof(T)];
  int64_t count_;  // 0 or 1
};

template <>
class Kept<StringRef> {
 public:
  bool has_value() const { return text_.has_value(); }
  std::string_view value() const { return text_.view(); }
  void set(std::string_view value) { text_.set(value); }

 private:
  OwnedText text_;
};

template <typename T>
std::optional<ResultOf<T>> value_of(const Kept<T>& state) {
  return state.has_value() ? std::optional<ResultOf<T>>(state.value()) : std::nullopt;
}

template <typename T>
Column finish_kept(char* const* states, size_t count, const Type& result) {
  return finish_each<Kept<T>, ResultOf<T>>(states, count, result, Calling<value_of<T>>());
}

// Everything but name, types, update, trace and merge.
template <typename T>
AggregateSignature kept_signature() {
  AggregateSignature signature;
  if constexpr (std::is_same_v<T, StringRef>) {
    signature = owned_text_signature();
  } else {
    signature.size = (sizeof(Kept<T>) + 7) / 8 * 8;
    signature.save = save_bytes<Kept<T>>;
    signature.load = load_bytes<Kept<T>>;
  }
  signature.finish = finish_kept<T>;
  return signature;
}

}  // namespace millrace::function
