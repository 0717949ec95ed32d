#pragma once

// The rows of each key in an order of their own, and runs over them: what a pattern over rows has
// matched so far. A run is of rows one behind the other, so many for each element of the pattern,
// or each of an element of its own, where elements come back; a key's rows are kept from the first
// one of its oldest run on, and so many ahead of it as its owner wants. A key of which no row is
// kept is forgotten. The rows lie in a table of their own, and may leave memory.

#include <algorithm>
#include <cstdint>
#include <deque>
#include <vector>

#include "base/counted_memory.h"
#include "state/row_index.h"
#include "state/row_store.h"
#include "state/table.h"

namespace millrace::state {

struct RowRun {
  uint64_t start = 0;              // the number of its first row
  uint32_t element = 0;            // that the last row is of
  CountedVector<uint32_t> counts;  // by element, how many rows
  CountedVector<uint32_t> path;    // by row, its element: where elements come back, without counts

  uint64_t size() const;
  // The number of the first row of an element, whose rows follow it.
  uint64_t start_of(size_t element) const;
  // Calls visit(first, count) for the rows of these elements, which ascend, or of all where there
  // are none, in their order: `count` rows from number `first` on, perhaps none.
  template <typename Visit>
  void for_each_range(const std::vector<size_t>& elements, Visit&& visit) const;
  // What it was when it had so many rows, one at least.
  RowRun first_rows(uint64_t rows) const;
};

using RunList = CountedVector<RowRun>;

struct RowRunsShape {
  std::vector<Type> types;
  std::vector<size_t> key;  // columns
  size_t elements = 0;
  // What of a run is kept: how many rows each element has, or of which element each row is.
  enum class Runs : uint8_t { counts, paths };
  Runs runs = Runs::counts;
  size_t rows_ahead = 0;   // of the oldest run, or of the row to come, are kept
  size_t rows_behind = 0;  // the last ones are kept: they wait for as many behind them
  bool shown = false;      // it is kept how far rows have been shown
  bool numbers = false;    // how many matches a key has had is kept; with a row ahead, at least
};

template <typename Visit>
void RowRun::for_each_range(const std::vector<size_t>& elements, Visit&& visit) const {
  if (elements.empty()) {
    visit(start, size());
  }
  for (const size_t element : counts.empty() ? std::vector<size_t>() : elements) {
    visit(start_of(element), uint64_t{counts[element]});
  }
  for (size_t row = 0; row < path.size() && !elements.empty(); ++row) {
    if (std::binary_search(elements.begin(), elements.end(), path[row])) {
      visit(start + row, uint64_t{1});
    }
  }
}

class RowRuns final : public Table {
 public:
  // `rows`, which outlives this, is of the shape's types and holds its rows alone.
  RowRuns(RowRunsShape shape, RowStore* rows) : shape_(std::move(shape)), rows_(*rows) {}

  const RowLayout& layout() const { return rows_.layout(); }
  const RowStore& rows() const { return rows_; }
  uint64_t hash(const char* row) const { return layout().hash(row, shape_.key); }

  // Of one key.
  struct Group {
    uint64_t first = 0;  // the number of rows.front(); later rows count on
    std::deque<RowRef, CountedAllocator<RowRef>> rows;
    RunList open;          // in the order of their starts, or a heap by them (run_queue.h)
    RunList complete;      // a heap
    uint64_t matches = 0;  // that were found
    uint64_t shown = 0;    // rows below this number have been shown, of whatever match, or of none

    uint64_t end() const { return first + rows.size(); }
    // The first row of those that are of an open run or a complete one; end() where none is.
    uint64_t first_needed() const;
    RowRef row(uint64_t number) const { return rows[number - first]; }
  };
  bool has_group(uint32_t number) const {
    return number < groups_.size() && !groups_[number].rows.empty();
  }
  // As long as a group has rows, it keeps its number.
  Group& group(uint32_t number) { return groups_[number]; }
  const Group& group(uint32_t number) const { return groups_[number]; }
  size_t groups() const { return groups_.size(); }

  // Adds a row of hash(row) behind the others of its key. Returns the group's number.
  uint32_t add(const char* row, uint64_t hash);
  // Forgets the rows ahead of all runs. Their bytes stay until they are released.
  void trim(uint32_t number, std::vector<RowRef>& gone);
  // Forgets all rows of a group, and the group.
  void forget(uint32_t number, std::vector<RowRef>& gone);
  void release(RowRef row) { rows_.remove(row); }

  std::string_view kind() const override { return "row_runs"; }
  uint16_t version() const override { return 3; }
  bool reads(uint16_t written) const override { return written == 2 || written == 3; }
  void save(ByteWriter& out) const override;
  void load(ByteReader& in) override;
  size_t memory() const override;
  // To be held by its owner while groups change.
  CountedChange count_changes() { return CountedChange(&in_groups_); }

 private:
  RowRef* entry_of(const char* row, uint64_t hash);
  uint32_t new_group();
  void save_runs(const RunList& runs, uint64_t first, ByteWriter& out) const;
  RowRun load_run(const Group& group, ByteReader& in) const;

  RowRunsShape shape_;
  RowStore& rows_;
  RowIndex groups_by_key_;  // numbers of groups, not of rows
  std::vector<Group> groups_;
  std::vector<uint32_t> free_;
  int64_t in_groups_ = 0;  // bytes that groups own
};

}  // namespace millrace::state
