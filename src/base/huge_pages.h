#pragma once

// Memory for tables that are read at random places: in pages of two megabytes where the system has
// them, since for small ones the processor would look up the page in memory first, and then the
// place in it.

#include <cstddef>
#include <memory>
#include <vector>

namespace millrace {

// From this size on memory is taken so.
inline constexpr size_t kLeastInHugePages = size_t{4} << 20;
void* take_huge_pages(size_t bytes);
void give_back_huge_pages(void* taken);

template <typename T>
struct HugePagesAllocator {
  using value_type = T;

  HugePagesAllocator() = default;
  template <typename U>
  HugePagesAllocator(const HugePagesAllocator<U>& /*other*/) {}

  T* allocate(size_t count) {
    return is_large(count) ? static_cast<T*>(take_huge_pages(count * sizeof(T)))
                           : std::allocator<T>().allocate(count);
  }
  void deallocate(T* taken, size_t count) {
    if (is_large(count)) {
      give_back_huge_pages(taken);
    } else {
      std::allocator<T>().deallocate(taken, count);
    }
  }
  template <typename U>
  bool operator==(const HugePagesAllocator<U>& /*other*/) const {
    return true;
  }

 private:
  static bool is_large(size_t count) { return count >= kLeastInHugePages / sizeof(T); }
};

template <typename T>
using HugePagesVector = std::vector<T, HugePagesAllocator<T>>;

}  // namespace millrace
