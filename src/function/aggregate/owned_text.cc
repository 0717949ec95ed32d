#include "function/aggregate/owned_text.h"

#include <cstring>

#include "base/counted_memory.h"
#include "function/aggregate/accumulate.h"

namespace millrace::function {

void OwnedText::set(std::string_view text) {
  if (text.size() > kWithin && text.size() > capacity_) {
    release();
    at_ = new char[text.size()];
    capacity_ = text.size();
    counted_bytes += taken_for(capacity_);
  }
  std::memcpy(capacity_ > 0 ? at_ : within_, text.data(), text.size());
  size_ = static_cast<uint32_t>(text.size());
  present_ = 1;
}

void OwnedText::release() {
  if (capacity_ > 0) {
    counted_bytes -= taken_for(capacity_);
    delete[] at_;
  }
  *this = OwnedText{};
}

static void save(const char* state, ByteWriter& out) {
  const OwnedText& text = state_at<OwnedText>(state);
  out.write_varint(text.has_value() ? text.view().size() + 1 : 0);
  out.write_bytes(text.has_value() ? text.view() : std::string_view());
}

static void load(char* state, ByteReader& in) {
  const uint64_t size = in.read_varint();
  if (size > 0) {
    state_at<OwnedText>(state).set(in.take(size - 1));
  }
}

static void destroy(char* state) { state_at<OwnedText>(state).release(); }

AggregateSignature owned_text_signature() {
  AggregateSignature signature;
  signature.size = sizeof(OwnedText);
  signature.save = save;
  signature.load = load;
  signature.destroy = destroy;
  return signature;
}

}  // namespace millrace::function
