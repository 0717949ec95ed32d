#pragma once

// Containers whose memory is counted where it is taken, for owners of very many of them who must
// know what all of them hold: to ask each would take longer than to change it. The count is the
// thread's, since that spares each container a pointer to one; who asks looks at what it becomes
// between two moments of a call (CountedChange), so that nothing of anybody else is in it.

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace millrace {

// What this thread has taken and not given back; below zero where another one took it.
inline thread_local int64_t counted_bytes = 0;

// With what an allocation takes beside its bytes: its size ahead of it, and room up to a multiple
// of sixteen.
inline int64_t taken_for(size_t bytes) { return static_cast<int64_t>((bytes + 8 + 15) / 16 * 16); }

template <typename T>
struct CountedAllocator {
  using value_type = T;

  CountedAllocator() = default;
  template <typename U>
  CountedAllocator(const CountedAllocator<U>& /*other*/) {}

  T* allocate(size_t count) {
    T* const taken = std::allocator<T>().allocate(count);
    counted_bytes += taken_for(std::span(taken, count).size_bytes());
    return taken;
  }
  void deallocate(T* taken, size_t count) {
    counted_bytes -= taken_for(std::span(taken, count).size_bytes());
    std::allocator<T>().deallocate(taken, count);
  }
  template <typename U>
  bool operator==(const CountedAllocator<U>& /*other*/) const {
    return true;
  }
};

template <typename T>
using CountedVector = std::vector<T, CountedAllocator<T>>;
template <typename Key, typename T, typename Less = std::less<Key>>
using CountedMap = std::map<Key, T, Less, CountedAllocator<std::pair<const Key, T>>>;
using CountedText = std::basic_string<char, std::char_traits<char>, CountedAllocator<char>>;

// Adds to `held`, which outlives it, what is taken while it lives.
class CountedChange {
 public:
  explicit CountedChange(int64_t* held) : held_(held), before_(counted_bytes) {}
  ~CountedChange() { *held_ += counted_bytes - before_; }
  CountedChange(const CountedChange&) = delete;
  CountedChange& operator=(const CountedChange&) = delete;

 private:
  int64_t* held_;
  int64_t before_;
};

}  // namespace millrace
