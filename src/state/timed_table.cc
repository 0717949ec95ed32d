#include "state/timed_table.h"

#include <algorithm>

#include "base/check.h"
#include "base/error.h"

namespace millrace::state {

static constexpr size_t kGroupsPerBlock = 64;
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
  for (char* group : groups_) {  // none where this was moved from
    slots_->destroy(group + key_width_);
  }
}

char* Bucket::upsert(const char* key, uint64_t hash) {
  const size_t mask = entries_.size() - 1;
  size_t at = hash & mask;
  while (entries_[at].group != nullptr) {
    if (entries_[at].hash == hash && layout_->equal(entries_[at].group, key)) {
      return entries_[at].group + key_width_;
    }
    at = (at + 1) & mask;
  }
  char* group = add(key);
  entries_[at] = {hash, group};
  if (groups_.size() * 2 > entries_.size()) {
    grow();
  }
  return group + key_width_;
}

char* Bucket::add(const char* key) {
  if (room_ == 0) {
    blocks_.push_back(std::make_unique<char[]>(group_width_ * kGroupsPerBlock));
    room_ = kGroupsPerBlock;
  }
  char* group = blocks_.back().get() + (kGroupsPerBlock - room_) * group_width_;
  --room_;
  std::memcpy(group, key, key_width_);
  for (const size_t at : layout_->strings()) {
    StringRef text;
    std::memcpy(&text, key + at, sizeof(text));
    text = strings_->copy(text.view());
    std::memcpy(group + at, &text, sizeof(text));
  }
  slots_->init(group + key_width_);
  groups_.push_back(group);
  return group;
}

void Bucket::grow() {
  std::vector<Entry> larger(entries_.size() * 2);
  const size_t mask = larger.size() - 1;
  for (const Entry& entry : entries_) {
    if (entry.group == nullptr) {
      continue;
    }
    size_t at = entry.hash & mask;
    while (larger[at].group != nullptr) {
      at = (at + 1) & mask;
    }
    larger[at] = entry;
  }
  entries_ = std::move(larger);
}

std::vector<Column> Bucket::key_columns(size_t from, size_t count) const {
  return layout_->columns(std::span(groups_).subspan(from, count), strings_);
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
  return Taken{node.key(), std::move(node.mapped())};
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
    sum += bucket.groups().size();
  }
  return sum;
}

std::string TimedTable::describe() const {
  return "keys" + layout_.describe() + "; slots " + slots_->describe();
}

void TimedTable::save(ByteWriter& out) const {
  const std::string description = describe();
  out.write_varint(description.size());
  out.write_bytes(description);
  out.write_varint(buckets_.size());
  for (const auto& [end, bucket] : buckets_) {
    out.write_signed_varint(end);
    out.write_varint(bucket.groups().size());
    for (size_t group = 0; group < bucket.groups().size(); ++group) {
      layout_.save(bucket.groups()[group], out);
      slots_->save(bucket.slot(group), out);
    }
  }
}

void TimedTable::load(ByteReader& in) {
  check(buckets_.empty(), "a table is loaded before it is used");
  const std::string_view saved = in.take(in.read_varint());
  if (saved != describe()) {
    throw Error(ErrorCode::corrupt,
                "cannot load groups: expected " + describe() + ", found " + std::string(saved));
  }
  // Hashes are not written down, so that how keys are hashed may change: they are made anew.
  std::vector<char> key(layout_.width());
  for (uint64_t buckets = in.read_varint(); buckets > 0; --buckets) {
    Bucket& bucket = bucket_at(in.read_signed_varint());
    for (uint64_t groups = in.read_varint(); groups > 0; --groups) {
      std::fill(key.begin(), key.end(), char{0});
      layout_.load(key.data(), in);
      slots_->load(bucket.upsert(key.data(), layout_.hash(key.data())), in);
    }
  }
}

}  // namespace millrace::state
