#pragma once

// A hash table from key rows (key_rows.h) to cells of one size, which never move and may be taken
// out again. Small while it holds little: aggregations own one a group.

#include <cstdint>
#include <memory>
#include <vector>

#include "base/prefetch.h"
#include "base/zeroed_array.h"
#include "state/key_rows.h"

namespace millrace::state {

class KeyMap {
 public:
  // `layout` outlives the map.
  KeyMap(const KeyLayout* layout, size_t cell_size);
  ~KeyMap();
  KeyMap(KeyMap&&) = default;
  KeyMap(const KeyMap&) = delete;
  KeyMap& operator=(const KeyMap&) = delete;

  struct Found {
    char* cell;  // null where find() found nothing
    bool is_new;
  };
  // The cell of this key, made and zeroed where there is none.
  Found upsert(const char* key, uint64_t hash);
  Found find(const char* key, uint64_t hash) const;
  // The same in two steps, so that owners who bring many keys can ask for the places of all of them
  // between: a zeroed cell, which is not found yet; and finding it from now on. The second hands
  // out the cell that was found by this key until then, taken out, or null.
  char* make(const char* key) { return new_key(key) + layout_->width(); }
  char* put(char* made, uint64_t hash);
  // Takes the key out. Its cell stays as it is until it is given back.
  void detach(const char* key, uint64_t hash);
  void give_back(char* cell);
  // Room for so many keys, if there is less, but for no more than fit into `most_bytes`.
  void reserve(size_t keys, size_t most_bytes);
  // Begins anew, empty and small. What lies in the cells is the owner's.
  void clear();
  // Asks for the memory that a look-up of this hash will read: the entries that it is likely to
  // pass lie in two lines more often than in one.
  void prefetch(uint64_t hash) const {
    const size_t mask = entries_.size() - 1;
    prefetch_line(&entries_[hash & mask]);
    prefetch_line(&entries_[(hash + 3) & mask]);
  }
  // Asks for the key that the look-up will compare with, nearly always. Reads what prefetch() asked
  // for, which should be there by now.
  void prefetch_key(uint64_t hash) const {
    prefetch_line(entries_[hash & (entries_.size() - 1)].key);
  }

  size_t size() const { return size_; }
  // The key row of a cell.
  const char* key_of(const char* cell) const { return cell - layout_->width(); }
  // All cells that there ever were, by the place where they lie: also detached ones and those given
  // back. A cell keeps its number.
  size_t cells() const;
  char* cell(size_t number) const;
  size_t memory() const { return cells_memory_ + entries_.size() * sizeof(Entry); }
  // Calls f(cell) for each, in no order that means anything.
  template <typename F>
  void for_each(F&& f) const {
    for (const Entry& entry : entries_) {
      if (entry.key != nullptr) {
        f(entry.key + layout_->width());
      }
    }
  }

 private:
  struct Entry {
    uint64_t hash;
    char* key;  // the cell follows it; null where the entry is empty
  };
  size_t place_of(const char* key, uint64_t hash) const;
  void free_all_strings();
  void own_strings(char* key);
  void free_strings(const char* key);
  char* new_key(const char* key);
  void count_one_more();
  static bool is_full(size_t keys, size_t entries) { return keys * 8 > entries * 5; }
  void grow_to(size_t entries);

  const KeyLayout* layout_;
  size_t width_;                // of key and cell
  ZeroedArray<Entry> entries_;  // a power of two of them, at most five eighths used
  size_t size_ = 0;
  std::vector<std::unique_ptr<char[]>> blocks_;
  size_t block_size_ = 0;    // of the last one, in keys
  size_t room_ = 0;          // keys that still fit into it
  size_t cells_memory_ = 0;  // with the strings of their keys
  char* free_ = nullptr;     // given back: a list through their first bytes
};

}  // namespace millrace::state
