#pragma once

// Writes an answer, as JSON or as CBOR (RFC 8949), in which AWS's SDKs for Java speak unless they
// are told otherwise. Both say the same; bytes are base64 in the one and themselves in the other,
// times seconds in the one and milliseconds in the other.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"

namespace millrace::kinesis {

enum class Encoding : uint8_t { json, cbor };

std::string_view content_type_of(Encoding encoding);

class Writer {
 public:
  explicit Writer(Encoding encoding) : encoding_(encoding) {}

  void begin_object();
  void end_object();
  void begin_list();
  void end_list();
  void name(std::string_view name);   // of the member whose value follows
  void text(std::string_view value);  // bytes that are not UTF-8 become U+FFFD
  void number(int64_t value);
  void flag(bool value);
  void blob(std::string_view bytes);
  void time(Timestamp value);

  void text(std::string_view member, std::string_view value) { name(member), text(value); }
  void number(std::string_view member, int64_t value) { name(member), number(value); }
  void flag(std::string_view member, bool value) { name(member), flag(value); }
  void blob(std::string_view member, std::string_view bytes) { name(member), blob(bytes); }
  void time(std::string_view member, Timestamp value) { name(member), time(value); }

  Encoding encoding() const { return encoding_; }
  size_t size() const { return out_.size(); }
  std::string take() { return std::move(out_); }

 private:
  void before_value();
  void begin(char json, uint8_t cbor);
  void end(char json);
  void head(uint8_t major_type, uint64_t value);

  const Encoding encoding_;
  std::string out_;
  bool first_ = true;        // nothing stands before what comes next in its object or list
  bool after_name_ = false;  // a value comes next
};

}  // namespace millrace::kinesis
