#pragma once

// One input of a join: its rows of the batch at hand with their keys, and the table of all its rows
// where they are kept.

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "column/batch.h"
#include "exec/expiry.h"
#include "exec/task_context.h"
#include "plan/nodes.h"
#include "state/row_multimap.h"

namespace millrace::exec {

// Which input of a join a batch came from.
enum class Side : uint8_t { left, right };

// Columns of one side that are equal to those of the other in rows that join.
struct JoinKey {
  std::vector<size_t> columns;
  std::vector<size_t> strict;  // those of them in which a NULL matches nothing
};
JoinKey key_of(const plan::Join& node, Side side);

class JoinSide {
 public:
  // Under "left" or "right" in the task's state. How the rows are found again follows from the
  // upsert keys of the input. They expire, after `ttl` where it is not the setting that says when.
  JoinSide(const plan::Join& node, Side side, const TaskContext& task, bool counts_matches,
           std::optional<Duration> ttl);
  // Or as the owner likes: the key's columns are the shape's. They do not expire by the clock.
  JoinSide(state::RowMultimapShape shape, std::vector<size_t> strict_key, const TaskContext& task,
           std::string_view table);

  // Reads a batch; the rows are numbered from 0 in the order of batch.rows().
  void read(const Batch& batch);

  size_t size() const { return buffer_.size(); }
  const char* row(size_t i) const { return buffer_[i]; }
  uint64_t hash(size_t i) const { return hashes_[i]; }
  // A NULL in its key that matches nothing: such a row is not kept.
  bool never_matches(size_t i) const { return never_[i]; }

  // The last row of the same key here; the probing row is row i of the other side.
  state::RowRef find(const JoinSide& other, size_t i) const {
    return rows_->find(other.rows_->layout(), other.row(i), other.key_, other.hash(i));
  }
  // The same for a kept row of the other side.
  state::RowRef find_match(const JoinSide& other, const char* row) const;
  // At the turn of row i of `probing`, which may be this side: asks for the memory that the
  // look-ups of rows behind it will read here.
  void prefetch_for(const JoinSide& probing, size_t i) const {
    constexpr size_t kAhead = 8;  // what memory takes, in look-ups
    if (i + 2 * kAhead < probing.size()) {
      rows_->prefetch(probing.hash(i + 2 * kAhead));
    }
    if (i + kAhead < probing.size()) {
      rows_->prefetch_row(probing.hash(i + kAhead));
    }
  }

  // Into and out of the table. Whether the row took the place of another one of the same key.
  enum class Added : uint8_t { anew, over };
  Added add(size_t i, uint32_t matches);
  void remove(size_t i);
  void set_matches(state::RowRef row, uint32_t matches) {
    rows_->set_matches(row, matches);
    expiry_.written(row.number);
  }
  // Ahead of each batch, of either side.
  void drop_expired() {
    expiry_.drop_expired([this](uint32_t number) { rows_->remove(state::RowRef{number}); });
  }

  state::RowMultimap& rows() { return *rows_; }
  const state::RowMultimap& rows() const { return *rows_; }
  bool counts_matches() const { return counts_matches_; }

 private:
  std::vector<size_t> key_;
  std::vector<size_t> strict_key_;  // the columns of which a NULL matches nothing
  bool counts_matches_;
  Expiry expiry_;
  state::RowMultimap* rows_;  // the task's
  state::RowBuffer buffer_;
  std::vector<uint64_t> hashes_;
  std::vector<bool> never_;
};

// The rows of one side that row after row of the other one joins with.
struct Matches {
  std::vector<state::RowRef> rows;
  std::vector<size_t> ends;  // by row: where its matches end

  std::span<const state::RowRef> of(size_t i) const {
    const size_t from = i == 0 ? 0 : ends[i - 1];
    return {rows.data() + from, ends[i] - from};
  }
  void clear() {
    rows.clear();
    ends.clear();
  }
};

}  // namespace millrace::exec
