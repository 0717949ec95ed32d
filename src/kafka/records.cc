#include "kafka/records.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/error.h"
#include "base/hash.h"
#include "kafka/compression.h"

namespace millrace::kafka {

namespace {

[[noreturn]] void fail(const char* what) {
  throw Error(ErrorCode::corrupt, std::string("records of a batch are damaged: ") + what);
}

int64_t signed_of(uint64_t raw) {
  return static_cast<int64_t>(raw >> 1) ^ -static_cast<int64_t>(raw & 1);
}

struct Varint {
  int64_t value;
  const char* behind;
};

Varint any_varint(const char* at, const char* end) {
  uint64_t raw = 0;
  for (int bits = 0; at < end && bits < 70; bits += 7) {
    const auto byte = static_cast<uint8_t>(*at++);
    raw |= static_cast<uint64_t>(byte & 0x7F) << bits;
    if ((byte & 0x80) == 0) {
      return {signed_of(raw), at};
    }
  }
  fail("a number has no end");
}

// The fields of a record in turn. This runs several times a record: two pointers that stay in
// registers, and varints of one or two bytes, which nearly all are, read inline, where the general
// reader in base/bytes is not.
class Fields {
 public:
  explicit Fields(std::string_view bytes) : at_(bytes.data()), end_(at_ + bytes.size()) {}

  int64_t number() {
    if (end_ - at_ >= 2) {
      const auto first = static_cast<uint8_t>(at_[0]);
      if (first < 0x80) {
        at_ += 1;
        return signed_of(first);
      }
      const auto second = static_cast<uint8_t>(at_[1]);
      if (second < 0x80) {
        at_ += 2;
        return signed_of((first & 0x7FU) | uint64_t{second} << 7);
      }
    }
    const Varint number = any_varint(at_, end_);
    at_ = number.behind;
    return number.value;
  }

  std::string_view bytes(int64_t size) {
    if (size < 0 || size > end_ - at_) {
      fail("a length passes the end");
    }
    const char* begin = std::exchange(at_, at_ + size);
    return {begin, static_cast<size_t>(size)};
  }

  // Into its place: a returned optional goes through memory, and waits for it.
  void nullable(std::optional<std::string_view>& to) {
    const int64_t size = number();
    if (size == -1) {
      to.reset();
    } else {
      to.emplace(bytes(size));
    }
  }

  std::string_view rest() const { return {at_, static_cast<size_t>(end_ - at_)}; }

 private:
  const char* at_;
  const char* end_;
};

void put_varint(int64_t value, std::string& to) {
  auto raw = (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
  while (raw >= 0x80) {
    to.push_back(static_cast<char>(raw | 0x80));
    raw >>= 7;
  }
  to.push_back(static_cast<char>(raw));
}

void put_nullable(std::optional<std::string_view> bytes, std::string& to) {
  put_varint(bytes ? static_cast<int64_t>(bytes->size()) : -1, to);
  if (bytes) {
    to.append(*bytes);
  }
}

}  // namespace

std::vector<Header> headers_of(const Record& record) {
  std::vector<Header> headers;
  Fields fields(record.headers);
  for (int32_t i = 0; i < record.header_count; ++i) {
    Header& header = headers.emplace_back();
    header.key = fields.bytes(fields.number());
    fields.nullable(header.value);
  }
  return headers;
}

Records::Records(const BatchView& batch) : batch_(batch), left_(batch.record_count()) {
  rest_ = batch.payload();
  if (batch.codec_bits() != 0) {
    decompressed_ = decompress(batch.compression(), rest_);
    rest_ = decompressed_.view();
  }
}

const Record* Records::next() {
  if (left_ <= 0) {
    return nullptr;
  }
  --left_;
  Fields rest(rest_);
  Fields body(rest.bytes(rest.number()));
  record_.bytes = rest_.substr(0, rest_.size() - rest.rest().size());
  rest_ = rest.rest();
  body.bytes(1);  // attributes: none are defined
  const int64_t timestamp_delta = body.number();
  record_.timestamp = batch_.has_append_time()
                          ? batch_.max_timestamp()
                          : Timestamp{batch_.base_timestamp().ms + timestamp_delta};
  record_.offset = batch_.base_offset() + body.number();
  body.nullable(record_.key);
  body.nullable(record_.value);
  record_.header_count = static_cast<int32_t>(body.number());
  record_.headers = body.rest();
  return &record_;
}

void BatchBuilder::add(Timestamp timestamp, std::optional<std::string_view> key,
                       std::optional<std::string_view> value, const Headers& headers) {
  if (count_ == 0) {
    base_timestamp_ = max_timestamp_ = timestamp;
  }
  max_timestamp_ = std::max(max_timestamp_, timestamp);
  scratch_.assign(1, '\0');
  put_varint(timestamp.ms - base_timestamp_.ms, scratch_);
  put_varint(count_, scratch_);
  put_nullable(key, scratch_);
  put_nullable(value, scratch_);
  put_varint(static_cast<int64_t>(headers.size()), scratch_);
  for (const auto& [name, text] : headers) {
    put_nullable(name, scratch_);
    put_nullable(text, scratch_);
  }
  put_varint(static_cast<int64_t>(scratch_.size()), records_);
  records_ += scratch_;
  ++count_;
}

std::string BatchBuilder::finish(Producer producer) {
  check(count_ > 0, "a batch has records");
  NetworkWriter out;
  out.write<int64_t>(0);  // base offset
  out.write(static_cast<int32_t>(size() - BatchView::kLengthEnd));
  out.write<int32_t>(-1);  // leader epoch
  out.write<int8_t>(2);
  out.write<uint32_t>(0);  // CRC, below
  out.write(producer.attributes);
  out.write<int32_t>(count_ - 1);
  out.write(base_timestamp_.ms);
  out.write(max_timestamp_.ms);
  out.write(producer.id);
  out.write(producer.epoch);
  out.write(producer.base_sequence);
  out.write(count_);
  out.write_bytes(records_);
  out.patch(17, crc32c(std::string_view(out.bytes()).substr(21)));
  records_.clear();
  count_ = 0;
  return out.take();
}

}  // namespace millrace::kafka
