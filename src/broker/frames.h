#pragma once

// Puts the frames of Kafka's protocol together from what arrives: a length of four bytes, then as
// many bytes of request.

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "base/shared_bytes.h"

namespace millrace::broker {

class Frames {
 public:
  using OnFrame = std::function<void(SharedBytes frame)>;

  explicit Frames(uint32_t max_bytes) : max_bytes_(max_bytes) {}

  // Of the frames that begin from now on.
  void take_at_most(uint32_t max_bytes) { max_bytes_ = max_bytes; }
  // Calls on_frame for each frame that is whole now. Throws Error(corrupt) for a length that is
  // negative or too large; nothing sensible can follow then.
  void append(std::string_view bytes, const OnFrame& on_frame);

 private:
  void begin_frame();

  uint32_t max_bytes_;
  char length_[4] = {};
  size_t length_have_ = 0;
  std::shared_ptr<char[]> frame_;  // being filled; nullptr while the length is
  size_t size_ = 0;
  size_t have_ = 0;
};

}  // namespace millrace::broker
