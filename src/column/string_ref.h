#pragma once

// A borrowed string of 16 bytes, laid out as DuckDB's so that it crosses over by memcpy:
//
//   up to 12 bytes   | size u32 | the bytes, zero-padded             |
//   more             | size u32 | first 4 bytes | pointer to them all |
//
// The bytes behind the pointer are kept alive by the column's owners (column.h).

#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/hash.h"

namespace millrace {

class StringRef {
 public:
  static constexpr uint32_t kInline = 12;

  StringRef() = default;
  explicit StringRef(std::string_view text) : size_(static_cast<uint32_t>(text.size())) {
    if (text.size() <= kInline) {
      std::memcpy(bytes_, text.data(), text.size());
    } else {
      std::memcpy(bytes_, text.data(), 4);
      const char* at = text.data();
      std::memcpy(bytes_ + 4, &at, sizeof(at));
    }
  }

  uint32_t size() const { return size_; }
  bool is_inline() const { return size_ <= kInline; }
  // Valid as long as this object, where inline.
  std::string_view view() const {
    if (is_inline()) {
      return {bytes_, size_};
    }
    const char* at;
    std::memcpy(&at, bytes_ + 4, sizeof(at));
    return {at, size_};
  }

  bool operator==(const StringRef& other) const {
    uint64_t mine;
    uint64_t theirs;
    std::memcpy(&mine, this, 8);  // size and first four bytes together
    std::memcpy(&theirs, &other, 8);
    if (mine != theirs) {
      return false;
    }
    if (is_inline()) {
      return std::memcmp(bytes_ + 4, other.bytes_ + 4, 8) == 0;
    }
    return view() == other.view();
  }

  uint64_t hash() const {
    if (is_inline()) {
      uint64_t low;
      uint64_t high;
      std::memcpy(&low, this, 8);
      std::memcpy(&high, bytes_ + 4, 8);
      return mix(low, high);
    }
    return hash_bytes(view());
  }

 private:
  uint32_t size_ = 0;
  char bytes_[kInline] = {};
};

static_assert(sizeof(StringRef) == 16);

}  // namespace millrace
