#include "exec/match_cells.h"

#include <algorithm>
#include <set>

#include "column/builder.h"

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
    gathered_.push_back({cell, {}, {}, {}});
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

// Calls visit(range) for the rows of each of the cell's elements, in their order.
template <typename Visit>
void for_each_range(const Cell& cell, const RowRun& run, Visit&& visit) {
  if (cell.elements.empty()) {
    visit(Range{run.start, run.size()});
  }
  for (const size_t element : cell.elements) {
    visit(Range{run.start_of(element), run.counts[element]});
  }
}

uint64_t count_of(const Cell& cell, const RowRun& run) {
  uint64_t count = 0;
  for_each_range(cell, run, [&](const Range& range) { count += range.count; });
  return count;
}

// The number of the nth of the cell's rows, of which there are more.
uint64_t nth_row(const Cell& cell, const RowRun& run, uint64_t nth) {
  uint64_t row = 0;
  uint64_t before = 0;
  for_each_range(cell, run, [&](const Range& range) {
    if (nth >= before && nth < before + range.count) {
      row = range.first + (nth - before);
    }
    before += range.count;
  });
  return row;
}

}  // namespace

RowRef MatchCells::row_of(const Cell& cell, const Group& group, const RowRun& run) const {
  const uint64_t count = count_of(cell, run);
  if (cell.offset >= count) {
    return kNoRow;
  }
  const bool from_first = cell.kind == Cell::Kind::first;
  return group.row(nth_row(cell, run, from_first ? cell.offset : count - 1 - cell.offset));
}

std::unique_ptr<uint64_t[]> MatchCells::aggregated(const Cell& cell, const Group& group,
                                                   const RowRun& run) const {
  const function::AggregateSignature& function = *cell.call.function;
  auto state = std::make_unique<uint64_t[]>((function.size + 7) / 8);  // zeroed
  char* bytes = reinterpret_cast<char*>(state.get());
  if (function.init != nullptr) {
    function.begin(bytes);
  }
  std::vector<RowRef> rows;
  for_each_range(cell, run, [&](const Range& range) {
    for (uint64_t i = 0; i < range.count; ++i) {
      rows.push_back(group.row(range.first + i));
    }
  });
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

void MatchCells::add(const Group& group, const RowRun& run, const RowRun& match) {
  for (Gathered& gathered : gathered_) {
    const Cell& cell = node_->cells[gathered.cell];
    const RowRun& rows = cell.of_whole_match ? match : run;
    if (cell.kind == Cell::Kind::aggregate) {
      gathered.states.push_back(aggregated(cell, group, rows));
    } else if (cell.kind == Cell::Kind::classifier) {
      gathered.elements.push_back(rows.element);
    } else {
      gathered.rows.push_back(row_of(cell, group, rows));
    }
  }
  ++size_;
}

Column MatchCells::column_of(Gathered& gathered) const {
  const Cell& cell = node_->cells[gathered.cell];
  if (cell.kind == Cell::Kind::classifier) {
    return names_of(gathered.elements);
  }
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

Column MatchCells::names_of(const std::vector<uint32_t>& elements) const {
  ColumnBuilder names(Type::string());
  for (const uint32_t element : elements) {
    names.add_string(node_->pattern[element].variable);
  }
  return names.finish();
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
  gathered.elements.clear();
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
