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
    gathered_.push_back({cell, {}, {}, {}, {}});
  }
}

MatchCells::~MatchCells() {
  for (Gathered& gathered : gathered_) {
    destroy(gathered);
  }
}

namespace {

uint64_t count_of(const Cell& cell, const RowRun& run) {
  uint64_t count = 0;
  run.for_each_range(cell.elements, [&](uint64_t, uint64_t rows) { count += rows; });
  return count;
}

// The number of the nth of the cell's rows, of which there are more.
uint64_t nth_row(const Cell& cell, const RowRun& run, uint64_t nth) {
  uint64_t row = 0;
  uint64_t before = 0;
  run.for_each_range(cell.elements, [&](uint64_t first, uint64_t count) {
    if (nth >= before && nth < before + count) {
      row = first + (nth - before);
    }
    before += count;
  });
  return row;
}

}  // namespace

RowRef MatchCells::row_of(const Cell& cell, const Group& group, const RowRun& run) const {
  const uint64_t count = count_of(cell, run);
  if (cell.kind == Cell::Kind::previous) {
    const uint64_t last = count == 0 ? 0 : nth_row(cell, run, count - 1);
    return count == 0 || last < group.first + cell.offset ? kNoRow : group.row(last - cell.offset);
  }
  if (cell.kind == Cell::Kind::next) {
    const uint64_t wanted = count == 0 ? group.end() : nth_row(cell, run, count - 1) + cell.offset;
    return wanted < group.end() ? group.row(wanted) : kNoRow;
  }
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
  function.begin(bytes);
  std::vector<RowRef> rows;
  run.for_each_range(cell.elements, [&](uint64_t first, uint64_t count) {
    for (uint64_t i = 0; i < count; ++i) {
      rows.push_back(group.row(first + i));
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

void MatchCells::add(const Group& group, const RowRun& run, const RowRun& match,
                     int64_t settled_ms) {
  for (Gathered& gathered : gathered_) {
    const Cell& cell = node_->cells[gathered.cell];
    const RowRun& rows = cell.of_whole_match ? match : run;
    if (cell.kind == Cell::Kind::aggregate) {
      gathered.states.push_back(aggregated(cell, group, rows));
    } else if (cell.kind == Cell::Kind::classifier) {
      gathered.elements.push_back(rows.size() == 0 ? kNoElement : rows.element);
    } else if (cell.kind == Cell::Kind::number) {
      gathered.numbers.push_back(static_cast<int64_t>(group.matches));
    } else if (cell.kind == Cell::Kind::settled) {
      gathered.numbers.push_back(settled_ms);
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
  if (cell.kind == Cell::Kind::number || cell.kind == Cell::Kind::settled) {
    FlatBuffer<int64_t> numbers(gathered.numbers.size());
    std::copy(gathered.numbers.begin(), gathered.numbers.end(), &numbers[0]);
    return numbers.finish(cell.type);
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
    if (element == kNoElement) {
      names.add_null();
    } else {
      names.add_string(node_->pattern[element].variable);
    }
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
  gathered.numbers.clear();
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
