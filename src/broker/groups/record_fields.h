#pragma once

// Strings and bytes in the records of __consumer_offsets: lengths of two bytes for strings, four
// for bytes, as Kafka's protocol had them before flexible versions.

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/check.h"

namespace millrace::broker {

inline void write_field(std::string_view text, NetworkWriter& out) {
  check(text.size() <= INT16_MAX, "requests hold no longer strings");
  out.write(static_cast<int16_t>(text.size()));
  out.write_bytes(text);
}

inline std::string read_field(NetworkReader& in) {
  return std::string(in.take(static_cast<size_t>(in.read<int16_t>())));
}

inline void write_nullable_field(const std::optional<std::string>& text, NetworkWriter& out) {
  if (text) {
    write_field(*text, out);
  } else {
    out.write(int16_t{-1});
  }
}

inline std::optional<std::string> read_nullable_field(NetworkReader& in) {
  const auto size = in.read<int16_t>();
  return size < 0 ? std::nullopt : std::optional(std::string(in.take(static_cast<size_t>(size))));
}

inline void write_bytes_field(std::string_view bytes, NetworkWriter& out) {
  out.write(static_cast<int32_t>(bytes.size()));
  out.write_bytes(bytes);
}

inline std::string read_bytes_field(NetworkReader& in) {
  return std::string(in.take(static_cast<size_t>(in.read<int32_t>())));
}

}  // namespace millrace::broker
