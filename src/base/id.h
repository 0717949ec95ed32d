#pragma once

// Distinct integer types, so that an offset is never passed where an epoch belongs.

#include <compare>
#include <cstdint>
#include <functional>

namespace millrace {

template <typename Tag, typename T = int64_t>
struct Id {
  T value = 0;

  constexpr Id() = default;
  constexpr explicit Id(T v) : value(v) {}
  constexpr auto operator<=>(const Id&) const = default;

  constexpr Id operator+(T n) const { return Id(static_cast<T>(value + n)); }
  constexpr T operator-(Id other) const { return static_cast<T>(value - other.value); }
  constexpr Id& operator++() {
    ++value;
    return *this;
  }
};

using Offset = Id<struct OffsetTag>;                      // position of a record in a partition
using Epoch = Id<struct EpochTag>;                        // number of a checkpoint of a pipeline
using PartitionIndex = Id<struct PartitionTag, int32_t>;  // number of a partition in a topic

}  // namespace millrace

template <typename Tag, typename T>
struct std::hash<millrace::Id<Tag, T>> {
  size_t operator()(millrace::Id<Tag, T> id) const noexcept { return std::hash<T>()(id.value); }
};
