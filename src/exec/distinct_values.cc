#include "exec/distinct_values.h"

#include <algorithm>
#include <cstring>

namespace millrace::exec {

// A value's cell holds a number for each call, at this place.
static int64_t& number_at(char* cell, size_t call) {
  return reinterpret_cast<int64_t*>(cell)[call];
}

static state::KeyMap* find_map(const char* state) {
  state::KeyMap* map;
  std::memcpy(&map, state, sizeof(state::KeyMap*));
  return map;
}

state::KeyMap& DistinctValues::map_at(char* state) const {
  state::KeyMap* map = find_map(state);
  if (map == nullptr) {
    map = new state::KeyMap(&layout_, calls_ * sizeof(int64_t));
    std::memcpy(state, &map, sizeof(state::KeyMap*));
  }
  return *map;
}

void DistinctValues::read(const Batch& batch, std::span<const uint32_t> rows) {
  columns_.clear();
  for (const size_t argument : arguments_) {
    columns_.push_back(batch.columns[argument]);
  }
  values_.read(columns_, Rows(rows));
  cells_.assign(values_.size(), nullptr);
}

void DistinctValues::prefetch_table(const char* state) { __builtin_prefetch(find_map(state)); }

void DistinctValues::prefetch_entry(const char* state, size_t i) const {
  if (const state::KeyMap* map = find_map(state); map != nullptr && cells_[i] == nullptr) {
    map->prefetch(values_.hash(i));
  }
}

void DistinctValues::prefetch_cell(const char* state, size_t i) const {
  if (const state::KeyMap* map = find_map(state); map != nullptr && cells_[i] == nullptr) {
    map->prefetch_key(values_.hash(i));
  }
}

// Where the value counts, made where there is none yet. Cells do not move.
char* DistinctValues::cell_of(char* state, size_t i) {
  if (cells_[i] == nullptr) {
    const auto found = map_at(state).upsert(values_.row(i), values_.hash(i));
    held_ += found.is_new ? 1 : 0;
    cells_[i] = found.cell;
  }
  return cells_[i];
}

bool DistinctValues::counts(char* state, size_t i, size_t call, bool leaves) {
  if (!leaves) {
    return ++number_at(cell_of(state, i), call) == 1;
  }
  state::KeyMap& map = map_at(state);
  const char* value = values_.row(i);
  const uint64_t hash = values_.hash(i);
  char* cell = map.find(value, hash).cell;
  if (cell == nullptr || number_at(cell, call) == 0) {
    return false;  // it never came
  }
  const bool last = --number_at(cell, call) == 0;
  const auto* numbers = &number_at(cell, 0);
  if (std::all_of(numbers, numbers + calls_, [](int64_t number) { return number == 0; })) {
    map.detach(value, hash);
    map.give_back(cell);
    --held_;
    std::fill(cells_.begin(), cells_.end(), nullptr);  // other rows may have found it
  }
  return last;
}

std::vector<std::vector<char*>> DistinctValues::merge(char* into, const char* from) const {
  std::vector<std::vector<char*>> fresh(calls_);
  const state::KeyMap* other = find_map(from);
  if (other == nullptr) {
    return fresh;
  }
  state::KeyMap& own = map_at(into);
  other->for_each([&](char* theirs) {
    const char* value = other->key_of(theirs);
    const auto found = own.upsert(value, layout_.hash(value));
    held_ += found.is_new ? 1 : 0;
    char* cell = found.cell;
    for (size_t call = 0; call < calls_; ++call) {
      const int64_t times = number_at(theirs, call);
      if (times > 0 && number_at(cell, call) == 0) {
        fresh[call].push_back(const_cast<char*>(own.key_of(cell)));
      }
      number_at(cell, call) += times;
    }
  });
  return fresh;
}

std::vector<Column> DistinctValues::columns(std::span<char* const> values) const {
  return layout_.columns(values, nullptr);
}

void DistinctValues::save(const char* state, ByteWriter& out) const {
  const state::KeyMap* map = find_map(state);
  out.write_varint(map == nullptr ? 0 : map->size());
  if (map != nullptr) {
    map->for_each([&](char* cell) {
      layout_.save(map->key_of(cell), out);
      for (size_t call = 0; call < calls_; ++call) {
        out.write_varint(static_cast<uint64_t>(number_at(cell, call)));
      }
    });
  }
}

void DistinctValues::load(char* state, ByteReader& in) const {
  std::vector<char> value(layout_.width());
  for (uint64_t left = in.read_varint(); left > 0; --left) {
    std::fill(value.begin(), value.end(), char{0});
    layout_.load(value.data(), in);
    const auto [cell, is_new] = map_at(state).upsert(value.data(), layout_.hash(value.data()));
    held_ += is_new ? 1 : 0;
    for (size_t call = 0; call < calls_; ++call) {
      number_at(cell, call) = static_cast<int64_t>(in.read_varint());
    }
  }
}

void DistinctValues::destroy(char* state) const {
  const state::KeyMap* map = find_map(state);
  held_ -= map != nullptr ? map->size() : 0;
  delete map;
  std::memset(state, 0, sizeof(state::KeyMap*));
}

size_t DistinctValues::memory() const {
  constexpr size_t kEntries = 3 * 16;  // of the table, which is between a quarter and half full
  return held_ * (layout_.width() + calls_ * sizeof(int64_t) + kEntries);
}

}  // namespace millrace::exec
