#include "state/waiting_rows.h"

#include <algorithm>

#include "base/check.h"

namespace millrace::state {

void WaitingRows::add(int64_t ms, const char* row) {
  due_.add({ms, next_number_++, rows_.add(row)});
}

std::vector<Due> WaitingRows::take_until(int64_t until, size_t most) {
  std::vector<Due> taken;
  for (const Due* due = due_.next(); due != nullptr && due->ms <= until; due = due_.next()) {
    if (taken.size() >= most && due->ms != taken.back().ms) {
      break;
    }
    taken.push_back(*due);
    due_.pop();
  }
  return taken;
}

std::optional<int64_t> WaitingRows::first() const {
  const Due* next = due_.next();
  return next == nullptr ? std::nullopt : std::optional(next->ms);
}

void WaitingRows::release(std::span<const Due> taken) {
  for (const Due& due : taken) {
    rows_.remove(due.row);
  }
}

void WaitingRows::save(ByteWriter& out) const {
  save_without_rows(out);
  std::vector<Due> all = due_.all();
  std::sort(all.begin(), all.end(), [](const Due& a, const Due& b) { return is_later(b, a); });
  out.write_varint(all.size());
  for (const Due& due : all) {
    out.write_signed_varint(due.ms);
    out.write_varint(due.row.number);
  }
}

void WaitingRows::load(ByteReader& in) {
  check(size() == 0, "a table is loaded before it is used");
  load_rows_within(rows_, in);
  for (uint64_t left = in.read_varint(); left > 0; --left) {
    const int64_t ms = in.read_signed_varint();
    due_.add({ms, next_number_++, RowRef{static_cast<uint32_t>(in.read_varint())}});
  }
}

size_t WaitingRows::memory() const { return size() * sizeof(Due); }

}  // namespace millrace::state
