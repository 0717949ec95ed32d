#pragma once

// An array of a table that is read at random places, all bytes zero at first. A large one is in
// pages of two megabytes where the system has them, since for small ones the processor would look
// up the page in memory first, and then the place in it; and what the system hands out is zero
// already, and not written once more.

#include <cstddef>
#include <type_traits>
#include <utility>

namespace millrace {

void* take_zeroed(size_t bytes);
void give_back_zeroed(void* taken, size_t bytes);

template <typename T>
class ZeroedArray {
  static_assert(std::is_trivial_v<T>);

 public:
  explicit ZeroedArray(size_t size)
      : items_(static_cast<T*>(take_zeroed(size * sizeof(T)))), size_(size) {}
  ~ZeroedArray() {
    if (size_ > 0) {
      give_back_zeroed(items_, size_ * sizeof(T));
    }
  }
  ZeroedArray(ZeroedArray&& other) noexcept
      : items_(other.items_), size_(std::exchange(other.size_, 0)) {}
  ZeroedArray& operator=(ZeroedArray&& other) noexcept {
    std::swap(items_, other.items_);
    std::swap(size_, other.size_);
    return *this;
  }
  ZeroedArray(const ZeroedArray&) = delete;
  ZeroedArray& operator=(const ZeroedArray&) = delete;

  size_t size() const { return size_; }
  T& operator[](size_t at) { return items_[at]; }
  const T& operator[](size_t at) const { return items_[at]; }
  const T* begin() const { return items_; }
  const T* end() const { return items_ + size_; }

 private:
  T* items_;
  size_t size_;
};

}  // namespace millrace
