#pragma once

// Groups by key and time: what a window aggregation holds until the watermark passes.
//
// Groups lie in buckets by the time they end, each bucket with its own hash table and its own
// memory, so that firing a window is taking its bucket and forgetting it is dropping it. A group is
// a key row (key_rows.h) followed by the owner's slot, at an address that never moves. Groups leave
// in the order they came.
//
// Where memory is short, and slots can be merged, buckets leave it (spilled_groups.h).

#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/prefetch.h"
#include "column/builder.h"
#include "state/key_rows.h"
#include "state/slot_kind.h"
#include "state/spilled_groups.h"
#include "state/table.h"

namespace millrace::state {

// The groups of one end time. Destroys their slots when it goes; strings of its keys live on as
// long as the arena that key_columns() hands out.
class Bucket {
 public:
  Bucket(const KeyLayout* layout, const SlotKind* slots);
  ~Bucket();
  Bucket(Bucket&& other) noexcept;
  Bucket& operator=(Bucket&& other) = delete;

  // The slot of this key, made where there is none. Its owner may change it: the group counts as
  // changed.
  char* upsert(const char* key, uint64_t hash);
  // Asks for the memory that upsert() will read.
  void prefetch(uint64_t hash) const { prefetch_line(&entries_[home(tag_of(hash))]); }

  size_t size() const { return size_; }  // groups, in order of arrival
  char* key(size_t group) const {
    return blocks_[group / kGroupsPerBlock].get() + group % kGroupsPerBlock * group_width_;
  }
  char* slot(size_t group) const { return key(group) + key_width_; }
  // The keys of groups [from, from + count) as columns.
  std::vector<Column> key_columns(size_t from, size_t count) const;
  size_t memory() const;

  // Groups are written by number.
  // Whether any may have been, by changes or by a sweep.
  bool is_written() const { return written_ > 0 || to_sweep_ > 0; }
  // How many take_changed() has.
  size_t changed() const { return changed_.size() + size_ - written_; }
  // Calls f(group) for those that changed since, and counts all as written.
  template <typename F>
  void take_changed(F&& f);
  // What a sweep has to write: what is added while it lasts has changed.
  void begin_sweep() { to_sweep_ = size_; }
  size_t to_sweep() const { return to_sweep_; }
  // Counts none as written.
  void forget_written();
  void save_group(size_t group, ByteWriter& out) const;
  // Each behind its number, which is written as its distance from the one that would follow. Ends
  // with the one that makes it so many bytes or more; how many were written.
  size_t save_groups(std::span<const uint32_t> groups, ByteWriter& out,
                     size_t most_bytes = SIZE_MAX) const;
  // Groups come by number, in any order and some more than once; then loaded(), ahead of all else.
  // `key` is room for a key row.
  void load_group(size_t group, std::span<char> key, ByteReader& in);
  bool has_all(size_t groups) const { return size_ == groups && loaded_ == groups; }
  void loaded();

 private:
  static constexpr size_t kGroupsPerBlock = 64;
  static constexpr uint32_t kNoGroup = UINT32_MAX;
  // Hashes are kept so far as the table needs them to grow, and to compare keys seldom in vain.
  struct Entry {
    uint32_t group = kNoGroup;
    uint32_t tag = 0;
  };
  static uint32_t tag_of(uint64_t hash) { return static_cast<uint32_t>(hash >> 32); }
  size_t home(uint32_t tag) const { return tag & (entries_.size() - 1); }
  void add(const char* key);
  void make_room(size_t group);
  void copy_key(char* to, const char* key);
  void grow();
  void index(size_t entries);
  void note(uint32_t group);

  const KeyLayout* layout_;  // both outlive the bucket
  const SlotKind* slots_;
  size_t key_width_;
  size_t group_width_;
  std::vector<Entry> entries_;  // a power of two of them, at most three quarters used
  uint32_t size_ = 0;
  std::vector<std::unique_ptr<char[]>> blocks_;
  std::shared_ptr<StringArena> strings_;
  uint32_t written_ = 0;
  uint32_t to_sweep_ = 0;
  std::vector<bool> is_changed_;   // of the written ones; may be shorter
  std::vector<uint32_t> changed_;  // those for which it is set
  std::vector<bool> is_loaded_;    // empty but between load_group() and loaded()
  uint32_t loaded_ = 0;            // for which it is set
};

template <typename F>
void Bucket::take_changed(F&& f) {
  for (const uint32_t group : changed_) {
    is_changed_[group] = false;
    f(group);
  }
  changed_.clear();
  for (; written_ < size_; ++written_) {
    f(written_);
  }
}

class TimedTable final : public GrowingTable {
 public:
  // The table shares `slots` with its owner, whom it may outlive.
  TimedTable(std::vector<Type> keys, std::shared_ptr<const SlotKind> slots);

  const KeyLayout& layout() const { return layout_; }

  // slots[i] becomes the slot of key row which[i] in the bucket that ends at ends[i].
  void upsert(const KeyRows& keys, std::span<const uint32_t> which, std::span<const int64_t> ends,
              char** slots);

  struct Taken {
    int64_t end;
    Bucket groups;
    std::unique_ptr<SpilledGroups> spilled;  // null where all are in `groups`
  };
  // Takes out the bucket that ends first, where it ends at `end` or before.
  std::optional<Taken> take_ending_by(int64_t end);
  std::optional<int64_t> first_end() const;
  std::optional<int64_t> first_end_behind(int64_t above) const {
    const auto at = buckets_.upper_bound(above);
    return at == buckets_.end() ? std::nullopt : std::optional(at->first);
  }
  // An empty one beside the table.
  Bucket new_bucket() const { return {&layout_, slots_.get()}; }

  // Where buckets have left memory, groups are seen some parts at a time, as many as have room.
  // Calls visit(bucket) for the groups of a bucket that was taken.
  template <typename Visit>
  void visit(const Taken& taken, Visit&& visit) const {
    if (taken.spilled == nullptr) {
      visit(taken.groups);
      return;
    }
    for (const Parts parts : divide(taken.spilled->memory_by_part(), space_->most_at_once())) {
      Bucket merged = new_bucket();
      taken.spilled->merge_into(merged, parts);
      visit(merged);
    }
  }
  // Of the buckets that end behind `above`, and at `to` or before.
  std::vector<Parts> parts(int64_t above, int64_t to) const;
  // Calls visit(bucket) for each of these, as they follow, and for what has left it ahead of it.
  // Of that it shows these parts alone, of what is in memory more.
  template <typename Visit>
  void visit(int64_t above, int64_t to, Parts parts, Visit&& visit) const {
    for (auto at = buckets_.upper_bound(above); at != buckets_.end() && at->first <= to; ++at) {
      visit_bucket(at->first, at->second, parts, visit);
    }
  }
  // The same, from the last to the first.
  template <typename Visit>
  void visit_back(int64_t above, int64_t to, Parts parts, Visit&& visit) const {
    for (auto at = buckets_.upper_bound(to); at != buckets_.begin();) {
      if ((--at)->first <= above) {
        return;
      }
      visit_bucket(at->first, at->second, parts, visit);
    }
  }
  size_t groups() const;

  std::string_view kind() const override { return "timed_table"; }
  uint16_t version() const override { return 2; }
  std::string describe() const override;
  size_t memory() const override;
  void save(ByteWriter& out) const override;

  void begin_tracking() override;
  void end_tracking() override;
  size_t changed() const override;
  void save_changes(Entries& entries) override;
  Around sweep(size_t bytes, ByteWriter& out) override;
  void load_entries(ByteReader& in) override;
  void loaded() override;

  void spill_to(SpillSpace* space) override { space_ = space; }
  void spill(size_t bytes) override;
  uint64_t spilled() const override;

 private:
  template <typename Visit>
  void visit_bucket(int64_t end, const Bucket& bucket, Parts parts, Visit&& visit) const {
    if (const auto earlier = spilled_.find(end); earlier != spilled_.end()) {
      Bucket merged = new_bucket();
      earlier->second->merge_into(merged, parts);
      visit(merged);
    }
    visit(bucket);
  }

  using Buckets = std::map<int64_t, Bucket>;
  // Of a bucket: its end, and how often it has left memory before.
  struct Generation {
    int64_t end;
    size_t number;
    auto operator<=>(const Generation&) const = default;
  };
  Bucket& bucket_at(int64_t end);
  SpilledGroups& spilled_at(int64_t end);
  std::unique_ptr<SpilledGroups> take_spilled(int64_t end, Bucket& groups);
  size_t generation_of(int64_t end) const;
  void save_groups(int64_t end, const Bucket& bucket, std::span<const uint32_t> groups,
                   ByteWriter& out) const;
  void save_changed_groups(int64_t end, Bucket& bucket, Entries& entries) const;
  void save_left(Generation generation, ByteWriter& out) const;
  void save_part(Generation generation, size_t part, ByteWriter& out) const;
  Around sweep_buckets(size_t until, ByteWriter& out);
  Around sweep_spilled(size_t until, ByteWriter& out);
  void load_groups(Generation generation, ByteReader& in);
  void skip_groups(ByteReader& in) const;
  void load_left(Generation generation, size_t groups);
  void spill_if_complete(Generation generation);
  void forget(int64_t end);

  KeyLayout layout_;
  std::shared_ptr<const SlotKind> slots_;
  Buckets buckets_;
  // The bucket last used: nearly every row goes where the one before went.
  int64_t last_end_ = 0;
  Bucket* last_ = nullptr;

  // Groups that had changed when they were last counted, and those asked for since then.
  mutable size_t counted_ = 0;
  mutable size_t touched_ = 0;
  std::vector<int64_t> dropped_;  // ends of buckets with written groups that are gone since
  // Where the next sweep() goes on: the bucket, and the group in it.
  int64_t sweep_end_ = INT64_MIN;
  size_t sweep_group_ = 0;

  // --- What has left memory ---
  SpillSpace* space_ = nullptr;  // outlives the table; null where nothing may leave
  // By end, of which there is a bucket too.
  std::map<int64_t, std::unique_ptr<SpilledGroups>> spilled_;
  std::vector<Generation> left_;  // since the last save_changes()
  // The generation with which the sweep, past all buckets, goes on, and its part.
  std::optional<Generation> sweep_spilled_;
  size_t sweep_part_ = 0;
  // Between load_entries() and loaded(): what is not complete, or not known to be.
  struct Loading {
    Bucket groups;
    std::optional<size_t> size;  // of one that had left memory
  };
  std::map<Generation, Loading> loading_;
};

}  // namespace millrace::state
