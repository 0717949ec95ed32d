#include "kafka/records.h"

#include <algorithm>

#include "base/check.h"
#include "base/error.h"
#include "base/hash.h"
#include "kafka/compression.h"

namespace millrace::kafka {

namespace {

[[noreturn]] void fail(const char* what) {
  throw Error(ErrorCode::corrupt, std::string("records of a batch are damaged: ") + what);
}

// Varints of one or two bytes are nearly all there are, and this runs several times a record: here
// and inline, where the general reader in base/bytes is not.
int64_t take_varint(std::string_view& from) {
  uint64_t raw = 0;
  for (size_t i = 0; i < from.size() && i < 10; ++i) {
    const auto byte = static_cast<uint8_t>(from[i]);
    raw |= static_cast<uint64_t>(byte & 0x7F) << (7 * i);
    if ((byte & 0x80) == 0) {
      from.remove_prefix(i + 1);
      return static_cast<int64_t>(raw >> 1) ^ -static_cast<int64_t>(raw & 1);
    }
  }
  fail("a number has no end");
}

std::string_view take(std::string_view& from, int64_t size) {
  if (size < 0 || static_cast<uint64_t>(size) > from.size()) {
    fail("a length passes the end");
  }
  const std::string_view taken = from.substr(0, static_cast<size_t>(size));
  from.remove_prefix(static_cast<size_t>(size));
  return taken;
}

std::optional<std::string_view> take_nullable(std::string_view& from) {
  const int64_t size = take_varint(from);
  if (size == -1) {
    return std::nullopt;
  }
  return take(from, size);
}

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
  std::string_view rest = record.headers;
  for (int32_t i = 0; i < record.header_count; ++i) {
    Header& header = headers.emplace_back();
    header.key = take(rest, take_varint(rest));
    header.value = take_nullable(rest);
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
  const std::string_view from_here = rest_;
  std::string_view body = take(rest_, take_varint(rest_));
  record_.bytes = from_here.substr(0, from_here.size() - rest_.size());
  take(body, 1);  // attributes: none are defined
  const int64_t timestamp_delta = take_varint(body);
  record_.timestamp = batch_.has_append_time()
                          ? batch_.max_timestamp()
                          : Timestamp{batch_.base_timestamp().ms + timestamp_delta};
  record_.offset = batch_.base_offset() + take_varint(body);
  record_.key = take_nullable(body);
  record_.value = take_nullable(body);
  record_.header_count = static_cast<int32_t>(take_varint(body));
  record_.headers = body;
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
