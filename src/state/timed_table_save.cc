// How a timed table is written into checkpoints and layers, and read again.
//
// A bucket that has left memory does not change any more. What was written of its groups until then
// is followed by a word that it has left, with their number; of a generation that has left as many
// groups as that, all further ones are repetitions, by sweeps. So it leaves memory again while it
// is read, as soon as it is complete.

#include <algorithm>
#include <array>
#include <numeric>

#include "base/check.h"
#include "base/error.h"
#include "state/timed_table.h"

namespace millrace::state {

namespace {

// How many groups are written behind one head, which says their number.
constexpr size_t kGroupsAtOnce = 64;

enum class Op : uint8_t { groups, dropped, left, later_groups };

void write_head(Op op, int64_t end, ByteWriter& out) {
  out.write(static_cast<uint8_t>(op));
  out.write_signed_varint(end);
}

void write_groups_head(int64_t end, size_t generation, size_t groups, ByteWriter& out) {
  write_head(generation == 0 ? Op::groups : Op::later_groups, end, out);
  if (generation > 0) {
    out.write_varint(generation);
  }
  out.write_varint(groups);
}

}  // namespace

// --- Writing ---

void TimedTable::save_groups(int64_t end, const Bucket& bucket, std::span<const uint32_t> groups,
                             ByteWriter& out) const {
  write_groups_head(end, generation_of(end), groups.size(), out);
  bucket.save_groups(groups, out);
}

void TimedTable::save_left(Generation generation, ByteWriter& out) const {
  write_head(Op::left, generation.end, out);
  out.write_varint(generation.number);
  out.write_varint(spilled_.at(generation.end)->groups_of(generation.number));
}

void TimedTable::save_part(Generation generation, size_t part, ByteWriter& out) const {
  const SpilledGroups& spilled = *spilled_.at(generation.end);
  const SpilledGroups::Saved saved = spilled.part(generation.number, part);
  if (saved.groups > 0) {
    write_groups_head(generation.end, generation.number, saved.groups, out);
    std::string bytes;
    spilled.read(generation.number, saved, bytes);
    out.write_bytes(bytes);
  }
}

void TimedTable::save(ByteWriter& out) const {
  save_description(out);
  for (const auto& [end, spilled] : spilled_) {
    for (size_t number = 0; number < spilled->generations(); ++number) {
      save_left({end, number}, out);
      for (size_t part = 0; part < Parts::kAll; ++part) {
        save_part({end, number}, part, out);
      }
    }
  }
  for (const auto& [end, bucket] : buckets_) {
    std::vector<uint32_t> all(bucket.size());
    std::iota(all.begin(), all.end(), 0U);
    save_groups(end, bucket, all, out);
  }
}

void TimedTable::begin_tracking() {
  counted_ = 0;
  touched_ = 0;
  dropped_.clear();
  left_.clear();
  for (auto& [end, bucket] : buckets_) {
    bucket.take_changed([](size_t) {});
  }
  sweep_end_ = INT64_MIN;
  sweep_group_ = 0;
  sweep_spilled_.reset();
}

// A group that is asked for often has changed once. So they are counted, but not at each call:
// there may be many buckets.
size_t TimedTable::changed() const {
  constexpr size_t kFew = 4096;
  if (touched_ >= kFew) {
    touched_ = 0;
    counted_ = 0;
    for (const auto& [end, bucket] : buckets_) {
      counted_ += bucket.changed();
    }
  }
  return counted_ + touched_ + dropped_.size() + left_.size();
}

void TimedTable::end_tracking() {
  dropped_.clear();
  left_.clear();
  for (auto& [end, bucket] : buckets_) {
    bucket.forget_written();
  }
}

// What is gone comes first: a bucket that is there now came after.
void TimedTable::save_changes(Entries& entries) {
  for (const int64_t end : dropped_) {
    write_head(Op::dropped, end, entries.out());
  }
  dropped_.clear();
  for (const Generation& generation : left_) {
    save_left(generation, entries.out());
  }
  left_.clear();
  for (auto& [end, bucket] : buckets_) {
    save_changed_groups(end, bucket, entries);
  }
  counted_ = 0;
  touched_ = 0;
}

void TimedTable::save_changed_groups(int64_t end, Bucket& bucket, Entries& entries) const {
  std::array<uint32_t, kGroupsAtOnce> some{};
  size_t taken = 0;
  const auto write = [&] {
    save_groups(end, bucket, std::span(some).first(taken), entries.out());
    entries.end_entry();
    taken = 0;
  };
  bucket.take_changed([&](uint32_t group) {
    some[taken++] = group;
    if (taken == some.size()) {
      write();
    }
  });
  if (taken > 0) {
    write();
  }
}

// What leaves memory meanwhile comes behind all buckets, where it is not whole in what was written.
TimedTable::Around TimedTable::sweep(size_t bytes, ByteWriter& out) {
  const size_t until = out.size() + bytes;
  if (!sweep_spilled_) {
    if (sweep_buckets(until, out) == Around::no) {
      return Around::no;
    }
    sweep_spilled_ = Generation{INT64_MIN, 0};
    sweep_part_ = 0;
  }
  if (sweep_spilled(until, out) == Around::no) {
    return Around::no;
  }
  sweep_spilled_.reset();
  return Around::yes;
}

TimedTable::Around TimedTable::sweep_buckets(size_t until, ByteWriter& out) {
  std::array<uint32_t, kGroupsAtOnce> some{};
  if (sweep_end_ == INT64_MIN) {
    for (auto& [end, bucket] : buckets_) {
      bucket.begin_sweep();
    }
  }
  auto at = buckets_.lower_bound(sweep_end_);
  for (; at != buckets_.end() && out.size() < until; ++at) {
    const Bucket& bucket = at->second;
    size_t group = at->first == sweep_end_ ? sweep_group_ : 0;
    while (group < bucket.to_sweep() && out.size() < until) {
      const size_t size = std::min(some.size(), bucket.to_sweep() - group);
      std::iota(some.begin(), some.begin() + size, static_cast<uint32_t>(group));
      save_groups(at->first, bucket, std::span(some).first(size), out);
      group += size;
    }
    if (group < bucket.to_sweep()) {
      sweep_end_ = at->first;
      sweep_group_ = group;
      return Around::no;
    }
  }
  sweep_end_ = at == buckets_.end() ? INT64_MIN : at->first;
  sweep_group_ = 0;
  return at == buckets_.end() ? Around::yes : Around::no;
}

TimedTable::Around TimedTable::sweep_spilled(size_t until, ByteWriter& out) {
  Generation next = *sweep_spilled_;
  size_t part = sweep_part_;
  for (auto at = spilled_.lower_bound(next.end); at != spilled_.end(); ++at) {
    if (at->first != next.end) {  // as it was, but for the first one of a sweep that goes on
      next = {at->first, 0};
      part = 0;
    }
    for (; next.number < at->second->generations(); ++next.number, part = 0) {
      for (; part < Parts::kAll; ++part) {
        if (out.size() >= until) {
          sweep_spilled_ = next;
          sweep_part_ = part;
          return Around::no;
        }
        if (part == 0) {
          save_left(next, out);
        }
        save_part(next, part, out);
      }
    }
  }
  return Around::yes;
}

// --- Reading ---

static size_t read_generation(ByteReader& in) {
  constexpr uint64_t kMost = 1 << 20;
  const uint64_t number = in.read_varint();
  if (number > kMost) {
    throw Error(ErrorCode::corrupt, "cannot load groups: no generation has such a number");
  }
  return number;
}

// Hashes are not written down, so that how keys are hashed may change: they are made anew.
void TimedTable::load_entries(ByteReader& in) {
  while (!in.empty()) {
    const auto op = static_cast<Op>(in.read<uint8_t>());
    const int64_t end = in.read_signed_varint();
    switch (op) {
      case Op::groups: load_groups({end, 0}, in); break;
      case Op::later_groups: load_groups({end, read_generation(in)}, in); break;
      case Op::left: {
        const size_t number = read_generation(in);
        load_left({end, number}, in.read_varint());
        break;
      }
      case Op::dropped: forget(end); break;
      default: throw Error(ErrorCode::corrupt, "cannot load groups: no such entry");
    }
  }
}

void TimedTable::forget(int64_t end) {
  loading_.erase(loading_.lower_bound({end, 0}), loading_.upper_bound({end, SIZE_MAX}));
  spilled_.erase(end);
}

void TimedTable::load_groups(Generation generation, ByteReader& in) {
  const auto spilled = spilled_.find(generation.end);
  if (spilled != spilled_.end() && spilled->second->has(generation.number)) {
    return skip_groups(in);
  }
  std::vector<char> key(layout_.width());
  Bucket& bucket =
      loading_.try_emplace(generation, Loading{new_bucket(), std::nullopt}).first->second.groups;
  int64_t next = 0;
  for (uint64_t left = in.read_varint(); left > 0; --left) {
    const int64_t group = next + in.read_signed_varint();
    if (group < 0 || group >= UINT32_MAX - 1) {
      throw Error(ErrorCode::corrupt, "cannot load groups: no group has such a number");
    }
    bucket.load_group(static_cast<size_t>(group), key, in);
    next = group + 1;
  }
  spill_if_complete(generation);
}

void TimedTable::skip_groups(ByteReader& in) const {
  std::vector<char> key(layout_.width());
  std::vector<uint64_t> bytes((slots_->size() + 7) / 8);
  char* slot = reinterpret_cast<char*>(bytes.data());
  for (uint64_t left = in.read_varint(); left > 0; --left) {
    in.read_signed_varint();
    layout_.load(key.data(), in);
    std::fill(bytes.begin(), bytes.end(), uint64_t{0});
    slots_->init(slot);
    slots_->load(slot, in);
    slots_->destroy(slot);
  }
}

void TimedTable::load_left(Generation generation, size_t groups) {
  const auto spilled = spilled_.find(generation.end);
  if (spilled == spilled_.end() || !spilled->second->has(generation.number)) {
    loading_.try_emplace(generation, Loading{new_bucket(), std::nullopt}).first->second.size =
        groups;
    spill_if_complete(generation);
  }
}

void TimedTable::spill_if_complete(Generation generation) {
  const auto found = loading_.find(generation);
  Loading& loading = found->second;
  if (loading.size && loading.groups.has_all(*loading.size)) {
    spilled_at(generation.end).add(generation.number, std::move(loading.groups));
    loading_.erase(found);
  }
}

void TimedTable::loaded() {
  for (auto& [generation, loading] : loading_) {
    if (loading.size || generation.number != generation_of(generation.end)) {
      throw Error(ErrorCode::corrupt, "cannot load groups: some that had left memory are missing");
    }
    buckets_.emplace(generation.end, std::move(loading.groups)).first->second.loaded();
  }
  loading_.clear();
  for (const auto& [end, spilled] : spilled_) {
    for (size_t number = 0; number < spilled->generations(); ++number) {
      if (!spilled->has(number)) {
        throw Error(ErrorCode::corrupt, "cannot load groups: a generation is missing");
      }
    }
    buckets_.try_emplace(end, &layout_, slots_.get());
  }
}

}  // namespace millrace::state
