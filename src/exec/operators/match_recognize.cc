#include "exec/operators/match_recognize.h"

#include <algorithm>
#include <map>

#include "base/check.h"
#include "base/error.h"
#include "exec/event_time.h"
#include "exec/mark_cursor.h"
#include "exec/match_pattern.h"
#include "exec/match_steps.h"
#include "exec/rejecting.h"
#include "exec/table_shapes.h"
#include "function/evaluate.h"
#include "plan/columns.h"
#include "state/run_queue.h"

namespace millrace::exec {

using state::Due;
using state::RowRef;
using state::RowRun;
using Cell = plan::MatchRecognize::Cell;
using Group = state::RowRuns::Group;
using Shown = plan::MatchRecognize::Shown;
using Skip = plan::MatchRecognize::Skip;

static std::vector<const function::Expression*> pointers_to(
    const std::vector<function::Expression>& expressions) {
  std::vector<const function::Expression*> pointers;
  for (const function::Expression& expression : expressions) {
    pointers.push_back(&expression);
  }
  return pointers;
}

static state::RowRunsShape::Runs runs_of(const plan::MatchRecognize& node) {
  return node.steps.empty() ? state::RowRunsShape::Runs::counts : state::RowRunsShape::Runs::paths;
}

static std::unique_ptr<MatchAutomaton> automaton_of(const plan::MatchRecognize& node) {
  if (node.steps.empty()) {
    return std::make_unique<MatchPattern>(node);
  }
  return std::make_unique<MatchSteps>(node);
}

// With a row, a key is there, and has been.
static size_t rows_ahead_of(const plan::MatchRecognize& node) {
  return std::max<size_t>(node.rows_ahead(), node.numbers_matches() || node.at_start ? 1 : 0);
}

MatchRecognize::MatchRecognize(const plan::MatchRecognize& node, const TaskContext& task)
    : node_(&node),
      task_(task),
      rows_behind_(node.rows_behind()),
      automaton_(automaton_of(node)),
      waiting_(task_.state().waiting_rows("waiting", types_of(node.inputs[0]->schema))),
      runs_(task_.state().row_runs("runs", {.types = types_of(node.inputs[0]->schema),
                                            .key = node.partition_by,
                                            .elements = node.pattern.size(),
                                            .runs = runs_of(node),
                                            .rows_ahead = rows_ahead_of(node),
                                            .rows_behind = node.rows_behind(),
                                            .shown = node.shown == Shown::all_and_unmatched,
                                            .numbers = node.numbers_matches()})),
      order_(waiting_.layout(), order_of(node.order_by)),
      watermark_(task_.state().numbers("watermark")),
      buffer_(&waiting_.layout()),
      measures_(node, runs_, pointers_to(node.measures)) {
  std::map<std::string, size_t> known;  // conditions of variables
  for (size_t element = 0; element < node.pattern.size(); ++element) {
    const auto [entry, is_new] = known.emplace(node.pattern[element].variable, conditions_.size());
    if (is_new) {
      conditions_.push_back(make_condition(element));
    }
    condition_of_.push_back(entry->second);
  }
  if (ends_by_watermark()) {
    for (uint32_t number = 0; number < runs_.groups(); ++number) {
      const Group& group = runs_.group(number);
      for (const RowRun& run : group.open) {
        ends_.add({time_of(group.row(run.start)) + *node.within_ms, number, RowRef{number}});
      }
    }
  }
  task_.state().count_beside("ends", [this] { return ends_.memory(); });
}

MatchRecognize::Condition MatchRecognize::make_condition(size_t element) const {
  Condition condition;
  if (!node_->pattern[element].condition) {
    return condition;
  }
  const function::Expression& written = *node_->pattern[element].condition;
  std::vector<size_t> columns;
  bool of_row = rows_behind_ == 0;
  for (const Cell& cell : node_->cells) {
    columns.push_back(cell.column);
  }
  written.visit_columns([&](size_t number) {
    const Cell& cell = node_->cells[number];
    const bool has_row_itself =
        cell.elements.empty() ||
        std::find(cell.elements.begin(), cell.elements.end(), element) != cell.elements.end();
    of_row = of_row && cell.kind == Cell::Kind::last && cell.offset == 0 && has_row_itself;
  });
  if (of_row) {
    condition.of_row = plan::renumbered(written, columns);
  } else {
    condition.cells.emplace(*node_, runs_, std::vector<const function::Expression*>{&written});
  }
  return condition;
}

int64_t MatchRecognize::time_of(RowRef row) const {
  return event_time(runs_.layout(), runs_.rows().row(row), node_->order_by.front().column);
}

// --- Rows by time ---

void MatchRecognize::push(Port port, Batch batch, Output& out) {
  const CountedChange counted = runs_.count_changes();
  check(batch.insert_only(), "MATCH_RECOGNIZE takes insertions only");
  if (node_->by_arrival()) {
    push_arrived(batch, out);
  } else {
    push_waiting(batch, out);
  }
  if (const auto last = batch.final_watermark()) {
    advance(port, *last, out);
  }
}

void MatchRecognize::push_waiting(const Batch& batch, Output& out) {
  const Rows rows = batch.rows();
  buffer_.read(batch.columns, rows);
  const EventTimes times(batch.columns[node_->order_by.front().column]);
  MarkCursor marks(batch);
  Watermark now = watermark_.get();
  for (size_t i = 0; i < rows.size(); ++i) {
    marks.pass_until(rows[i], [&](Watermark passed) {
      if (passed > now) {
        now = passed;
        passed_.push_back(now.ms);
      }
    });
    if (const char* fault = times.fault(rows[i])) {
      out.reject(batch, rows[i], fault);
    } else if (times.ms(rows[i]) <= now.ms) {
      out.late(batch, rows[i], now);
    } else {
      ++task_.counts().grouped;
      waiting_.add(times.ms(rows[i]), buffer_[i]);
    }
  }
}

void MatchRecognize::push_arrived(const Batch& batch, Output& out) {
  const Batch rows = batch.compacted();
  const EventTimes times(rows.columns[node_->order_by.front().column]);
  buffer_.read(rows.columns, rows.rows());
  compute_conditions(rows, out);
  for (uint32_t i = 0; i < rows.physical_size; ++i) {
    ++task_.counts().grouped;
    take_row(rows, i, times.ms(i), out);
  }
  flush(out);
}

void MatchRecognize::advance(Port, Watermark now, Output& out) {
  leave(now, out);
  out.advance(now);
}

void MatchRecognize::leave(Watermark now, Output& out) {
  if (now <= watermark_.get()) {
    return;
  }
  const CountedChange counted = runs_.count_changes();
  watermark_.set(now);
  while (!node_->by_arrival()) {
    std::vector<Due> due = waiting_.take_until(now.ms, Batch::kMaxRows);
    if (due.empty()) {
      break;
    }
    sort_by_order(due);
    std::vector<RowRef> rows;
    for (const Due& row : due) {
      rows.push_back(row.row);
    }
    Batch batch;
    batch.physical_size = static_cast<uint32_t>(rows.size());
    batch.columns = waiting_.rows().gather(rows);
    waiting_.release(due);
    buffer_.read(batch.columns, batch.rows());
    compute_conditions(batch, out);
    for (size_t i = 0; i < due.size(); ++i) {
      take_row(batch, i, due[i].ms, out);
    }
  }
  if (now == Watermark::end_of_input()) {
    end_matches(out);
  }
  end_due_runs(now, out);
  passed_.clear();
  flush(out);
}

// They come in the order of their times, those of one time as they came.
void MatchRecognize::sort_by_order(std::vector<Due>& due) const {
  if (node_->order_by.size() > 1) {
    std::sort(due.begin(), due.end(), [&](const Due& a, const Due& b) {
      const int order = order_.compare(waiting_.rows().row(a.row), waiting_.rows().row(b.row));
      return order != 0 ? order < 0 : a.number < b.number;
    });
  }
}

// --- Conditions ---

void MatchRecognize::compute_conditions(const Batch& batch, Output& out) {
  for (Condition& condition : conditions_) {
    if (!condition.of_row) {
      continue;
    }
    condition.holds.assign(batch.physical_size, false);
    function::EvaluationContext context = task_.evaluation();
    for (const uint32_t row :
         function::select_true(*condition.of_row, batch, batch.rows(), context)) {
      condition.holds[row] = true;
    }
    for (const auto& failure : context.failures()) {
      out.reject(batch, failure.row, failure.reason);
    }
  }
}

bool MatchRecognize::holds(const Group& group, const RowRun& run, const Batch& batch, size_t i,
                           Output& out) {
  Condition& condition = conditions_[condition_of_[run.element]];
  if (condition.of_row) {
    return condition.holds[i];
  }
  if (!condition.cells) {
    return true;
  }
  condition.cells->add(group, run, run, settled_ms_);
  const Batch cells = condition.cells->take();
  function::EvaluationContext context = task_.evaluation();
  const auto holds =
      function::select_true(*node_->pattern[run.element].condition, cells, cells.rows(), context);
  for (const auto& failure : context.failures()) {
    out.reject(batch, static_cast<uint32_t>(i), failure.reason);
  }
  return !holds.empty();
}

// --- Runs ---

bool MatchRecognize::ends_by_watermark() const {
  return node_->within_ms && !node_->by_arrival() && rows_behind_ == 0;
}

void MatchRecognize::take_row(const Batch& batch, size_t i, int64_t ms, Output& out) {
  const uint32_t number = runs_.add(buffer_[i], runs_.hash(buffer_[i]));
  const Group& group = runs_.group(number);
  if (rows_behind_ == 0) {
    const auto holds_here = [&](const RowRun& run) { return holds(group, run, batch, i, out); };
    follow(number, group.end() - 1, ms, holds_here, out);
  } else if (group.rows.size() > rows_behind_) {
    take_waiting(number, group.end() - 1 - rows_behind_, out);
  }
  runs_.trim(number, gone_);
}

// A row that has waited for those behind it.
void MatchRecognize::take_waiting(uint32_t number, uint64_t row, Output& out) {
  const Group& group = runs_.group(number);
  const std::vector<RowRef> rows = {group.row(row)};
  Batch batch;
  batch.physical_size = 1;
  batch.columns = runs_.rows().gather(rows);
  const auto holds_here = [&](const RowRun& run) { return holds(group, run, batch, 0, out); };
  follow(number, row, time_of(rows.front()), holds_here, out);
}

void MatchRecognize::follow(uint32_t number, uint64_t row, int64_t ms,
                            const MatchAutomaton::Holds& holds, Output& out) {
  Group& group = runs_.group(number);
  if (node_->within_ms) {
    end_runs(number, ms, out);
  }
  settled_ms_ = ms;
  automaton_->follow(group, row, holds);
  if (ends_by_watermark() && !group.open.empty() && group.open.back().start == row) {
    ends_.add({ms + *node_->within_ms, number, RowRef{number}});
  }
  settle(group, out);
  show_unmatched(group, std::min(group.first_needed(), row + 1), out);
}

int64_t MatchRecognize::end_of(const Group& group, const RowRun& run) const {
  return time_of(group.row(run.start)) + *node_->within_ms;
}

int64_t MatchRecognize::first_passed(int64_t ms, int64_t now_ms) const {
  const auto passed = std::lower_bound(passed_.begin(), passed_.end(), ms);
  return passed == passed_.end() ? now_ms : std::min(*passed, now_ms);
}

// Those that are over at one watermark end together; the match that they held back counts by then.
void MatchRecognize::end_runs(uint32_t number, int64_t now_ms, Output& out) {
  Group& group = runs_.group(number);
  while (!group.open.empty() && end_of(group, group.open.front()) <= now_ms) {
    settled_ms_ = first_passed(end_of(group, group.open.front()), now_ms);
    automaton_->expire(group.open,
                       [&](const RowRun& run) { return end_of(group, run) <= settled_ms_; });
    settle(group, out);
  }
}

void MatchRecognize::end_due_runs(Watermark now, Output& out) {
  for (const Due* due = ends_.next(); due != nullptr && due->ms <= now.ms; due = ends_.next()) {
    const uint32_t number = due->row.number;
    ends_.pop();
    if (runs_.has_group(number)) {
      end_runs(number, now.ms, out);
      show_unmatched(runs_.group(number), runs_.group(number).first_needed(), out);
      runs_.trim(number, gone_);
    }
  }
}

void MatchRecognize::settle(Group& group, Output& out) {
  while (!group.complete.empty()) {
    if (!group.open.empty() &&
        automaton_->may_rule_out(group.open.front(), group.complete.front())) {
      return;
    }
    const RowRun match = pop_run(group.complete);
    ++group.matches;
    show_unmatched(group, match.start, out);
    emit(group, match, out);
    group.shown = std::max(group.shown, match.start + std::max<uint64_t>(match.size(), 1));
    const uint64_t skipped = skipped_by(match);
    const auto is_skipped = [&](const RowRun& run) { return run.start < skipped; };
    automaton_->rule_out(group.open, is_skipped);
    remove_runs(group.complete, is_skipped);
  }
}

void MatchRecognize::end_matches(Output& out) {
  for (uint32_t number = 0; number < runs_.groups(); ++number) {
    if (runs_.has_group(number)) {
      end_matches(number, out);
    }
  }
}

// Behind the last row a run comes no further: what waits for it counts. In Flink it waits on.
void MatchRecognize::end_matches(uint32_t number, Output& out) {
  Group& group = runs_.group(number);
  const uint64_t waiting = std::min<uint64_t>(rows_behind_, group.rows.size());
  for (uint64_t row = group.end() - waiting; row < group.end(); ++row) {
    take_waiting(number, row, out);
  }
  if (automaton_->end(group)) {
    settle(group, out);
    show_unmatched(group, group.end(), out);
    runs_.trim(number, gone_);
  }
  // What was told that no row follows is not told so again after a restart.
  if (rows_behind_ > 0 && runs_.has_group(number)) {
    runs_.forget(number, gone_);
  }
}

uint64_t MatchRecognize::skipped_by(const RowRun& match) const {
  if (match.size() == 0) {
    return match.start + 1;
  }
  switch (node_->skip) {
    case Skip::to_next_row: return match.start + 1;
    case Skip::past_last_row: return match.start + match.size();
    case Skip::to_first:
    case Skip::to_last: break;
  }
  uint64_t count = 0;
  uint64_t row = 0;
  match.for_each_range(node_->skip_to, [&](uint64_t first, uint64_t rows) {
    if (rows > 0 && (count == 0 || node_->skip == Skip::to_last)) {
      row = node_->skip == Skip::to_first ? first : first + rows - 1;
    }
    count += rows;
  });
  if (count == 0 || row == match.start) {
    throw Error(
        ErrorCode::invalid_argument,
        "Could not skip to " +
            std::string(count == 0 ? "a row of '" : "first element of a match, a row of '") +
            node_->pattern[node_->skip_to.front()].variable + "'",
        node_->position);
  }
  return row;
}

// --- What goes out ---

void MatchRecognize::emit(const Group& group, const RowRun& match, Output& out) {
  const bool is_empty = match.size() == 0;
  if (is_empty && node_->shown == Shown::all_but_empty) {
    return;
  }
  if (is_empty || !node_->shows_all_rows()) {
    return emit_row(group, match.start, match, match, out);
  }
  for (uint64_t rows = 1; rows <= match.size(); ++rows) {
    const RowRun run = match.first_rows(rows);
    if (!node_->pattern[run.element].excluded) {
      emit_row(group, match.start + rows - 1, run, match, out);
    }
  }
}

void MatchRecognize::emit_row(const Group& group, uint64_t row, const RowRun& run,
                              const RowRun& match, Output& out) {
  send_unmatched(out);
  measures_.add(group, run, match, settled_at(group, match));
  matched_.push_back(group.row(row));
  if (matched_.size() == Batch::kMaxRows) {
    send_matched(out);
  }
}

// The end of the input is no time: then it is that of the match's last row.
int64_t MatchRecognize::settled_at(const Group& group, const RowRun& match) const {
  const bool at_end = settled_ms_ == Watermark::end_of_input().ms && match.size() > 0;
  return at_end ? time_of(group.row(match.start + match.size() - 1)) : settled_ms_;
}

void MatchRecognize::send_matched(Output& out) {
  if (matched_.empty()) {
    return;
  }
  Batch batch;
  batch.physical_size = static_cast<uint32_t>(matched_.size());
  batch.columns = runs_.rows().gather(matched_, node_->shown_ahead);
  const Batch cells = measures_.take();
  function::EvaluationContext context = task_.evaluation();
  for (const function::Expression& measure : node_->measures) {
    batch.columns.push_back(function::evaluate(measure, cells, cells.rows(), context));
  }
  for (Column& column : runs_.rows().gather(matched_, node_->shown_behind)) {
    batch.columns.push_back(std::move(column));
  }
  matched_.clear();
  reject_failed(batch, context, out);
  out.push(std::move(batch));
}

void MatchRecognize::show_unmatched(Group& group, uint64_t until, Output& out) {
  if (node_->shown != Shown::all_and_unmatched) {
    return;
  }
  for (; group.shown < until; ++group.shown) {
    send_matched(out);
    unmatched_.push_back(group.row(group.shown));
    if (unmatched_.size() == Batch::kMaxRows) {
      send_unmatched(out);
    }
  }
}

// Without a match there is nothing to measure.
void MatchRecognize::send_unmatched(Output& out) {
  if (unmatched_.empty()) {
    return;
  }
  Batch batch;
  batch.physical_size = static_cast<uint32_t>(unmatched_.size());
  batch.columns = runs_.rows().gather(unmatched_, node_->shown_ahead);
  for (size_t i = 0; i < node_->measures.size(); ++i) {
    const Type& type = node_->schema[node_->shown_ahead.size() + i].type;
    batch.columns.push_back(Column::null(type, batch.physical_size));
  }
  for (Column& column : runs_.rows().gather(unmatched_, node_->shown_behind)) {
    batch.columns.push_back(std::move(column));
  }
  unmatched_.clear();
  out.push(std::move(batch));
}

// Rows may be in several matches, so they stay until all that are at hand have been sent.
void MatchRecognize::flush(Output& out) {
  send_matched(out);
  send_unmatched(out);
  for (const RowRef row : gone_) {
    runs_.release(row);
  }
  gone_.clear();
}

}  // namespace millrace::exec
