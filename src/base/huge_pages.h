#pragma once

// Memory for tables that are read at random places: in pages of two megabytes where the system has
// them, since for small ones the processor would look up the page in memory first, and then the
// place in it.

#include <sys/mman.h>

#include <cstddef>
#include <new>
#include <span>
#include <vector>

namespace millrace {

template <typename T>
struct HugePagesAllocator {
  using value_type = T;

  HugePagesAllocator() = default;
  template <typename U>
  HugePagesAllocator(const HugePagesAllocator<U>& /*other*/) {}

  T* allocate(size_t count) {
    const size_t bytes = count * sizeof(T);
    if (bytes < kLeast) {
      return static_cast<T*>(::operator new(bytes));
    }
    void* taken = ::operator new(bytes, kPage);
    madvise(taken, bytes, MADV_HUGEPAGE);  // a hint: without such pages it is ordinary memory
    return static_cast<T*>(taken);
  }
  void deallocate(T* taken, size_t count) {
    if (count * sizeof(T) < kLeast) {
      ::operator delete(taken);
    } else {
      ::operator delete(taken, kPage);
    }
  }
  template <typename U>
  bool operator==(const HugePagesAllocator<U>& /*other*/) const {
    return true;
  }

 private:
  static constexpr std::align_val_t kPage{size_t{2} << 20};
  static constexpr size_t kLeast = size_t{4} << 20;
};

template <typename T>
using HugePagesVector = std::vector<T, HugePagesAllocator<T>>;

}  // namespace millrace
