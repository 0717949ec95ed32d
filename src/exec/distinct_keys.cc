#include "exec/distinct_keys.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/check.h"
#include "base/prefetch.h"

namespace millrace::exec {

// A value's cell holds the set of calls that have seen it, or a number for each call.
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

static state::KeyMap* find_map(const char* state) {
  state::KeyMap* map;
  std::memcpy(&map, state, sizeof(state::KeyMap*));
  return map;
}

state::KeyMap& DistinctKeys::map_at(char* state) const {
  state::KeyMap* map = find_map(state);
  if (map == nullptr) {
    map = new state::KeyMap(&layout_, cell_size());
    std::memcpy(state, &map, sizeof(state::KeyMap*));
  }
  return *map;
}

void DistinctKeys::prefetch_table(const char* state) const { prefetch_line(find_map(state)); }

void DistinctKeys::prefetch_entry(const char* state, size_t i) const {
  if (const state::KeyMap* map = find_map(state); map != nullptr) {
    map->prefetch(values_.hash(i));
  }
}

void DistinctKeys::prefetch_cell(const char* state, size_t i) const {
  if (const state::KeyMap* map = find_map(state); map != nullptr) {
    map->prefetch_key(values_.hash(i));
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
  const auto [cell, is_new] = map_at(state).upsert(values_.row(i), values_.hash(i));
  held_ += is_new ? 1 : 0;
  if (kept_ == Kept::seen) {
    const uint64_t fresh = calls & ~seen_at(cell);
    seen_at(cell) |= calls;
    return fresh;
  }
  uint64_t fresh = 0;
  for_each_call(calls, [&, cell = cell](size_t call) {
    fresh |= static_cast<uint64_t>(++number_at(cell, call) == 1) << call;
  });
  return fresh;
}

uint64_t DistinctKeys::leave(char* state, size_t i, uint64_t calls) {
  check(kept_ == Kept::times, "values are counted where they leave");
  state::KeyMap& map = map_at(state);
  char* cell = map.find(values_.row(i), values_.hash(i)).cell;
  if (cell == nullptr) {
    return 0;  // it never came
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
    map.give_back(cell);
    --held_;
  }
  return last;
}

std::vector<std::vector<char*>> DistinctKeys::merge(char* into, const char* from) {
  std::vector<std::vector<char*>> fresh(calls());
  const state::KeyMap* other = find_map(from);
  if (other == nullptr) {
    return fresh;
  }
  state::KeyMap& own = map_at(into);
  other->for_each([&](char* theirs) {
    const char* value = other->key_of(theirs);
    const auto found = own.upsert(value, layout_.hash(value));
    held_ += found.is_new ? 1 : 0;
    for (size_t call = 0; call < calls(); ++call) {
      if (add_times(found.cell, call, times_at(theirs, call))) {
        fresh[call].push_back(const_cast<char*>(own.key_of(found.cell)));
      }
    }
  });
  return fresh;
}

void DistinctKeys::save(const char* state, ByteWriter& out) const {
  const state::KeyMap* map = find_map(state);
  out.write_varint(map == nullptr ? 0 : map->size());
  if (map != nullptr) {
    map->for_each([&](char* cell) {
      layout_.save(map->key_of(cell), out);
      for (size_t call = 0; call < calls(); ++call) {
        out.write_varint(static_cast<uint64_t>(times_at(cell, call)));
      }
    });
  }
}

void DistinctKeys::load(char* state, ByteReader& in) {
  std::vector<char> value(layout_.width());
  for (uint64_t left = in.read_varint(); left > 0; --left) {
    std::fill(value.begin(), value.end(), char{0});
    layout_.load(value.data(), in);
    const auto [cell, is_new] = map_at(state).upsert(value.data(), layout_.hash(value.data()));
    held_ += is_new ? 1 : 0;
    for (size_t call = 0; call < calls(); ++call) {
      add_times(cell, call, static_cast<int64_t>(in.read_varint()));
    }
  }
}

void DistinctKeys::destroy(char* state) {
  const state::KeyMap* map = find_map(state);
  held_ -= map != nullptr ? map->size() : 0;
  delete map;
  std::memset(state, 0, sizeof(state::KeyMap*));
}

size_t DistinctKeys::memory() const {
  constexpr size_t kEntries = 3 * 16;  // of the table, which is between a quarter and half full
  return held_ * (layout_.width() + cell_size() + kEntries);
}

}  // namespace millrace::exec
