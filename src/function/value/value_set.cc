#include "function/value/value_set.h"

#include <bit>

#include "base/hash.h"
#include "column/physical.h"
#include "function/value/nested_equality.h"

namespace millrace::function {

namespace {

uint64_t hash_of(const Column& values, size_t row);

uint64_t hash_of_nested(const Column& values, size_t at) {
  uint64_t hash = 0;
  if (values.offsets() == nullptr) {
    for (const Column& child : values.children()) {
      hash = mix(hash, hash_of(child, at));
    }
    return hash;
  }
  for (size_t i = (*values.offsets())[at]; i < (*values.offsets())[at + 1]; ++i) {
    if (values.children().size() == 1) {
      hash = mix(hash, hash_of(values.children()[0], i));
    } else {  // entries of maps have no order
      hash += mix(hash_of(values.children()[0], i), hash_of(values.children()[1], i));
    }
  }
  return hash;
}

// Equal values have equal hashes.
uint64_t hash_of(const Column& values, size_t row) {
  if (values.is_null(row)) {
    return 1;
  }
  if (values.type().physical() == Physical::nested) {
    return hash_of_nested(values, values.position_of(row));
  }
  return with_physical(values.type().physical(), [&](auto zero) -> uint64_t {
    using T = decltype(zero);
    const View<T> view(values);
    if constexpr (std::is_same_v<T, StringRef>) {
      return hash_bytes(view[row].view());
    } else if constexpr (std::is_floating_point_v<T>) {
      return mix(std::bit_cast<uint64_t>(view[row] == 0 ? 0.0 : double{view[row]}), 0);
    } else {
      const auto value = static_cast<unsigned __int128>(view[row]);
      return mix(static_cast<uint64_t>(value), static_cast<uint64_t>(value >> 64));
    }
  });
}

}  // namespace

void ValueSet::begin(size_t most) { places_.assign(std::bit_ceil(2 * most + 1), kNone); }

size_t ValueSet::place_of(size_t position) const {
  const size_t mask = places_.size() - 1;
  size_t at = hash_of(*values_, position) & mask;
  while (places_[at] != kNone && !equal_values(*values_, places_[at], *values_, position)) {
    at = (at + 1) & mask;
  }
  return at;
}

bool ValueSet::add(size_t position) {
  uint32_t& place = places_[place_of(position)];
  const bool is_new = place == kNone;
  place = is_new ? static_cast<uint32_t>(position) : place;
  return is_new;
}

}  // namespace millrace::function
