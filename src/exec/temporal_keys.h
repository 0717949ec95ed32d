#pragma once

// The keys of a join with a table's versions whose state expires: a key that nobody has used for
// long enough goes, and with it its versions and its rows that still wait, as in Flink. What comes
// of a key uses it, and so does a row or a version that the watermark reaches.

#include <span>
#include <vector>

#include "exec/expiry.h"
#include "exec/task_context.h"
#include "state/row_index.h"

namespace millrace::exec {

class TemporalKeys {
 public:
  // Keys of columns of these types.
  TemporalKeys(const TaskContext& task, std::vector<Type> types);

  size_t memory() const { return by_key_.memory(); }  // beside its table

  // A batch whose rows come; then come() or wait() of each that does, or that waits from then on.
  void read(const Batch& batch, std::span<const size_t> key);
  void come(size_t i) { expiry_.written(upsert(i).number); }
  void wait(size_t i);
  // The watermark reaches a kept version, or a row that waits no more, with the key in these
  // columns.
  void reach(const state::RowLayout& layout, const char* row, std::span<const size_t> key);
  void release(const state::RowLayout& layout, const char* row, std::span<const size_t> key);
  bool has(const state::RowLayout& layout, const char* row, std::span<const size_t> key) const;

  // Ahead of each batch and watermark: calls drop(layout, row, columns) for the keys that go.
  // Whether rows of any of these wait.
  template <typename Drop>
  bool drop_expired(Drop&& drop) {
    bool any_waits = false;
    expiry_.drop_expired([&](uint32_t number) {
      const state::RowRef key{number};
      any_waits = any_waits || waiting(key) > 0;
      drop(keys_.layout(), keys_.row(key), std::span<const size_t>(columns_));
      forget(key);
    });
    return any_waits;
  }

 private:
  state::RowRef upsert(size_t i);
  // How many rows of the key wait, which lies in its header.
  uint32_t waiting(state::RowRef key) const;
  void set_waiting(state::RowRef key, uint32_t rows);
  const state::RowRef* find(const state::RowLayout& layout, const char* row,
                            std::span<const size_t> key) const;
  void forget(state::RowRef key);

  Expiry expiry_;
  state::RowStore& keys_;
  std::vector<size_t> columns_;  // all of them
  state::RowIndex by_key_;
  state::RowBuffer buffer_;
};

}  // namespace millrace::exec
