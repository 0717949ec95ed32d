#include "base/huge_pages.h"

#include <sys/mman.h>

#include <new>

namespace millrace {

static constexpr std::align_val_t kPage{size_t{2} << 20};

void* take_huge_pages(size_t bytes) {
  void* taken = ::operator new(bytes, kPage);
  madvise(taken, bytes, MADV_HUGEPAGE);  // a hint: without such pages it is ordinary memory
  return taken;
}

void give_back_huge_pages(void* taken) { ::operator delete(taken, kPage); }

}  // namespace millrace
