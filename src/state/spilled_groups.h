#pragma once

// The groups of one bucket of a timed table (timed_table.h) that have left memory.
//
// A bucket leaves as a whole and begins anew, empty; what has left is a generation. A key may be in
// several of them: of each, its slot holds what came while that generation was in memory, so that
// merging the slots in order gives the group. A generation never changes, and is read again when
// its window fires. On disk it lies in parts by the hash of the key, of which as many are merged at
// once as have room; a small one in one part, which is read for each of them. There may be very
// many of these, so they share files.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "state/key_rows.h"
#include "state/slot_kind.h"
#include "state/spill_space.h"

namespace millrace::state {

class Bucket;

// Keys by their hashes: those whose part is in [from, to).
struct Parts {
  static constexpr size_t kAll = 64;
  size_t from = 0;
  size_t to = kAll;

  static size_t of(uint64_t hash) { return hash % kAll; }
  bool hold(uint64_t hash) const { return from <= of(hash) && of(hash) < to; }
};

class SpilledGroups {
 public:
  // All outlive this. `slots` merges.
  SpilledGroups(const KeyLayout* layout, const SlotKind* slots, SpillSpace* space);

  size_t generations() const { return generations_.size(); }
  // As the generation of this number, of which there is none yet. The groups leave memory.
  void add(size_t generation, Bucket groups);
  bool has(size_t generation) const {
    return generation < generations_.size() && generations_[generation].groups > 0;
  }
  uint32_t groups_of(size_t generation) const { return generations_[generation].groups; }
  uint64_t bytes() const { return bytes_; }
  // What has to stay in memory for them.
  size_t memory() const { return memory_; }

  // About what the groups of a part take in memory, by part.
  std::array<size_t, Parts::kAll> memory_by_part() const;
  // Adds the groups of these parts to a bucket, in the order in which they came.
  void merge_into(Bucket& bucket, Parts parts) const;

  // The groups of a part of a generation, as save_groups() of a timed table writes them.
  struct Saved {
    uint32_t groups = 0;
    SpillFile::Place place;
  };
  Saved part(size_t generation, size_t part) const {
    const std::vector<Saved>& parts = generations_[generation].parts;
    return part < parts.size() ? parts[part] : Saved();
  }
  void read(size_t generation, const Saved& saved, std::string& to) const {
    generations_[generation].file->read(saved.place, to);
  }

 private:
  struct Generation {
    uint32_t groups = 0;
    size_t owned = 0;  // bytes that their slots held in memory, beside themselves
    uint64_t bytes = 0;
    std::shared_ptr<SpillFile> file;
    std::vector<Saved> parts;  // kAll of them, or one with all keys
  };
  bool add_small(const Bucket& groups, Generation& to);  // false where they are not
  void add_parts(const Bucket& groups, Generation& to);
  static void append(size_t groups, const ByteWriter& written, Generation& to);
  void merge(size_t generation, Parts parts, Bucket& bucket) const;

  const KeyLayout* layout_;
  const SlotKind* slots_;
  size_t group_width_;
  SpillSpace* space_;
  std::vector<Generation> generations_;
  uint64_t bytes_ = 0;
  size_t memory_ = sizeof(SpilledGroups);
};

// Parts that have room at once each, by what each takes.
std::vector<Parts> divide(const std::array<size_t, Parts::kAll>& memory, size_t most_at_once);

}  // namespace millrace::state
