#include "state/key_map.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/check.h"

namespace millrace::state {

static constexpr size_t kFirstEntries = 4;
static constexpr size_t kFirstBlock = 2;
static constexpr size_t kLargestBlock = 256;

KeyMap::KeyMap(const KeyLayout* layout, size_t cell_size)
    : layout_(layout), width_(layout->width() + (cell_size + 7) / 8 * 8), entries_(kFirstEntries) {}

// Strings too long to lie in the key row have memory of their own, so that it goes with the key.
void KeyMap::own_strings(char* key) {
  for (const size_t at : layout_->strings()) {
    StringRef text;
    std::memcpy(&text, key + at, sizeof(text));
    if (!text.is_inline()) {
      char* copy = new char[text.size()];
      cells_memory_ += text.size();
      std::memcpy(copy, text.view().data(), text.size());
      text = StringRef(std::string_view(copy, text.size()));
      std::memcpy(key + at, &text, sizeof(text));
    }
  }
}

void KeyMap::free_strings(const char* key) {
  for (const size_t at : layout_->strings()) {
    StringRef text;
    std::memcpy(&text, key + at, sizeof(text));
    if (!text.is_inline()) {
      cells_memory_ -= text.size();
      delete[] text.view().data();
    }
  }
}

KeyMap::~KeyMap() { free_all_strings(); }

void KeyMap::free_all_strings() {
  for (const Entry& entry : entries_) {
    if (entry.key != nullptr) {
      free_strings(entry.key);
    }
  }
}

void KeyMap::clear() {
  free_all_strings();
  entries_ = ZeroedArray<Entry>(kFirstEntries);
  cells_memory_ = 0;
  size_ = 0;
  blocks_.clear();
  block_size_ = 0;
  room_ = 0;
  free_ = nullptr;
}

// The entry of the key, or the empty one where it would be.
size_t KeyMap::place_of(const char* key, uint64_t hash) const {
  const size_t mask = entries_.size() - 1;
  size_t at = hash & mask;
  while (entries_[at].key != nullptr &&
         (entries_[at].hash != hash || !layout_->equal(entries_[at].key, key))) {
    at = (at + 1) & mask;
  }
  return at;
}

KeyMap::Found KeyMap::find(const char* key, uint64_t hash) const {
  char* found = entries_[place_of(key, hash)].key;
  return {found == nullptr ? nullptr : found + layout_->width(), false};
}

KeyMap::Found KeyMap::upsert(const char* key, uint64_t hash) {
  Entry& entry = entries_[place_of(key, hash)];
  if (entry.key != nullptr) {
    return {entry.key + layout_->width(), false};
  }
  char* made = new_key(key);
  entry = {hash, made};
  count_one_more();
  return {made + layout_->width(), true};
}

char* KeyMap::put(char* made, uint64_t hash) {
  char* key = made - layout_->width();
  Entry& entry = entries_[place_of(key, hash)];
  char* before = std::exchange(entry.key, key);
  if (before != nullptr) {
    return before + layout_->width();
  }
  entry.hash = hash;
  count_one_more();
  return nullptr;
}

void KeyMap::count_one_more() {
  if (is_full(++size_, entries_.size())) {
    grow_to(entries_.size() * 2);
  }
}

void KeyMap::reserve(size_t keys, size_t most_bytes) {
  size_t entries = entries_.size();
  while (is_full(keys, entries) && entries * 2 * sizeof(Entry) <= most_bytes) {
    entries *= 2;
  }
  if (entries > entries_.size()) {
    grow_to(entries);
  }
}

char* KeyMap::new_key(const char* key) {
  char* made = free_;
  if (made != nullptr) {
    std::memcpy(&free_, made, sizeof(free_));
  } else {
    if (room_ == 0) {
      block_size_ = std::clamp(block_size_ * 2, kFirstBlock, kLargestBlock);
      blocks_.push_back(std::make_unique_for_overwrite<char[]>(width_ * block_size_));
      room_ = block_size_;
      cells_memory_ += width_ * block_size_;
    }
    made = blocks_.back().get() + (block_size_ - room_) * width_;
    --room_;
  }
  std::memcpy(made, key, layout_->width());
  std::memset(made + layout_->width(), 0, width_ - layout_->width());
  own_strings(made);
  return made;
}

// Entries behind the gap move up, as far as they may: a look-up ends at the first gap.
void KeyMap::detach(const char* key, uint64_t hash) {
  const size_t mask = entries_.size() - 1;
  size_t gap = place_of(key, hash);
  check(entries_[gap].key != nullptr, "a key is taken out that is there");
  for (size_t at = (gap + 1) & mask; entries_[at].key != nullptr; at = (at + 1) & mask) {
    const size_t home = entries_[at].hash & mask;
    if (((at - home) & mask) >= ((at - gap) & mask)) {
      entries_[gap] = entries_[at];
      gap = at;
    }
  }
  entries_[gap] = {};
  --size_;
}

void KeyMap::give_back(char* cell) {
  char* key = cell - layout_->width();
  free_strings(key);
  std::memcpy(key, &free_, sizeof(free_));
  free_ = key;
}

void KeyMap::grow_to(size_t entries) {
  ZeroedArray<Entry> larger(entries);
  const size_t mask = larger.size() - 1;
  for (const Entry& entry : entries_) {
    if (entry.key == nullptr) {
      continue;
    }
    size_t at = entry.hash & mask;
    while (larger[at].key != nullptr) {
      at = (at + 1) & mask;
    }
    larger[at] = entry;
  }
  entries_ = std::move(larger);
}

// Blocks double from kFirstBlock to kLargestBlock keys.
static constexpr size_t kDoubled = 7;  // blocks that are smaller than the largest
static_assert(kFirstBlock << kDoubled == kLargestBlock);
static constexpr size_t kInDoubled = kLargestBlock - kFirstBlock;  // keys in those

size_t KeyMap::cells() const {
  const size_t blocks = blocks_.size();
  const size_t all = blocks <= kDoubled ? (kFirstBlock << blocks) - kFirstBlock
                                        : kInDoubled + (blocks - kDoubled) * kLargestBlock;
  return all - room_;
}

char* KeyMap::cell(size_t number) const {
  size_t block = 0;
  size_t at = number;
  if (number >= kInDoubled) {
    block = kDoubled + (number - kInDoubled) / kLargestBlock;
    at = (number - kInDoubled) % kLargestBlock;
  } else {
    for (; at >= kFirstBlock << block; ++block) {
      at -= kFirstBlock << block;
    }
  }
  return blocks_[block].get() + at * width_ + layout_->width();
}

}  // namespace millrace::state
