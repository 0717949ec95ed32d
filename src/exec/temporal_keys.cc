#include "exec/temporal_keys.h"

#include <cstring>
#include <numeric>

namespace millrace::exec {

using state::RowLayout;
using state::RowRef;

TemporalKeys::TemporalKeys(const TaskContext& task, std::vector<Type> types)
    : expiry_(task, "expiry", {}, Expiry::Keeps::use),
      keys_(task.state().rows("keys", std::move(types), sizeof(uint32_t))),
      columns_(keys_.layout().columns()),
      buffer_(&keys_.layout()) {
  std::iota(columns_.begin(), columns_.end(), 0);
  keys_.for_each(
      [&](RowRef key) { by_key_.add(keys_.layout().hash(keys_.row(key), columns_), key); });
}

void TemporalKeys::read(const Batch& batch, std::span<const size_t> key) {
  std::vector<Column> columns;
  for (const size_t column : key) {
    columns.push_back(batch.columns[column]);
  }
  buffer_.read(columns, batch.rows());
}

const RowRef* TemporalKeys::find(const RowLayout& layout, const char* row,
                                 std::span<const size_t> key) const {
  return by_key_.find(layout.hash(row, key), [&](RowRef other) {
    return state::equal_keys(keys_.layout(), keys_.row(other), columns_, layout, row, key);
  });
}

RowRef TemporalKeys::upsert(size_t i) {
  const char* row = buffer_[i];
  if (const RowRef* known = find(keys_.layout(), row, columns_)) {
    return *known;
  }
  const RowRef added = keys_.add(row);
  by_key_.add(keys_.layout().hash(row, columns_), added);
  return added;
}

uint32_t TemporalKeys::waiting(RowRef key) const {
  uint32_t rows = 0;
  std::memcpy(&rows, std::as_const(keys_).header(key), sizeof(rows));
  return rows;
}

void TemporalKeys::set_waiting(RowRef key, uint32_t rows) {
  std::memcpy(keys_.header(key), &rows, sizeof(rows));
}

void TemporalKeys::wait(size_t i) {
  const RowRef key = upsert(i);
  expiry_.written(key.number);
  set_waiting(key, waiting(key) + 1);
}

void TemporalKeys::reach(const RowLayout& layout, const char* row, std::span<const size_t> key) {
  if (const RowRef* known = find(layout, row, key)) {
    expiry_.written(known->number);
  }
}

void TemporalKeys::release(const RowLayout& layout, const char* row, std::span<const size_t> key) {
  if (const RowRef* known = find(layout, row, key)) {
    expiry_.written(known->number);
    set_waiting(*known, waiting(*known) - 1);
  }
}

bool TemporalKeys::has(const RowLayout& layout, const char* row,
                       std::span<const size_t> key) const {
  return find(layout, row, key) != nullptr;
}

void TemporalKeys::forget(RowRef key) {
  const uint64_t hash = keys_.layout().hash(keys_.row(key), columns_);
  by_key_.remove(by_key_.find(hash, [&](RowRef other) { return other == key; }));
  keys_.remove(key);
}

}  // namespace millrace::exec
