#include "exec/operators/scan.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/check.h"
#include "base/clock.h"
#include "base/error.h"
#include "exec/event_time.h"
#include "exec/rejecting.h"
#include "function/evaluate.h"
#include "function/memberships.h"

namespace millrace::exec {

// The table's option, else the setting of its name, else Flink's setting for all tables.
static Duration idle_timeout_of(const plan::Scan& node, const TaskContext& task) {
  static constexpr auto kOption = "scan.watermark.idle-timeout";
  const std::string text = node.table->option(kOption);
  if (text.empty()) {
    return task.duration_setting(
        kOption, task.duration_setting("table.exec.source.idle-timeout", Duration::seconds(5)));
  }
  if (const auto duration = parse_duration(text)) {
    return *duration;
  }
  throw Error(ErrorCode::invalid_argument, "option '" + std::string(kOption) + "' of table '" +
                                               node.table->name + "': '" + text +
                                               "' is not a duration such as '5 s'");
}

// Zero, as in Flink: a split that is silent holds the watermark back for ever.
static bool finds_idle(Duration timeout) { return timeout > Duration(); }

Scan::Scan(const plan::Scan& node, std::unique_ptr<Source> source, const TaskContext& task)
    : node_(&node),
      source_(std::move(source)),
      task_(task),
      watermarks_(node.watermark && node.mode == plan::RuntimeMode::streaming),
      shifted_(node.watermark ? plan::shifted_time(*node.watermark) : std::nullopt),
      watermark_(task_.state().numbers("watermarks")),
      idle_timeout_(idle_timeout_of(node, task)),
      resumes_(task.input_had_ended()),
      ended_(task_.state().numbers("input").at("ended")) {
  if (resumes_) {
    ended_ = 0;
  }
  if (node.mode == plan::RuntimeMode::batch && !source_->ends()) {
    throw Error(ErrorCode::unsupported, "Querying an unbounded table '" + node.table->name +
                                            "' in batch mode is not allowed. The table source is "
                                            "unbounded.");
  }
  for (const function::Expression& expression : node.computed) {
    computed_.push_back(function::with_memberships(expression));
  }
  watermark_.set_inputs(source_->splits());
  last_row_.resize(source_->splits(), task_.world().clock->monotonic());
}

std::vector<SplitStatus> Scan::splits() const {
  using State = SplitStatus::State;
  std::vector<SplitStatus> splits;
  for (size_t split = 0; node_->watermark && split < last_row_.size(); ++split) {
    const State state = finished_ || source_->ended(split) ? State::ended
                        : watermark_.is_idle(split)        ? State::idle
                        : source_->caught_up(split)        ? State::at_end
                                                           : State::reading;
    splits.push_back({source_->split_name(split), state, watermark_.of(split)});
  }
  return splits;
}

bool Scan::turn(Emitter& out) {
  if (finished_) {
    return false;
  }
  if (std::exchange(resumes_, false) && watermark_.combined() > Watermark::none()) {
    // The others only remember that there was an end; rows behind the time before it are late.
    out.advance(watermark_.combined());
  }
  if (ended_ != 0) {
    finish(out);
    return true;
  }
  prefer_furthest_behind();
  Polled polled = source_->poll();
  // Partitions may have been added.
  watermark_.set_inputs(source_->splits());
  last_row_.resize(source_->splits(), task_.world().clock->monotonic());
  switch (polled.state) {
    case Polled::State::rows:
      take(std::move(polled), out);
      find_idle(out);  // a split may be silent while another is busy
      return true;
    case Polled::State::finished: finish(out); return true;
    case Polled::State::idle: break;
  }
  return find_idle(out);
}

// Up to Batch::kMaxRows rows, from `from` on.
static Batch rows_from(Batch& rows, uint32_t from) {
  if (rows.physical_size <= Batch::kMaxRows) {
    return std::move(rows);
  }
  check(rows.selection == nullptr, "sources hand out whole batches");
  Batch part = rows;
  auto which = std::make_shared<std::vector<uint32_t>>(
      std::min<size_t>(Batch::kMaxRows, rows.physical_size - from));
  std::iota(which->begin(), which->end(), from);
  part.selection = std::move(which);
  return part.compacted();
}

void Scan::prefer_furthest_behind() {
  if (!watermarks_) {
    return;
  }
  std::optional<size_t> furthest;
  for (size_t split = 0; split < last_row_.size(); ++split) {
    if (!source_->ended(split) && (!furthest || watermark_.of(split) < watermark_.of(*furthest))) {
      furthest = split;
    }
  }
  if (furthest) {
    source_->prefer(*furthest);
  }
}

void Scan::take(Polled polled, Emitter& out) {
  last_row_[polled.split] = task_.world().clock->monotonic();
  task_.counts().in += polled.rows.size() + polled.rejects.size() + polled.empty;
  task_.counts().filtered += polled.empty;
  for (const Reject& reject : polled.rejects) {
    out.reject(reject);
  }
  // Records that hold several rows each make more than a batch of them.
  const uint32_t size = polled.rows.physical_size;
  for (uint32_t from = 0; from < size; from += Batch::kMaxRows) {
    Batch batch = rows_from(polled.rows, from);
    compute(batch, out);
    if (watermarks_) {
      mark(batch, polled.split, out);
    }
    out.push(std::move(batch));
  }
}

void Scan::compute(Batch& batch, Emitter& out) {
  const Timestamp now = task_.world().clock->now();
  for (const function::Expression& expression : computed_) {
    function::EvaluationContext context(now, task_.world().random);
    batch.columns.push_back(function::evaluate(expression, batch, batch.rows(), context));
    reject_failed(batch, context, out);
  }
  if (node_->watermark) {
    const size_t rowtime = node_->rowtimes.front();
    reject_null(batch, rowtime, "the event time '" + node_->schema[rowtime].name + "' is NULL",
                out);
  }
}

// Of the rows in turn, with NULL before all times. `kept` is where they lie if not in the column.
static std::span<const int64_t> times_of(const Column& column, const Rows& rows,
                                         std::vector<int64_t>& kept) {
  const EventTimes times(column);
  if (const int64_t* plain = times.plain(); plain != nullptr && rows.all()) {
    return {plain, rows.size()};
  }
  kept.reserve(rows.size());
  for_each(rows, [&](uint32_t row) {
    kept.push_back(times.is_null(row) ? Watermark::none().ms : times.ms(row));
  });
  return kept;
}

// The first from `from` on that is above `latest`, or the end. Few rows of a stream are later than
// all before them.
static size_t next_above(std::span<const int64_t> times, size_t from, int64_t latest) {
  while (from < times.size() && times[from] <= latest) {
    ++from;
  }
  return from;
}

void Scan::mark(Batch& batch, size_t split, Emitter& out) {
  Column column;
  int64_t shift = 0;
  if (shifted_) {
    column = batch.columns[shifted_->column];
    shift = shifted_->ms;
  } else {
    function::EvaluationContext context = task_.evaluation();
    column = function::evaluate(*node_->watermark, batch, batch.rows(), context);
    reject_failed(batch, context, out);
  }
  const Rows rows = batch.rows();
  std::vector<int64_t> kept;
  const std::span<const int64_t> times = times_of(column, rows, kept);
  const Watermark limit = watermark_.limit_for(split);
  Watermark reached = watermark_.combined();
  Watermark highest = watermark_.of(split);
  int64_t latest = highest == Watermark::none() ? highest.ms : highest.ms - shift;
  batch.marks.reserve(marks_);
  for (size_t i = next_above(times, 0, latest); i < times.size();
       i = next_above(times, i + 1, latest)) {
    latest = times[i];
    highest = Watermark{latest + shift};
    const Watermark now = std::min(highest, limit);
    if (now > reached) {
      batch.marks.push_back({rows[i] + 1, now});
      reached = now;
    }
  }
  marks_ = batch.marks.size();
  watermark_.raise(split, highest);
}

bool Scan::find_idle(Emitter& out) {
  if (!watermarks_) {
    return false;
  }
  const Instant now = task_.world().clock->monotonic();
  const Watermark before = watermark_.combined();
  bool found = false;
  for (size_t split = 0; split < last_row_.size(); ++split) {
    if (!watermark_.is_idle(split) &&
        (source_->ended(split) ||
         (finds_idle(idle_timeout_) && now >= last_row_[split] + idle_timeout_ &&
          source_->caught_up(split)))) {
      watermark_.set_idle(split);
      found = true;
    }
  }
  if (watermark_.combined() > before) {
    out.advance(watermark_.combined());
  }
  if (found && watermark_.all_idle()) {
    out.idle();
  }
  return found;
}

std::optional<Instant> Scan::idle_at() const {
  std::optional<Instant> first = finished_ ? std::nullopt : source_->wake_at();
  if (!watermarks_ || finished_ || !finds_idle(idle_timeout_)) {
    return first;
  }
  for (size_t split = 0; split < last_row_.size(); ++split) {
    if (!watermark_.is_idle(split)) {
      const Instant at = last_row_[split] + idle_timeout_;
      first = first ? std::min(*first, at) : at;
    }
  }
  return first;
}

std::string Scan::cannot_pause() const {
  const std::string why = source_->cannot_pause();
  return why.empty() ? "" : "table '" + node_->table->name + "' " + why;
}

void Scan::finish(Emitter& out) {
  finished_ = true;
  ended_ = 1;
  out.advance(Watermark::end_of_input());
}

}  // namespace millrace::exec
