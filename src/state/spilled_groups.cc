#include "state/spilled_groups.h"

#include <algorithm>
#include <numeric>

#include "base/check.h"
#include "state/room.h"
#include "state/timed_table.h"

namespace millrace::state {

// What the table of a bucket takes for a group: eight bytes an entry, half of them used.
static constexpr size_t kEntryBytes = 16;
// To know where each of a generation's parts lies takes more than a kilobyte, so what takes less
// than this, in memory and written, lies in one.
static constexpr size_t kSmall = 64 << 10;

SpilledGroups::SpilledGroups(const KeyLayout* layout, const SlotKind* slots, SpillSpace* space)
    : layout_(layout),
      slots_(slots),
      group_width_(layout->width() + (slots->size() + 7) / 8 * 8),
      space_(space) {}

void SpilledGroups::add(size_t generation, Bucket groups) {
  check(!has(generation) && groups.size() > 0, "a generation leaves memory once");
  generations_.resize(std::max(generations_.size(), generation + 1));
  Generation& added = generations_[generation];
  added.file = space_->shared_file();
  if (!add_small(groups, added)) {
    add_parts(groups, added);
  }
  bytes_ += added.bytes;
  added.groups = static_cast<uint32_t>(groups.size());
  memory_ += sizeof(Generation) + added.parts.size() * sizeof(Saved);
  const size_t before = slots_->memory();
  {
    const Bucket leaves = std::move(groups);
  }
  added.owned = before - std::min(before, slots_->memory());
}

bool SpilledGroups::add_small(const Bucket& groups, Generation& to) {
  if (groups.memory() >= kSmall) {
    return false;
  }
  std::vector<uint32_t> all(groups.size());
  std::iota(all.begin(), all.end(), 0U);
  ByteWriter out;
  if (groups.save_groups(all, out, kSmall) < all.size()) {
    return false;  // they own much that memory() does not count
  }
  append(all.size(), out, to);
  return true;
}

void SpilledGroups::add_parts(const Bucket& groups, Generation& to) {
  std::vector<std::vector<uint32_t>> by_part(Parts::kAll);
  for (uint32_t group = 0; group < groups.size(); ++group) {
    by_part[Parts::of(layout_->hash(groups.key(group)))].push_back(group);
  }
  for (const std::vector<uint32_t>& part : by_part) {
    ByteWriter out;
    groups.save_groups(part, out);
    append(part.size(), out, to);
  }
}

void SpilledGroups::append(size_t groups, const ByteWriter& written, Generation& to) {
  Saved& saved = to.parts.emplace_back();
  if (groups > 0) {
    saved = {static_cast<uint32_t>(groups), to.file->append(written.bytes())};
    to.bytes += written.size();
  }
}

std::array<size_t, Parts::kAll> SpilledGroups::memory_by_part() const {
  std::array<size_t, Parts::kAll> memory{};
  for (const Generation& generation : generations_) {
    for (size_t part = 0; part < generation.parts.size(); ++part) {
      const Saved& saved = generation.parts[part];
      const size_t owned =
          generation.owned * saved.place.bytes / std::max<uint64_t>(generation.bytes, 1);
      const size_t taken = saved.groups * (group_width_ + kEntryBytes) + saved.place.bytes + owned;
      if (generation.parts.size() == 1) {
        std::for_each(memory.begin(), memory.end(),
                      [&](size_t& each) { each += taken / Parts::kAll + 1; });
      } else {
        memory[part] += taken;
      }
    }
  }
  return memory;
}

namespace {

// The groups of one part of a generation, by number.
struct Stream {
  std::string bytes;
  ByteReader in{bytes};
  uint32_t left = 0;
  int64_t number = -1;

  // False at the end.
  bool next() {
    if (left == 0) {
      return false;
    }
    --left;
    number += 1 + in.read_signed_varint();
    return true;
  }
};

// Adds groups of some parts, as they were saved, to a bucket.
class Merging {
 public:
  Merging(const KeyLayout* layout, const SlotKind* slots, Parts parts, Bucket* into)
      : layout_(layout),
        slots_(slots),
        parts_(parts),
        into_(into),
        key_(layout->width()),
        slot_((slots->size() + 7) / 8) {}

  void add(ByteReader& in) {
    std::fill(key_.begin(), key_.end(), char{0});
    layout_->load(key_.data(), in);
    const uint64_t hash = layout_->hash(key_.data());
    if (!parts_.hold(hash)) {
      load_beside(in);
      slots_->destroy(beside());
      return;
    }
    const size_t before = into_->size();
    char* slot = into_->upsert(key_.data(), hash);
    if (into_->size() > before) {
      slots_->load(slot, in);
      return;
    }
    load_beside(in);
    slots_->merge(slot, beside());
    slots_->destroy(beside());
  }

 private:
  char* beside() { return reinterpret_cast<char*>(slot_.data()); }
  void load_beside(ByteReader& in) {
    std::fill(slot_.begin(), slot_.end(), uint64_t{0});
    slots_->init(beside());
    slots_->load(beside(), in);
  }

  const KeyLayout* layout_;
  const SlotKind* slots_;
  Parts parts_;
  Bucket* into_;
  std::vector<char> key_;
  std::vector<uint64_t> slot_;  // aligned as slots are
};

bool comes_later(const Stream* a, const Stream* b) { return a->number > b->number; }

}  // namespace

void SpilledGroups::merge(size_t generation, Parts parts, Bucket& bucket) const {
  const std::vector<Saved>& all = generations_[generation].parts;
  const size_t from = all.size() == 1 ? 0 : parts.from;
  std::vector<std::unique_ptr<Stream>> streams;
  std::vector<Stream*> heap;  // those that go on
  for (size_t part = from; part < std::min(parts.to, all.size()); ++part) {
    if (const Saved& saved = all[part]; saved.groups > 0) {
      Stream& stream = *streams.emplace_back(std::make_unique<Stream>());
      read(generation, saved, stream.bytes);
      stream.in = ByteReader(stream.bytes);
      stream.left = saved.groups;
      stream.next();
      heap.push_back(&stream);
    }
  }
  std::make_heap(heap.begin(), heap.end(), comes_later);
  Merging merging(layout_, slots_, parts, &bucket);
  while (!heap.empty()) {
    std::pop_heap(heap.begin(), heap.end(), comes_later);
    Stream* first = heap.back();
    merging.add(first->in);
    check_room(*space_, *slots_, slots_->memory());
    if (first->next()) {
      std::push_heap(heap.begin(), heap.end(), comes_later);
    } else {
      heap.pop_back();
    }
  }
}

void SpilledGroups::merge_into(Bucket& bucket, Parts parts) const {
  for (size_t generation = 0; generation < generations_.size(); ++generation) {
    merge(generation, parts, bucket);
  }
}

std::vector<Parts> divide(const std::array<size_t, Parts::kAll>& memory, size_t most_at_once) {
  std::vector<Parts> divided;
  size_t sum = 0;
  for (size_t part = 0; part < Parts::kAll; ++part) {
    if (divided.empty() || sum + memory[part] > most_at_once) {
      divided.push_back({part, part});
      sum = 0;
    }
    sum += memory[part];
    divided.back().to = part + 1;
  }
  return divided;
}

}  // namespace millrace::state
