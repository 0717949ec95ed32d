#include "state/text_pool.h"

namespace millrace::state {

static constexpr size_t kPlace = sizeof(uint64_t);

char* TextPool::take(size_t size_class) {
  if (char* at = free_[size_class]; at != nullptr) {
    std::memcpy(&free_[size_class], at, sizeof(char*));
    return at;
  }
  const size_t size = size_class * kStep;
  if (size > left_) {
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(kBlock));
    next_ = blocks_.back().get();
    left_ = kBlock;
  }
  char* at = next_;
  next_ += size;
  left_ -= size;
  return at;
}

StringRef TextPool::copy(std::string_view text) {
  if (text.size() <= StringRef::kInline) {
    return StringRef(text);
  }
  char* at = nullptr;
  if (text.size() <= kPooled) {
    const size_t size_class = (text.size() + kStep - 1) / kStep;
    at = take(size_class);
    bytes_ += size_class * kStep;
  } else {
    char* block = new char[kPlace + text.size()];
    const uint64_t place = large_.size();
    std::memcpy(block, &place, kPlace);
    large_.push_back(block);
    at = block + kPlace;
    bytes_ += kPlace + text.size();
  }
  std::memcpy(at, text.data(), text.size());
  return StringRef(std::string_view(at, text.size()));
}

void TextPool::release(const StringRef& text) {
  if (text.is_inline()) {
    return;
  }
  char* at = const_cast<char*>(text.view().data());
  if (text.size() <= kPooled) {
    const size_t size_class = (text.size() + kStep - 1) / kStep;
    std::memcpy(at, &free_[size_class], sizeof(char*));
    free_[size_class] = at;
    bytes_ -= size_class * kStep;
    return;
  }
  char* block = at - kPlace;
  uint64_t place;
  std::memcpy(&place, block, kPlace);
  large_[place] = large_.back();
  std::memcpy(large_[place], &place, kPlace);
  large_.pop_back();
  bytes_ -= kPlace + text.size();
  delete[] block;
}

TextPool::~TextPool() {
  for (char* block : large_) {
    delete[] block;
  }
}

}  // namespace millrace::state
