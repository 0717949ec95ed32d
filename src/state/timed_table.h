#pragma once

// Groups by key and time: what a window aggregation holds until the watermark passes.
//
// Groups lie in buckets by the time they end, each bucket with its own hash table and its own
// memory, so that firing a window is taking its bucket and forgetting it is dropping it. A group is
// a key row (key_rows.h) followed by the owner's slot, at an address that never moves. Groups leave
// in the order they came.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "column/builder.h"
#include "state/key_rows.h"
#include "state/slot_kind.h"
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

  // The slot of this key, made where there is none.
  char* upsert(const char* key, uint64_t hash);
  // Asks for the memory that upsert() will read.
  void prefetch(uint64_t hash) const {
    __builtin_prefetch(&entries_[hash & (entries_.size() - 1)]);
  }

  std::span<char* const> groups() const { return groups_; }  // key rows, in order of arrival
  const char* key(size_t group) const { return groups_[group]; }
  char* slot(size_t group) const { return groups_[group] + key_width_; }
  // The keys of groups [from, from + count) as columns.
  std::vector<Column> key_columns(size_t from, size_t count) const;

 private:
  struct Entry {
    uint64_t hash = 0;
    char* group = nullptr;
  };
  char* add(const char* key);
  void grow();

  const KeyLayout* layout_;  // both outlive the bucket
  const SlotKind* slots_;
  size_t key_width_;
  size_t group_width_;
  std::vector<Entry> entries_;  // a power of two of them, at most half used
  std::vector<char*> groups_;
  std::vector<std::unique_ptr<char[]>> blocks_;
  size_t room_ = 0;  // groups that still fit into the last block
  std::shared_ptr<StringArena> strings_;
};

class TimedTable final : public Table {
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
  };
  // Takes out the bucket that ends first, where it ends at `end` or before.
  std::optional<Taken> take_ending_by(int64_t end);
  std::optional<int64_t> first_end() const;
  // Calls visit(bucket) for each that ends behind `above`, and at `to` or before, as they follow.
  template <typename Visit>
  void visit(int64_t above, int64_t to, Visit&& visit) const {
    for (auto at = buckets_.upper_bound(above); at != buckets_.end() && at->first <= to; ++at) {
      visit(at->second);
    }
  }
  // An empty one beside the table.
  Bucket new_bucket() const { return {&layout_, slots_.get()}; }
  size_t groups() const;

  std::string_view kind() const override { return "timed_table"; }
  uint16_t version() const override { return 1; }
  void save(ByteWriter& out) const override;
  void load(ByteReader& in) override;

 private:
  Bucket& bucket_at(int64_t end);
  std::string describe() const;

  KeyLayout layout_;
  std::shared_ptr<const SlotKind> slots_;
  std::map<int64_t, Bucket> buckets_;
  // The bucket last used: nearly every row goes where the one before went.
  int64_t last_end_ = 0;
  Bucket* last_ = nullptr;
};

}  // namespace millrace::state
