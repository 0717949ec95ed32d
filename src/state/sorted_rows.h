#pragma once

// Rows in an order, which need not have room in memory: beyond that they are sorted and written
// into a file, run by run, and the runs are merged as they are read. Rows of equal order come as
// they were added. Of this life alone, like all that is spilled (spill_space.h).

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "state/row_store.h"
#include "state/spill_space.h"

namespace millrace::state {

class SortedRows {
 public:
  // Below 0 where the first one comes first, above 0 where the second one does.
  using Compare = std::function<int(const char*, const char*)>;
  // `space` outlives this; where it is null, all rows stay in memory.
  SortedRows(const std::vector<Type>& types, Compare compare, SpillSpace* space);

  void add(const char* row);  // copied
  // Once all are added: the first one, and at each call the one behind it; null behind the last
  // one. Good until the next call.
  const char* next();

  size_t memory() const;
  size_t runs() const { return runs_.size(); }  // in the file

 private:
  // Sorted rows in the file, of which one block at a time is in memory.
  struct Run {
    std::vector<SpillFile::Place> blocks;
    size_t next_block = 0;
    std::string bytes;
    size_t at = 0;
    const char* row = nullptr;  // null behind the last one

    void advance(const RowLayout& layout, const SpillFile& file);
  };
  class RunWriter;

  void sort();
  void write_run();
  void merge_runs();
  void begin_reading();
  bool comes_after(size_t a, size_t b) const;  // the rows that two runs have come to
  void pass_first();

  std::vector<Type> types_;
  Compare compare_;
  SpillSpace* space_;
  size_t most_runs_;
  std::unique_ptr<RowStore> rows_;   // that are in no run
  std::vector<const char*> places_;  // theirs
  std::unique_ptr<SpillFile> file_;
  std::vector<Run> runs_;

  bool reads_ = false;
  size_t next_place_ = 0;
  std::vector<size_t> heap_;  // runs with rows left, the one with the first row ahead
};

}  // namespace millrace::state
