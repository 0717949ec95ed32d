#include "state/waiting_rows.h"

#include <algorithm>

#include "base/check.h"

namespace millrace::state {

static bool is_later(const WaitingRows::Due& a, const WaitingRows::Due& b) {
  return a.ms != b.ms ? a.ms > b.ms : a.number > b.number;
}

void WaitingRows::enqueue(const Due& due) {
  if (queue_.empty() || queue_.back().ms <= due.ms) {
    queue_.push_back(due);
  } else {
    strays_.push_back(due);
    std::push_heap(strays_.begin(), strays_.end(), is_later);
  }
}

void WaitingRows::add(int64_t ms, const char* row) {
  enqueue({ms, next_number_++, rows_.add(row)});
}

const WaitingRows::Due* WaitingRows::next() const {
  const Due* queued = queue_.empty() ? nullptr : &queue_.front();
  const Due* stray = strays_.empty() ? nullptr : &strays_.front();
  if (queued == nullptr || stray == nullptr) {
    return queued != nullptr ? queued : stray;
  }
  return is_later(*queued, *stray) ? stray : queued;
}

void WaitingRows::pop() {
  if (!queue_.empty() && next() == &queue_.front()) {
    queue_.pop_front();
  } else {
    std::pop_heap(strays_.begin(), strays_.end(), is_later);
    strays_.pop_back();
  }
}

std::vector<WaitingRows::Due> WaitingRows::take_until(int64_t until, size_t most) {
  std::vector<Due> taken;
  for (const Due* due = next(); due != nullptr && due->ms <= until; due = next()) {
    if (taken.size() >= most && due->ms != taken.back().ms) {
      break;
    }
    taken.push_back(*due);
    pop();
  }
  return taken;
}

void WaitingRows::release(std::span<const Due> taken) {
  for (const Due& due : taken) {
    rows_.remove(due.row);
  }
}

void WaitingRows::save(ByteWriter& out) const {
  rows_.save(out);
  std::vector<Due> all(queue_.begin(), queue_.end());
  all.insert(all.end(), strays_.begin(), strays_.end());
  std::sort(all.begin(), all.end(), [](const Due& a, const Due& b) { return is_later(b, a); });
  out.write_varint(all.size());
  for (const Due& due : all) {
    out.write_signed_varint(due.ms);
    out.write_varint(due.row.number);
  }
}

void WaitingRows::load(ByteReader& in) {
  check(size() == 0, "a table is loaded before it is used");
  rows_.load(in);
  for (uint64_t left = in.read_varint(); left > 0; --left) {
    const int64_t ms = in.read_signed_varint();
    queue_.push_back({ms, next_number_++, RowRef{static_cast<uint32_t>(in.read_varint())}});
  }
}

}  // namespace millrace::state
