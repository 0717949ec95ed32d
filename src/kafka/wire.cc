#include "kafka/wire.h"

#include "base/check.h"

namespace millrace::kafka {

// Fewer are copied sooner than sent by themselves.
static constexpr size_t kSharedBytes = 4096;

// The compact form could say more than the protocol allows, and older versions could not answer it.
int64_t Reader::string_length(bool flexible) {
  const int64_t length =
      flexible ? static_cast<int64_t>(in_.read_varint()) - 1 : in_.read<int16_t>();
  if (length > INT16_MAX) {
    throw Error(OurErrorCode::corrupt, "a string of " + std::to_string(length) + " bytes");
  }
  return length;
}

int64_t Reader::long_length(bool flexible) {
  return flexible ? static_cast<int64_t>(in_.read_varint()) - 1 : in_.read<int32_t>();
}

std::string_view Reader::required(int64_t length) {
  if (length < 0) {
    throw Error(OurErrorCode::corrupt, "a string that must be there is null");
  }
  return in_.take(static_cast<size_t>(length));
}

std::optional<std::string> Reader::owned(int64_t length) {
  if (length < 0) {
    return std::nullopt;
  }
  return std::string(in_.take(static_cast<size_t>(length)));
}

SharedBytes Reader::take_shared(uint64_t size) {
  const size_t begin = in_.position();
  in_.take(size);
  return frame_.part(begin, size);
}

std::optional<SharedBytes> Reader::read_nullable_records(bool flexible) {
  const int64_t length = long_length(flexible);
  if (length < 0) {
    return std::nullopt;
  }
  return take_shared(static_cast<uint64_t>(length));
}

// Every element has at least one byte, so that a few bytes cannot ask for much memory.
void Reader::check_count(int64_t count) const {
  if (static_cast<uint64_t>(count) > in_.rest().size()) {
    throw Error(OurErrorCode::corrupt, "an array of " + std::to_string(count) + " elements in " +
                                           std::to_string(in_.rest().size()) + " bytes");
  }
}

void Writer::write_length(size_t length, bool flexible) {
  check(length <= INT32_MAX, "length of a field");
  if (flexible) {
    out_.write_varint(length + 1);
  } else {
    out_.write(static_cast<int32_t>(length));
  }
}

void Writer::write_null(bool flexible) {
  if (flexible) {
    out_.write_varint(0);
  } else {
    out_.write<int32_t>(-1);
  }
}

void Writer::write_string(std::string_view text, bool flexible) {
  // Names of a request may have come together in it, so this is no broken invariant.
  if (text.size() > INT16_MAX) {
    throw Error(millrace::ErrorCode::invalid_argument,
                "cannot write a string of " + std::to_string(text.size()) +
                    " bytes: Kafka's have at most " + std::to_string(INT16_MAX));
  }
  if (flexible) {
    out_.write_varint(text.size() + 1);
  } else {
    out_.write(static_cast<int16_t>(text.size()));
  }
  out_.write_bytes(text);
}

void Writer::write_nullable_string(const std::optional<std::string>& text, bool flexible) {
  if (text) {
    write_string(*text, flexible);
  } else if (flexible) {
    out_.write_varint(0);
  } else {
    out_.write<int16_t>(-1);
  }
}

void Writer::write_bytes(std::string_view bytes, bool flexible) {
  write_length(bytes.size(), flexible);
  out_.write_bytes(bytes);
}

void Writer::write_nullable_bytes(const std::optional<std::string>& bytes, bool flexible) {
  if (bytes) {
    write_bytes(*bytes, flexible);
  } else {
    write_null(flexible);
  }
}

void Writer::write_nullable_records(const std::optional<SharedBytes>& records, bool flexible) {
  if (!records) {
    write_null(flexible);
  } else if (records->size() < kSharedBytes) {
    write_bytes(records->view(), flexible);
  } else {
    write_length(records->size(), flexible);
    shared_.push_back({out_.size(), *records});
    shared_size_ += records->size();
  }
}

Frame Writer::take_frame() {
  Frame frame(out_.take());
  frame.shared_ = std::move(shared_);
  shared_.clear();
  shared_size_ = 0;
  return frame;
}

}  // namespace millrace::kafka
