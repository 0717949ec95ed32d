#pragma once

// What conditions and measures of MATCH_RECOGNIZE read of runs of rows: the first and last rows of
// a variable, and aggregates over its rows. Gathered for many runs, then a column each.

#include <memory>
#include <vector>

#include "column/batch.h"
#include "plan/nodes.h"
#include "state/row_runs.h"

namespace millrace::exec {

class MatchCells {
 public:
  // Of the cells that the expressions read. Node and rows outlive this.
  MatchCells(const plan::MatchRecognize& node, const state::RowRuns& rows,
             const std::vector<const function::Expression*>& readers);
  ~MatchCells();
  MatchCells(MatchCells&&) = default;

  // `run` is the match up to the row at hand, `match` all of it. Their rows stay where they are
  // until the next take(). `settled_ms` is the time at which the match counts.
  void add(const state::RowRuns::Group& group, const state::RowRun& run, const state::RowRun& match,
           int64_t settled_ms);
  size_t size() const { return size_; }
  // A row for each run that was added; columns that nobody reads are empty.
  Batch take();

 private:
  static constexpr uint32_t kNoElement = UINT32_MAX;
  struct Gathered {
    size_t cell;
    std::vector<state::RowRef> rows;                  // of first and last
    std::vector<std::unique_ptr<uint64_t[]>> states;  // of aggregates
    std::vector<uint32_t> elements;                   // of the classifier; kNoElement for NULL
    std::vector<int64_t> numbers;                     // of matches, or when they count
  };
  state::RowRef row_of(const plan::MatchRecognize::Cell& cell, const state::RowRuns::Group& group,
                       const state::RowRun& run) const;
  std::unique_ptr<uint64_t[]> aggregated(const plan::MatchRecognize::Cell& cell,
                                         const state::RowRuns::Group& group,
                                         const state::RowRun& run) const;
  Column column_of(Gathered& gathered) const;
  Column names_of(const std::vector<uint32_t>& elements) const;
  void destroy(Gathered& gathered) const;

  const plan::MatchRecognize* node_;
  const state::RowRuns* rows_;
  std::vector<Gathered> gathered_;
  size_t size_ = 0;
};

}  // namespace millrace::exec
