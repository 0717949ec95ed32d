#include "state/timed_table.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/error.h"
#include "base/prefetch.h"

namespace millrace::state {

static constexpr size_t kFirstEntries = 32;
// How many rows before its turn a group is asked for: what memory takes, in look-ups.
static constexpr size_t kAhead = 8;

Bucket::Bucket(const KeyLayout* layout, const SlotKind* slots)
    : layout_(layout),
      slots_(slots),
      key_width_(layout->width()),
      group_width_(key_width_ + (slots->size() + 7) / 8 * 8),
      entries_(kFirstEntries),
      strings_(std::make_shared<StringArena>()) {}

Bucket::Bucket(Bucket&& other) noexcept = default;

Bucket::~Bucket() {
  for (size_t group = 0; !blocks_.empty() && group < size_; ++group) {  // none where moved from
    if (is_loaded_.empty() || is_loaded_[group]) {
      slots_->destroy(slot(group));
    }
  }
}

char* Bucket::upsert(const char* key, uint64_t hash) {
  const uint32_t tag = tag_of(hash);
  size_t at = home(tag);
  for (; entries_[at].group != kNoGroup; at = (at + 1) & (entries_.size() - 1)) {
    if (entries_[at].tag == tag && layout_->equal(this->key(entries_[at].group), key)) {
      note(entries_[at].group);
      return slot(entries_[at].group);
    }
  }
  entries_[at] = {size_, tag};
  add(key);
  if (size_t{size_} * 4 > entries_.size() * 3) {
    grow();
  }
  return slot(size_ - 1);
}

void Bucket::note(uint32_t group) {
  if (group >= written_) {
    return;
  }
  if (is_changed_.size() < written_) {
    is_changed_.resize(written_);
  }
  if (!is_changed_[group]) {
    is_changed_[group] = true;
    changed_.push_back(group);
  }
}

void Bucket::forget_written() {
  written_ = 0;
  is_changed_.clear();
  changed_.clear();
}

void Bucket::make_room(size_t group) {
  check(group < kNoGroup - 1, "a window holds less than four billion groups");
  while (blocks_.size() * kGroupsPerBlock <= group) {
    blocks_.push_back(std::make_unique<char[]>(group_width_ * kGroupsPerBlock));
  }
}

void Bucket::copy_key(char* to, const char* key) {
  std::memcpy(to, key, key_width_);
  for (const size_t at : layout_->strings()) {
    StringRef text;
    std::memcpy(&text, key + at, sizeof(text));
    text = strings_->copy(text.view());
    std::memcpy(to + at, &text, sizeof(text));
  }
}

void Bucket::add(const char* key) {
  make_room(size_);
  char* group = this->key(size_++);
  copy_key(group, key);
  slots_->init(group + key_width_);
}

void Bucket::grow() {
  std::vector<Entry> old(entries_.size() * 2);
  old.swap(entries_);
  for (const Entry& entry : old) {
    if (entry.group == kNoGroup) {
      continue;
    }
    size_t at = home(entry.tag);
    while (entries_[at].group != kNoGroup) {
      at = (at + 1) & (entries_.size() - 1);
    }
    entries_[at] = entry;
  }
}

// Makes the index anew, of so many entries. The groups are asked for in their order, and entries
// some time before their turn.
void Bucket::index(size_t entries) {
  entries_.assign(entries, {});
  constexpr size_t kRun = 64;
  std::array<uint32_t, kRun> tags{};
  for (size_t from = 0; from < size_; from += kRun) {
    const size_t run = std::min(kRun, size_ - from);
    for (size_t i = 0; i < run; ++i) {
      tags[i] = tag_of(layout_->hash(key(from + i)));
      prefetch_line(&entries_[home(tags[i])]);
    }
    for (size_t i = 0; i < run; ++i) {
      size_t at = home(tags[i]);
      while (entries_[at].group != kNoGroup) {
        at = (at + 1) & (entries_.size() - 1);
      }
      entries_[at] = {static_cast<uint32_t>(from + i), tags[i]};
    }
  }
}

std::vector<Column> Bucket::key_columns(size_t from, size_t count) const {
  std::vector<char*> keys(count);
  for (size_t i = 0; i < count; ++i) {
    keys[i] = key(from + i);
  }
  return layout_->columns(keys, strings_);
}

size_t Bucket::memory() const {
  return entries_.capacity() * sizeof(Entry) + blocks_.size() * kGroupsPerBlock * group_width_ +
         strings_->bytes();
}

void Bucket::save_group(size_t group, ByteWriter& out) const {
  layout_->save(key(group), out);
  slots_->save(slot(group), out);
}

size_t Bucket::save_groups(std::span<const uint32_t> groups, ByteWriter& out,
                           size_t most_bytes) const {
  int64_t next = 0;
  size_t written = 0;
  for (; written < groups.size() && out.size() < most_bytes; ++written) {
    out.write_signed_varint(int64_t{groups[written]} - next);
    save_group(groups[written], out);
    next = int64_t{groups[written]} + 1;
  }
  return written;
}

void Bucket::load_group(size_t group, std::span<char> key, ByteReader& in) {
  std::fill(key.begin(), key.end(), char{0});
  layout_->load(key.data(), in);
  make_room(group);
  if (group >= size_) {
    size_ = static_cast<uint32_t>(group + 1);
    is_loaded_.resize(size_);
  }
  if (is_loaded_[group]) {  // what it is now counts
    slots_->destroy(slot(group));
    std::fill_n(slot(group), group_width_ - key_width_, char{0});
  } else {
    copy_key(this->key(group), key.data());
    is_loaded_[group] = true;
    ++loaded_;
  }
  slots_->init(slot(group));
  slots_->load(slot(group), in);
}

void Bucket::loaded() {
  if (std::find(is_loaded_.begin(), is_loaded_.end(), false) != is_loaded_.end()) {
    throw Error(ErrorCode::corrupt, "cannot load groups: one is missing");
  }
  is_loaded_.clear();
  size_t entries = entries_.size();
  while (size_t{size_} * 4 > entries * 3) {
    entries *= 2;
  }
  index(entries);
}

TimedTable::TimedTable(std::vector<Type> keys, std::shared_ptr<const SlotKind> slots)
    : layout_(std::move(keys)), slots_(std::move(slots)) {}

Bucket& TimedTable::bucket_at(int64_t end) {
  if (last_ == nullptr || last_end_ != end) {
    last_ = &buckets_.try_emplace(end, &layout_, slots_.get()).first->second;
    last_end_ = end;
  }
  return *last_;
}

void TimedTable::upsert(const KeyRows& keys, std::span<const uint32_t> which,
                        std::span<const int64_t> ends, char** slots) {
  check(which.size() == ends.size());
  touched_ += which.size();
  for (size_t i = 0; i < which.size(); ++i) {
    if (i + kAhead < which.size() && ends[i + kAhead] == last_end_ && last_ != nullptr) {
      last_->prefetch(keys.hash(which[i + kAhead]));
    }
    slots[i] = bucket_at(ends[i]).upsert(keys.row(which[i]), keys.hash(which[i]));
  }
}

std::optional<TimedTable::Taken> TimedTable::take_ending_by(int64_t end) {
  if (buckets_.empty() || buckets_.begin()->first > end) {
    return std::nullopt;
  }
  auto node = buckets_.extract(buckets_.begin());
  last_ = nullptr;
  if (node.mapped().is_written() || spilled_.contains(node.key())) {
    dropped_.push_back(node.key());
  }
  if (auto spilled = take_spilled(node.key(), node.mapped())) {
    return Taken{node.key(), new_bucket(), std::move(spilled)};
  }
  return Taken{node.key(), std::move(node.mapped()), nullptr};
}

std::optional<int64_t> TimedTable::first_end() const {
  if (buckets_.empty()) {
    return std::nullopt;
  }
  return buckets_.begin()->first;
}

size_t TimedTable::groups() const {
  size_t sum = 0;
  for (const auto& [end, bucket] : buckets_) {
    sum += bucket.size();
  }
  return sum;
}

std::string TimedTable::describe() const {
  return "keys" + layout_.describe() + "; slots " + slots_->describe();
}

size_t TimedTable::memory() const {
  size_t sum = slots_->memory();
  for (const auto& [end, bucket] : buckets_) {
    sum += bucket.memory();
  }
  for (const auto& [end, spilled] : spilled_) {
    sum += spilled->memory();
  }
  return sum;
}

}  // namespace millrace::state
