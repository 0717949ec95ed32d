#include "state/recency.h"

#include <algorithm>

#include "base/check.h"

namespace millrace::state {

void Recency::write(uint32_t number, int64_t now_ms) {
  forget(number);
  if (number >= entries_.size()) {
    entries_.resize(number + size_t{1});
  }
  Entry& entry = entries_[number];
  entry = {now_ms, last_, kNone};
  if (last_ == kNone) {
    first_ = number;
  } else {
    entries_[last_].next = number;
    entry.written_ms = std::max(now_ms, entries_[last_].written_ms);
  }
  last_ = number;
  ++size_;
}

std::optional<int64_t> Recency::written_ms(uint32_t number) const {
  const bool is_there = number < entries_.size() && entries_[number].next != kAbsent;
  return is_there ? std::optional(entries_[number].written_ms) : std::nullopt;
}

void Recency::forget(uint32_t number) {
  if (number < entries_.size() && entries_[number].next != kAbsent) {
    unlink(number);
  }
}

void Recency::unlink(uint32_t number) {
  Entry& entry = entries_[number];
  (entry.previous == kNone ? first_ : entries_[entry.previous].next) = entry.next;
  (entry.next == kNone ? last_ : entries_[entry.next].previous) = entry.previous;
  entry = {};
  --size_;
}

std::optional<uint32_t> Recency::take_until(int64_t until_ms) {
  if (first_ == kNone || entries_[first_].written_ms > until_ms) {
    return std::nullopt;
  }
  const uint32_t number = first_;
  unlink(number);
  return number;
}

void Recency::save(ByteWriter& out) const {
  out.write_varint(size_);
  int64_t before = 0;
  for (uint32_t number = first_; number != kNone; number = entries_[number].next) {
    out.write_varint(number);
    out.write_signed_varint(entries_[number].written_ms - before);
    before = entries_[number].written_ms;
  }
}

void Recency::load(ByteReader& in) {
  check(size_ == 0, "a table is loaded before it is used");
  int64_t ms = 0;
  for (uint64_t left = in.read_varint(); left > 0; --left) {
    const uint64_t number = in.read_varint();
    ms += in.read_signed_varint();
    write(static_cast<uint32_t>(number), ms);
  }
}

}  // namespace millrace::state
