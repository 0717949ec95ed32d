#include "base/zeroed_array.h"

#include <sys/mman.h>

#include <cstdlib>
#include <new>

namespace millrace {

// From this size on memory is the system's own, and not the allocator's.
static constexpr size_t kLarge = size_t{4} << 20;

void* take_zeroed(size_t bytes) {
  if (bytes == 0) {
    return nullptr;  // the allocator may give a pointer, or none
  }
  void* taken = bytes < kLarge ? std::calloc(bytes, 1)
                               : mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (taken == nullptr || taken == MAP_FAILED) {
    throw std::bad_alloc();
  }
  if (bytes >= kLarge) {
    madvise(taken, bytes, MADV_HUGEPAGE);  // a hint: without such pages it is ordinary memory
  }
  return taken;
}

void give_back_zeroed(void* taken, size_t bytes) {
  if (bytes < kLarge) {
    std::free(taken);
  } else {
    munmap(taken, bytes);
  }
}

}  // namespace millrace
