#include "kinesis/writer.h"

#include "base/bytes.h"
#include "base/json.h"
#include "base/utf8.h"
#include "io/digests.h"

namespace millrace::kinesis {

namespace {

// Major types of CBOR, and its bytes for what has no length said beforehand.
constexpr uint8_t kUnsigned = 0;
constexpr uint8_t kNegative = 1;
constexpr uint8_t kBytes = 2;
constexpr uint8_t kText = 3;
constexpr uint8_t kTag = 6;
constexpr uint8_t kBeginList = 0x9F;
constexpr uint8_t kBeginMap = 0xBF;
constexpr uint8_t kBreak = 0xFF;
constexpr uint8_t kFalse = 0xF4;
constexpr uint8_t kTrue = 0xF5;
constexpr uint64_t kTimeTag = 1;

}  // namespace

std::string_view content_type_of(Encoding encoding) {
  return encoding == Encoding::json ? "application/x-amz-json-1.1" : "application/x-amz-cbor-1.1";
}

void Writer::before_value() {
  if (encoding_ == Encoding::json && !after_name_ && !first_) {
    out_ += ',';
  }
  first_ = after_name_ = false;
}

void Writer::begin(char json, uint8_t cbor) {
  before_value();
  out_ += encoding_ == Encoding::json ? json : static_cast<char>(cbor);
  first_ = true;
}

void Writer::end(char json) {
  out_ += encoding_ == Encoding::json ? json : static_cast<char>(kBreak);
  first_ = false;
}

void Writer::begin_object() { begin('{', kBeginMap); }
void Writer::end_object() { end('}'); }
void Writer::begin_list() { begin('[', kBeginList); }
void Writer::end_list() { end(']'); }

void Writer::name(std::string_view name) {
  text(name);
  if (encoding_ == Encoding::json) {
    out_ += ':';
  }
  after_name_ = true;
}

void Writer::text(std::string_view value) {
  before_value();
  if (encoding_ == Encoding::json) {
    append_json_string(value, out_);
    return;
  }
  const std::string whole = is_utf8(value) ? std::string(value) : with_replacements(value);
  head(kText, whole.size());
  out_ += whole;
}

void Writer::number(int64_t value) {
  before_value();
  if (encoding_ == Encoding::json) {
    out_ += std::to_string(value);
  } else if (value >= 0) {
    head(kUnsigned, static_cast<uint64_t>(value));
  } else {
    head(kNegative, static_cast<uint64_t>(-(value + 1)));
  }
}

void Writer::flag(bool value) {
  before_value();
  if (encoding_ == Encoding::json) {
    out_ += value ? "true" : "false";
  } else {
    out_ += static_cast<char>(value ? kTrue : kFalse);
  }
}

void Writer::blob(std::string_view bytes) {
  before_value();
  if (encoding_ == Encoding::json) {
    out_ += '"';
    out_ += io::to_base64(bytes);
    out_ += '"';
  } else {
    head(kBytes, bytes.size());
    out_ += bytes;
  }
}

void Writer::time(Timestamp value) {
  if (encoding_ == Encoding::cbor) {
    before_value();
    head(kTag, kTimeTag);
    first_ = true;
    number(value.ms);
    return;
  }
  before_value();
  const uint64_t ms =
      value.ms < 0 ? 0 - static_cast<uint64_t>(value.ms) : static_cast<uint64_t>(value.ms);
  const std::string fraction = std::to_string(1000 + ms % 1000);
  out_ += (value.ms < 0 ? "-" : "") + std::to_string(ms / 1000) + "." + fraction.substr(1);
}

void Writer::head(uint8_t major_type, uint64_t value) {
  const auto initial = [&](uint8_t more) {
    out_ += static_cast<char>(static_cast<uint8_t>(major_type << 5) | more);
  };
  char bytes[8];
  store<uint64_t, Endian::big>(value, bytes);
  if (value < 24) {
    initial(static_cast<uint8_t>(value));
  } else if (value <= UINT8_MAX) {
    initial(24);
    out_.append(bytes + 7, 1);
  } else if (value <= UINT16_MAX) {
    initial(25);
    out_.append(bytes + 6, 2);
  } else if (value <= UINT32_MAX) {
    initial(26);
    out_.append(bytes + 4, 4);
  } else {
    initial(27);
    out_.append(bytes, 8);
  }
}

}  // namespace millrace::kinesis
