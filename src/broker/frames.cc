#include "broker/frames.h"

#include <algorithm>
#include <cstring>

#include "base/bytes.h"
#include "base/error.h"

namespace millrace::broker {

void Frames::begin_frame() {
  const auto length = load<int32_t, Endian::big>(length_);
  if (length < 0 || static_cast<uint32_t>(length) > max_bytes_) {
    throw Error(ErrorCode::corrupt, "a request of " + std::to_string(length) + " bytes, at most " +
                                        std::to_string(max_bytes_) +
                                        " are taken; is it Kafka's protocol, and not encrypted?");
  }
  size_ = static_cast<size_t>(length);
  have_ = 0;
  frame_ = SharedBytes::allocate(size_);  // the system gives memory as it is filled
}

void Frames::append(std::string_view bytes, const OnFrame& on_frame) {
  while (!bytes.empty()) {
    if (!frame_) {
      const size_t taken = std::min(sizeof(length_) - length_have_, bytes.size());
      std::memcpy(length_ + length_have_, bytes.data(), taken);
      length_have_ += taken;
      bytes.remove_prefix(taken);
      if (length_have_ < sizeof(length_)) {
        return;
      }
      begin_frame();
    }
    const size_t taken = std::min(size_ - have_, bytes.size());
    std::memcpy(frame_.get() + have_, bytes.data(), taken);
    have_ += taken;
    bytes.remove_prefix(taken);
    if (have_ == size_) {
      length_have_ = 0;
      const char* begin = frame_.get();
      on_frame(SharedBytes(std::exchange(frame_, nullptr), std::string_view(begin, size_)));
    }
  }
}

}  // namespace millrace::broker
