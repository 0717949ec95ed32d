#include "state/spilled_groups.h"

#include <algorithm>

#include "base/check.h"
#include "state/timed_table.h"

namespace millrace::state {

// What the table of a bucket takes for a group: eight bytes an entry, half of them used.
static constexpr size_t kEntryBytes = 16;

SpilledGroups::SpilledGroups(const KeyLayout* layout, const SlotKind* slots, SpillSpace* space)
    : layout_(layout),
      slots_(slots),
      group_width_(layout->width() + (slots->size() + 7) / 8 * 8),
      file_(space->new_file()) {}

void SpilledGroups::add(size_t generation, const Bucket& groups) {
  check(!has(generation) && groups.size() > 0, "a generation leaves memory once");
  generations_.resize(std::max(generations_.size(), generation + 1));
  std::array<std::vector<uint32_t>, Parts::kAll> by_part;
  for (uint32_t group = 0; group < groups.size(); ++group) {
    by_part[Parts::of(layout_->hash(groups.key(group)))].push_back(group);
  }
  Generation& added = generations_[generation];
  for (size_t part = 0; part < Parts::kAll; ++part) {
    if (by_part[part].empty()) {
      continue;
    }
    ByteWriter out;
    groups.save_groups(by_part[part], out);
    added.parts[part] = {static_cast<uint32_t>(by_part[part].size()), file_->append(out.bytes())};
  }
  added.groups = static_cast<uint32_t>(groups.size());
}

std::array<size_t, Parts::kAll> SpilledGroups::memory_by_part() const {
  std::array<size_t, Parts::kAll> memory{};
  for (const Generation& generation : generations_) {
    for (size_t part = 0; part < Parts::kAll; ++part) {
      const Saved& saved = generation.parts[part];
      memory[part] += saved.groups * (group_width_ + kEntryBytes) + saved.place.bytes;
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

// Adds groups as they were saved to a bucket.
class Merging {
 public:
  Merging(const KeyLayout* layout, const SlotKind* slots, Bucket* into)
      : layout_(layout),
        slots_(slots),
        into_(into),
        key_(layout->width()),
        slot_((slots->size() + 7) / 8) {}

  void add(ByteReader& in) {
    std::fill(key_.begin(), key_.end(), char{0});
    layout_->load(key_.data(), in);
    const size_t before = into_->size();
    char* slot = into_->upsert(key_.data(), layout_->hash(key_.data()));
    if (into_->size() > before) {
      slots_->load(slot, in);
      return;
    }
    std::fill(slot_.begin(), slot_.end(), uint64_t{0});
    char* later = reinterpret_cast<char*>(slot_.data());
    slots_->init(later);
    slots_->load(later, in);
    slots_->merge(slot, later);
    slots_->destroy(later);
  }

 private:
  const KeyLayout* layout_;
  const SlotKind* slots_;
  Bucket* into_;
  std::vector<char> key_;
  std::vector<uint64_t> slot_;  // aligned as slots are
};

bool comes_later(const Stream* a, const Stream* b) { return a->number > b->number; }

}  // namespace

void SpilledGroups::merge(const Generation& generation, Parts parts, Bucket& bucket) const {
  std::vector<std::unique_ptr<Stream>> streams;
  std::vector<Stream*> heap;  // those that go on
  for (size_t part = parts.from; part < parts.to; ++part) {
    if (const Saved& saved = generation.parts[part]; saved.groups > 0) {
      Stream& stream = *streams.emplace_back(std::make_unique<Stream>());
      read(saved, stream.bytes);
      stream.in = ByteReader(stream.bytes);
      stream.left = saved.groups;
      stream.next();
      heap.push_back(&stream);
    }
  }
  std::make_heap(heap.begin(), heap.end(), comes_later);
  Merging merging(layout_, slots_, &bucket);
  while (!heap.empty()) {
    std::pop_heap(heap.begin(), heap.end(), comes_later);
    Stream* first = heap.back();
    merging.add(first->in);
    if (first->next()) {
      std::push_heap(heap.begin(), heap.end(), comes_later);
    } else {
      heap.pop_back();
    }
  }
}

void SpilledGroups::merge_into(Bucket& bucket, Parts parts) const {
  for (const Generation& generation : generations_) {
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
