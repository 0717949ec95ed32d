#pragma once

// Bytes of texts that come and go one by one, unlike those of a StringArena: what is released is
// used again by texts of about the same length. Texts of up to StringRef::kInline bytes lie in
// their StringRef and take nothing here.

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "column/string_ref.h"

namespace millrace::state {

class TextPool {
 public:
  TextPool() = default;
  TextPool(TextPool&&) = delete;
  ~TextPool();

  // Good until it is released.
  StringRef copy(std::string_view text);
  void release(const StringRef& text);

  size_t bytes() const { return bytes_; }  // in use, with the room lost by rounding up

 private:
  // Lengths up to kPooled are rounded up to multiples of kStep; longer texts are allocated alone.
  static constexpr size_t kStep = 16;
  static constexpr size_t kPooled = 1024;
  static constexpr size_t kBlock = 64 * 1024;
  char* take(size_t size_class);

  std::array<char*, kPooled / kStep + 1> free_ = {};  // linked through their first bytes
  std::vector<std::unique_ptr<char[]>> blocks_;
  char* next_ = nullptr;
  size_t left_ = 0;
  size_t bytes_ = 0;
  // Of texts longer than kPooled: each knows its place here, in the 8 bytes ahead of its own.
  std::vector<char*> large_;
};

}  // namespace millrace::state
