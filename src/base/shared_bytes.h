#pragma once

// Immutable bytes that several parts hold at once: a piece of a log, a decompressed block. At least
// kReadableBehind bytes behind the end may be read (not used), which vectorised decoders need.

#include <cstring>
#include <memory>
#include <string_view>

namespace millrace {

class SharedBytes {
 public:
  static constexpr size_t kReadableBehind = 64;

  SharedBytes() = default;
  // `view` lies within `owner` with kReadableBehind readable bytes behind it.
  SharedBytes(std::shared_ptr<const char[]> owner, std::string_view view)
      : owner_(std::move(owner)), view_(view) {}

  // Room for `size` bytes to be filled, and the readable rest, zeroed.
  static std::shared_ptr<char[]> allocate(size_t size) {
    std::shared_ptr<char[]> room(new char[size + kReadableBehind]);
    std::memset(room.get() + size, 0, kReadableBehind);
    return room;
  }
  static SharedBytes copy_of(std::string_view bytes) {
    auto room = allocate(bytes.size());
    std::memcpy(room.get(), bytes.data(), bytes.size());
    const char* begin = room.get();
    return {std::move(room), std::string_view(begin, bytes.size())};
  }

  std::string_view view() const { return view_; }
  bool empty() const { return view_.empty(); }
  size_t size() const { return view_.size(); }
  // A part of these bytes, keeping all of them alive.
  SharedBytes part(size_t from, size_t size) const { return {owner_, view_.substr(from, size)}; }

 private:
  std::shared_ptr<const char[]> owner_;
  std::string_view view_;
};

}  // namespace millrace
