#pragma once

// The primitive types of Kafka's messages, for the generated codecs alone.
// https://kafka.apache.org/protocol#protocol_types
//
// `flexible` chooses between the two ways to write a length: fixed (i16 for strings, i32 otherwise;
// -1 is null) and compact (unsigned varint of length + 1; 0 is null).

#include <bit>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/shared_bytes.h"
#include "kafka/error_code.h"
#include "kafka/uuid.h"

namespace millrace::kafka {

// Throws Error(corrupt) where the frame does not hold what it should. Records are not copied: they
// keep the whole frame alive.
class Reader {
 public:
  explicit Reader(SharedBytes frame) : frame_(std::move(frame)), in_(frame_.view()) {}

  template <typename T>
  T read() {
    if constexpr (std::is_same_v<T, bool>) {
      return in_.read<int8_t>() != 0;
    } else if constexpr (std::is_same_v<T, double>) {
      return std::bit_cast<double>(in_.read<int64_t>());
    } else if constexpr (std::is_same_v<T, ErrorCode>) {
      return static_cast<ErrorCode>(in_.read<int16_t>());
    } else if constexpr (std::is_same_v<T, Uuid>) {
      Uuid id;
      in_.take(id.bytes.size()).copy(id.bytes.data(), id.bytes.size());
      return id;
    } else {
      return in_.read<T>();
    }
  }

  std::string read_string(bool flexible) { return std::string(required(string_length(flexible))); }
  std::optional<std::string> read_nullable_string(bool flexible) {
    return owned(string_length(flexible));
  }
  std::string read_bytes(bool flexible) { return std::string(required(long_length(flexible))); }
  std::optional<std::string> read_nullable_bytes(bool flexible) {
    return owned(long_length(flexible));
  }
  std::optional<SharedBytes> read_nullable_records(bool flexible);

  template <typename ReadOne>
  auto read_nullable_array(bool flexible, ReadOne read_one)
      -> std::optional<std::vector<decltype(read_one())>> {
    const int64_t count = long_length(flexible);
    if (count < 0) {
      return std::nullopt;
    }
    check_count(count);
    std::vector<decltype(read_one())> elements;
    for (int64_t i = 0; i < count; ++i) {
      elements.push_back(read_one());
    }
    return elements;
  }
  template <typename ReadOne>
  auto read_nullable_struct(ReadOne read_one) -> std::optional<decltype(read_one())> {
    return in_.read<int8_t>() < 0 ? std::nullopt : std::optional(read_one());
  }
  template <typename ReadOne>
  auto read_array(bool flexible, ReadOne read_one) {
    auto elements = read_nullable_array(flexible, read_one);
    if (!elements) {
      throw Error(OurErrorCode::corrupt, "an array that must be there is null");
    }
    return std::move(*elements);
  }

  // Calls on_tag(tag, reader of its bytes) for each tagged field.
  template <typename OnTag>
  void read_tags(OnTag on_tag) {
    for (uint64_t left = in_.read_varint(); left > 0; --left) {
      const auto tag = static_cast<uint32_t>(in_.read_varint());
      Reader value(take_shared(in_.read_varint()));
      on_tag(tag, value);
    }
  }
  void skip_tags() {
    read_tags([](uint32_t, Reader&) {});
  }

  bool empty() const { return in_.empty(); }
  size_t position() const { return in_.position(); }

 private:
  using OurErrorCode = millrace::ErrorCode;

  int64_t string_length(bool flexible);
  int64_t long_length(bool flexible);
  std::string_view required(int64_t length);
  std::optional<std::string> owned(int64_t length);
  SharedBytes take_shared(uint64_t size);
  void check_count(int64_t count) const;

  SharedBytes frame_;
  NetworkReader in_;
};

// What was written: bytes, and between them others that are shared with whoever had them before.
// Records of a fetch are large, and a copy of them would cost as much as all the rest of it.
class Frame {
 public:
  Frame() = default;
  explicit Frame(std::string bytes) : bytes_(std::move(bytes)) {}

  bool empty() const { return bytes_.empty() && shared_.empty(); }
  // Calls own(std::string) and shared(SharedBytes) for the parts, in order. The frame is empty
  // then.
  template <typename Own, typename Shared>
  void take_parts(Own own, Shared shared) {
    size_t from = 0;
    for (Piece& piece : shared_) {
      own(bytes_.substr(from, piece.at - from));
      from = piece.at;
      shared(std::move(piece.bytes));
    }
    own(from == 0 ? std::move(bytes_) : bytes_.substr(from));
    bytes_.clear();
    shared_.clear();
  }
  // All in one, copied.
  std::string take_flat() {
    std::string flat;
    take_parts([&](std::string part) { flat += part; },
               [&](const SharedBytes& part) { flat += part.view(); });
    return flat;
  }

 private:
  friend class Writer;
  struct Piece {
    size_t at;  // in bytes_: behind so many of them
    SharedBytes bytes;
  };
  std::string bytes_;
  std::vector<Piece> shared_;
};

class Writer {
 public:
  template <typename T>
  void write(T value) {
    if constexpr (std::is_same_v<T, bool>) {
      out_.write(static_cast<int8_t>(value ? 1 : 0));
    } else if constexpr (std::is_same_v<T, double>) {
      out_.write(std::bit_cast<int64_t>(value));
    } else if constexpr (std::is_same_v<T, ErrorCode>) {
      out_.write(static_cast<int16_t>(value));
    } else if constexpr (std::is_same_v<T, Uuid>) {
      out_.write_bytes(std::string_view(value.bytes.data(), value.bytes.size()));
    } else {
      out_.write(value);
    }
  }

  void write_string(std::string_view text, bool flexible);
  void write_nullable_string(const std::optional<std::string>& text, bool flexible);
  void write_bytes(std::string_view bytes, bool flexible);
  void write_nullable_bytes(const std::optional<std::string>& bytes, bool flexible);
  void write_nullable_records(const std::optional<SharedBytes>& records, bool flexible);

  template <typename Elements, typename WriteOne>
  void write_array(const Elements& elements, bool flexible, WriteOne write_one) {
    write_length(elements.size(), flexible);
    for (const auto& element : elements) {
      write_one(element);
    }
  }
  template <typename Elements, typename WriteOne>
  void write_nullable_array(const std::optional<Elements>& elements, bool flexible,
                            WriteOne write_one) {
    if (elements) {
      write_array(*elements, flexible, write_one);
    } else {
      write_null(flexible);
    }
  }

  template <typename Struct, typename WriteOne>
  void write_nullable_struct(const std::optional<Struct>& value, WriteOne write_one) {
    out_.write<int8_t>(value ? 1 : -1);
    if (value) {
      write_one(*value);
    }
  }

  void write_tag_count(uint32_t count) { out_.write_varint(count); }
  // Tags go in increasing order.
  template <typename WriteValue>
  void write_tag(uint32_t tag, WriteValue write_value) {
    Writer value;
    write_value(value);
    out_.write_varint(tag);
    const std::string bytes = value.take();
    out_.write_varint(bytes.size());
    out_.write_bytes(bytes);
  }

  size_t size() const { return out_.size() + shared_size_; }
  // Before any records.
  void patch_int32(size_t at, int32_t value) { out_.patch(at, value); }
  std::string take() { return take_frame().take_flat(); }
  Frame take_frame();

 private:
  void write_length(size_t length, bool flexible);
  void write_null(bool flexible);

  NetworkWriter out_;
  std::vector<Frame::Piece> shared_;
  size_t shared_size_ = 0;
};

}  // namespace millrace::kafka
