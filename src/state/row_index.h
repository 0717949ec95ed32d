#pragma once

// From hashes to rows: an open-addressing table of row references, whose owner compares the rows.
// Eight bytes an entry, at most three quarters used; hashes are kept so far as the table needs them
// to grow and to compare, so rows are only read where they are likely to be the right ones.

#include <cstdint>
#include <vector>

#include "base/prefetch.h"
#include "state/row_store.h"

namespace millrace::state {

class RowIndex {
 public:
  RowIndex() : entries_(kFirstEntries) {}

  // The entry of this hash for which equal(RowRef) holds; null where there is none. Good until the
  // next add or remove.
  template <typename Equal>
  RowRef* find(uint64_t hash, Equal&& equal);
  template <typename Equal>
  const RowRef* find(uint64_t hash, Equal&& equal) const {
    return const_cast<RowIndex*>(this)->find(hash, equal);
  }
  void prefetch(uint64_t hash) const { prefetch_line(&entries_[home(tag_of(hash))]); }
  // The row that find() will most likely be asked of, if any. Reads what prefetch() asked for,
  // which should be there by now.
  RowRef likely(uint64_t hash) const {
    const Entry& entry = entries_[home(tag_of(hash))];
    return entry.tag == tag_of(hash) ? entry.row : kNoRow;
  }

  // Room for so many rows. Rows that come in the order of their hashes, as another index hands them
  // out, crowd at the front of one that grows meanwhile, so that each takes the longer to add.
  void reserve(size_t rows);
  void add(uint64_t hash, RowRef row);
  // What find() returned.
  void remove(const RowRef* entry);

  size_t size() const { return size_; }
  size_t memory() const { return entries_.size() * sizeof(Entry); }
  template <typename F>
  void for_each(F&& f) const {
    for (const Entry& entry : entries_) {
      if (entry.row.is_row()) {
        f(entry.row);
      }
    }
  }

 private:
  static constexpr size_t kFirstEntries = 16;  // a power of two, as later sizes are

  struct Entry {
    RowRef row;
    uint32_t tag = 0;
  };
  static uint32_t tag_of(uint64_t hash) { return static_cast<uint32_t>(hash >> 32); }
  size_t home(uint32_t tag) const { return tag & (entries_.size() - 1); }
  void resize(size_t entries);

  std::vector<Entry> entries_;
  size_t size_ = 0;
};

template <typename Equal>
RowRef* RowIndex::find(uint64_t hash, Equal&& equal) {
  const uint32_t tag = tag_of(hash);
  for (size_t at = home(tag); entries_[at].row.is_row(); at = (at + 1) & (entries_.size() - 1)) {
    if (entries_[at].tag == tag && equal(entries_[at].row)) {
      return &entries_[at].row;
    }
  }
  return nullptr;
}

}  // namespace millrace::state
