#include "exec/match_cells.h"

#include <algorithm>
#include <set>

namespace millrace::exec {

using plan::MatchRecognize;
using state::kNoRow;
using state::RowRef;
using state::RowRun;
using Cell = MatchRecognize::Cell;
using Group = state::RowRuns::Group;

MatchCells::MatchCells(const MatchRecognize& node, const state::RowRuns& rows,
                       const std::vector<const function::Expression*>& readers)
    : node_(&node), rows_(&rows) {
  std::set<size_t> read;
  for (const function::Expression* reader : readers) {
    reader->visit_columns([&](size_t cell) { read.insert(cell); });
  }
  for (const size_t cell : read) {
    gathered_.push_back({cell, {}, {}});
  }
}

MatchCells::~MatchCells() {
  for (Gathered& gathered : gathered_) {
    destroy(gathered);
  }
}

namespace {

// Rows by number, from the first one on.
struct Range {
  uint64_t first;
  uint64_t count;
};

Range rows_of(const Cell& cell, const RowRun& run) {
  return cell.element == Cell::kAnyElement
             ? Range{run.start, run.size()}
             : Range{run.start_of(cell.element), run.counts[cell.element]};
}

}  // namespace

RowRef MatchCells::row_of(const Cell& cell, const Group& group, const RowRun& run) const {
  const Range range = rows_of(cell, run);
  if (cell.offset >= range.count) {
    return kNoRow;
  }
  return group.row(cell.kind == Cell::Kind::first ? range.first + cell.offset
                                                  : range.first + range.count - 1 - cell.offset);
}

std::unique_ptr<uint64_t[]> MatchCells::aggregated(const Cell& cell, const Group& group,
                                                   const RowRun& run) const {
  const function::AggregateSignature& function = *cell.call.function;
  auto state = std::make_unique<uint64_t[]>((function.size + 7) / 8);  // zeroed
  char* bytes = reinterpret_cast<char*>(state.get());
  if (function.init != nullptr) {
    function.begin(bytes);
  }
  const Range range = rows_of(cell, run);
  std::vector<RowRef> rows;
  for (uint64_t i = 0; i < range.count; ++i) {
    rows.push_back(group.row(range.first + i));
  }
  for (size_t from = 0; from < rows.size(); from += Batch::kMaxRows) {
    const auto some = std::span(rows).subspan(from, std::min(Batch::kMaxRows, rows.size() - from));
    std::vector<Column> arguments = rows_->rows().gather(some, cell.call.arguments);
    for (size_t i = 0; i < arguments.size(); ++i) {
      arguments[i] = arguments[i].retyped(function.arguments[i]);
    }
    const std::vector<char*> states(some.size(), bytes);
    function.update(states.data(), arguments, Rows(some.size()), {});
  }
  return state;
}

void MatchCells::add(const Group& group, const RowRun& run) {
  for (Gathered& gathered : gathered_) {
    const Cell& cell = node_->cells[gathered.cell];
    if (cell.kind == Cell::Kind::aggregate) {
      gathered.states.push_back(aggregated(cell, group, run));
    } else {
      gathered.rows.push_back(row_of(cell, group, run));
    }
  }
  ++size_;
}

Column MatchCells::column_of(Gathered& gathered) const {
  const Cell& cell = node_->cells[gathered.cell];
  if (cell.kind != Cell::Kind::aggregate) {
    const std::vector<size_t> wanted = {cell.column};
    return rows_->rows().gather(gathered.rows, wanted).front().retyped(cell.type);
  }
  std::vector<char*> states;
  for (const auto& state : gathered.states) {
    states.push_back(reinterpret_cast<char*>(state.get()));
  }
  return cell.call.function->finish(states.data(), states.size(), cell.type);
}

void MatchCells::destroy(Gathered& gathered) const {
  const Cell& cell = node_->cells[gathered.cell];
  if (cell.kind == Cell::Kind::aggregate && cell.call.function->destroy != nullptr) {
    for (const auto& state : gathered.states) {
      cell.call.function->destroy(reinterpret_cast<char*>(state.get()));
    }
  }
  gathered.states.clear();
  gathered.rows.clear();
}

Batch MatchCells::take() {
  Batch batch;
  batch.physical_size = static_cast<uint32_t>(size_);
  batch.columns.resize(node_->cells.size());
  for (Gathered& gathered : gathered_) {
    batch.columns[gathered.cell] = column_of(gathered);
    destroy(gathered);
  }
  size_ = 0;
  return batch;
}

}  // namespace millrace::exec
