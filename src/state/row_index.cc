#include "state/row_index.h"

#include <cstddef>

namespace millrace::state {

void RowIndex::add(uint64_t hash, RowRef row) {
  if ((size_ + 1) * 4 > entries_.size() * 3) {
    resize(entries_.size() * 2);
  }
  size_t at = home(tag_of(hash));
  while (entries_[at].row.is_row()) {
    at = (at + 1) & (entries_.size() - 1);
  }
  entries_[at] = {row, tag_of(hash)};
  ++size_;
}

void RowIndex::reserve(size_t rows) {
  size_t entries = entries_.size();
  while (rows * 4 > entries * 3) {
    entries *= 2;
  }
  if (entries != entries_.size()) {
    resize(entries);
  }
}

void RowIndex::resize(size_t entries) {
  std::vector<Entry> old(entries);
  old.swap(entries_);
  for (const Entry& entry : old) {
    if (!entry.row.is_row()) {
      continue;
    }
    size_t at = home(entry.tag);
    while (entries_[at].row.is_row()) {
      at = (at + 1) & (entries_.size() - 1);
    }
    entries_[at] = entry;
  }
}

// Closes the gap: entries after it move back as far as their home allows, so that every entry is
// reached from its home without passing an empty place.
void RowIndex::remove(const RowRef* entry) {
  static_assert(offsetof(Entry, row) == 0);
  const size_t mask = entries_.size() - 1;
  size_t gap = static_cast<size_t>(reinterpret_cast<const Entry*>(entry) - entries_.data());
  for (size_t at = (gap + 1) & mask; entries_[at].row.is_row(); at = (at + 1) & mask) {
    const size_t wanted = home(entries_[at].tag);
    if (((at - wanted) & mask) >= ((at - gap) & mask)) {
      entries_[gap] = entries_[at];
      gap = at;
    }
  }
  entries_[gap] = {};
  --size_;
}

}  // namespace millrace::state
