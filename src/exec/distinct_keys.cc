#include "exec/distinct_keys.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/check.h"
#include "base/prefetch.h"

namespace millrace::exec {

static uint64_t& seen_at(char* cell) { return *reinterpret_cast<uint64_t*>(cell); }
static int64_t& number_at(char* cell, size_t call) {
  return reinterpret_cast<int64_t*>(cell)[call];
}

template <typename F>
static void for_each_call(uint64_t calls, F f) {
  for (; calls != 0; calls &= calls - 1) {
    f(static_cast<size_t>(std::countr_zero(calls)));
  }
}

DistinctKeys::Group* DistinctKeys::find(const char* state) {
  Group* group;
  std::memcpy(&group, state, sizeof(group));
  return group;
}

DistinctKeys::Group& DistinctKeys::at(char* state) {
  Group* group = find(state);
  if (group == nullptr) {
    group = new Group(&layout_, cell_size());
    memory_ += sizeof(Group) + group->map.memory();
    std::memcpy(state, &group, sizeof(group));
  }
  return *group;
}

state::KeyMap::Found DistinctKeys::upsert(state::KeyMap& map, const char* value, uint64_t hash) {
  const size_t before = map.memory();
  const auto found = map.upsert(value, hash);
  memory_ += map.memory() - before;
  return found;
}

int64_t& DistinctKeys::written_at(char* cell) const {
  return *reinterpret_cast<int64_t*>(cell + counts_size());
}

bool DistinctKeys::is_over(char* cell) const {
  return expires() && written_at(cell) <= now_ms_ - ttl_.ms();
}

// Where no cell is ever given back, they lie in the order in which they were made.
template <typename F>
void DistinctKeys::for_each(const Group& group, F&& f) const {
  if (kept_ == Kept::times || expires()) {
    return group.map.for_each(f);
  }
  for (size_t number = 0; number < group.map.cells(); ++number) {
    f(group.map.cell(number));
  }
}

void DistinctKeys::purge(Group& group) {
  std::vector<char*> over;
  group.map.for_each([&](char* cell) {
    if (is_over(cell)) {
      over.push_back(cell);
    }
  });
  const size_t before = group.map.memory();
  for (char* cell : over) {
    const char* value = group.map.key_of(cell);
    group.map.detach(value, layout_.hash(value));
    group.map.give_back(cell);
  }
  memory_ -= before - group.map.memory();
  group.purged_at = std::max<size_t>(kFirstPurge, 2 * group.map.size());
}

void DistinctKeys::prefetch_table(const char* state) const { prefetch_line(find(state)); }

void DistinctKeys::prefetch_entry(const char* state, size_t i) const {
  if (const Group* group = find(state); group != nullptr) {
    group->map.prefetch(values_.hash(i));
  }
}

void DistinctKeys::prefetch_cell(const char* state, size_t i) const {
  if (const Group* group = find(state); group != nullptr) {
    group->map.prefetch_key(values_.hash(i));
  }
}

int64_t DistinctKeys::times_at(const char* cell, size_t call) const {
  char* at = const_cast<char*>(cell);
  return kept_ == Kept::seen ? static_cast<int64_t>((seen_at(at) >> call) & 1)
                             : number_at(at, call);
}

bool DistinctKeys::add_times(char* cell, size_t call, int64_t times) const {
  const bool is_new = times > 0 && times_at(cell, call) == 0;
  if (kept_ == Kept::times) {
    number_at(cell, call) += times;
  } else if (is_new) {
    seen_at(cell) |= uint64_t{1} << call;
  }
  return is_new;
}

uint64_t DistinctKeys::come(char* state, size_t i, uint64_t calls) {
  Group& group = at(state);
  if (expires() && group.map.size() >= group.purged_at) {
    purge(group);
  }
  const auto [cell, is_new] = upsert(group.map, values_.row(i), values_.hash(i));
  if (!is_new && is_over(cell)) {
    std::memset(cell, 0, counts_size());
  }
  if (kept_ == Kept::seen) {
    const uint64_t fresh = calls & ~seen_at(cell);
    seen_at(cell) |= calls;
    if (expires() && fresh != 0) {
      written_at(cell) = now_ms_;  // not where it came again: as in Flink, that is no writing
    }
    return fresh;
  }
  if (expires()) {
    written_at(cell) = now_ms_;
  }
  uint64_t fresh = 0;
  for_each_call(calls, [&, cell = cell](size_t call) {
    fresh |= static_cast<uint64_t>(++number_at(cell, call) == 1) << call;
  });
  return fresh;
}

uint64_t DistinctKeys::leave(char* state, size_t i, uint64_t calls) {
  check(kept_ == Kept::times, "values are counted where they leave");
  state::KeyMap& map = at(state).map;
  char* cell = map.find(values_.row(i), values_.hash(i)).cell;
  if (cell == nullptr || is_over(cell)) {
    return 0;  // it never came, as far as is known
  }
  if (expires()) {
    written_at(cell) = now_ms_;
  }
  uint64_t last = 0;
  for_each_call(calls, [&](size_t call) {
    int64_t& number = number_at(cell, call);
    if (number > 0) {
      last |= static_cast<uint64_t>(--number == 0) << call;
    }
  });
  const auto* numbers = &number_at(cell, 0);
  if (std::all_of(numbers, numbers + this->calls(), [](int64_t number) { return number == 0; })) {
    map.detach(values_.row(i), values_.hash(i));
    const size_t before = map.memory();
    map.give_back(cell);
    memory_ -= before - map.memory();
  }
  return last;
}

std::vector<std::vector<char*>> DistinctKeys::merge(char* into, const char* from) {
  check(!expires(), "windows let their groups go by event time");
  std::vector<std::vector<char*>> fresh(calls());
  const Group* other = find(from);
  if (other == nullptr) {
    return fresh;
  }
  state::KeyMap& own = at(into).map;
  for_each(*other, [&](char* theirs) {
    const char* value = other->map.key_of(theirs);
    const auto found = upsert(own, value, layout_.hash(value));
    for (size_t call = 0; call < calls(); ++call) {
      if (add_times(found.cell, call, times_at(theirs, call))) {
        fresh[call].push_back(const_cast<char*>(own.key_of(found.cell)));
      }
    }
  });
  return fresh;
}

void DistinctKeys::save(const char* state, ByteWriter& out) const {
  const Group* group = find(state);
  out.write_varint(group == nullptr ? 0 : group->map.size());
  if (group != nullptr) {
    for_each(*group, [&](char* cell) {
      layout_.save(group->map.key_of(cell), out);
      for (size_t call = 0; call < calls(); ++call) {
        out.write_varint(static_cast<uint64_t>(times_at(cell, call)));
      }
      if (expires()) {
        out.write_signed_varint(written_at(cell));
      }
    });
  }
}

void DistinctKeys::load(char* state, ByteReader& in) {
  std::vector<char> value(layout_.width());
  for (uint64_t left = in.read_varint(); left > 0; --left) {
    std::fill(value.begin(), value.end(), char{0});
    layout_.load(value.data(), in);
    char* cell = upsert(at(state).map, value.data(), layout_.hash(value.data())).cell;
    for (size_t call = 0; call < calls(); ++call) {
      add_times(cell, call, static_cast<int64_t>(in.read_varint()));
    }
    if (expires()) {
      written_at(cell) = in.read_signed_varint();
    }
  }
}

void DistinctKeys::destroy(char* state) {
  const Group* group = find(state);
  memory_ -= group != nullptr ? sizeof(Group) + group->map.memory() : 0;
  delete group;
  std::memset(state, 0, sizeof(group));
}

}  // namespace millrace::exec
