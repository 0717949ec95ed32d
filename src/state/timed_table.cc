#include "state/timed_table.h"

#include <algorithm>

#include "base/check.h"
#include "base/error.h"
#include "column/physical.h"

namespace millrace::state {

static constexpr size_t kGroupsPerBlock = 64;
static constexpr size_t kFirstEntries = 32;

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
  std::vector<Column> columns;
  for (size_t number = 0; number < layout_->types().size(); ++number) {
    const Type& type = layout_->types()[number];
    columns.push_back(with_physical(type.physical(), [&](auto zero) {
      using T = decltype(zero);
      FlatBuffer<T> values(count);
      for (size_t i = 0; i < count; ++i) {
        const char* key = groups_[from + i];
        uint64_t nulls;
        std::memcpy(&nulls, key, sizeof(nulls));
        std::memcpy(&values[i], key + layout_->at(number), sizeof(T));
        if (((nulls >> number) & 1) != 0) {
          values.set_null(i);
        }
      }
      return values.finish(type, {strings_});
    }));
  }
  return columns;
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
  std::string text = "keys";
  for (const Type& type : layout_.types()) {
    text += " " + type.as_nullable().to_string();
  }
  return text + "; slots " + slots_->describe();
}

// Fixed-width values as they lie in memory, little-endian; strings by length.
static void save_key(const KeyLayout& layout, const char* key, ByteWriter& out) {
  out.write_bytes({key, sizeof(uint64_t)});
  for (size_t number = 0; number < layout.types().size(); ++number) {
    const Physical physical = layout.types()[number].physical();
    const char* value = key + layout.at(number);
    if (physical == Physical::string) {
      StringRef text;
      std::memcpy(&text, value, sizeof(text));
      out.write_varint(text.size());
      out.write_bytes(text.view());
    } else {
      out.write_bytes({value, width_of(physical)});
    }
  }
}

// One key into `key`, which is zeroed; strings are borrowed from the reader's bytes.
static void load_key(const KeyLayout& layout, char* key, ByteReader& in) {
  std::memcpy(key, in.take(sizeof(uint64_t)).data(), sizeof(uint64_t));
  for (size_t number = 0; number < layout.types().size(); ++number) {
    const Physical physical = layout.types()[number].physical();
    char* value = key + layout.at(number);
    if (physical == Physical::string) {
      const StringRef text(in.take(in.read_varint()));
      std::memcpy(value, &text, sizeof(text));
    } else {
      std::memcpy(value, in.take(width_of(physical)).data(), width_of(physical));
    }
  }
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
      save_key(layout_, bucket.groups()[group], out);
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
      load_key(layout_, key.data(), in);
      slots_->load(bucket.upsert(key.data(), layout_.hash(key.data())), in);
    }
  }
}

}  // namespace millrace::state
