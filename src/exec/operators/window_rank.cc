#include "exec/operators/window_rank.h"

#include <algorithm>

#include "base/check.h"
#include "exec/event_time.h"
#include "exec/mark_cursor.h"
#include "exec/row_changes.h"
#include "exec/table_shapes.h"
#include "exec/window_assigner.h"

namespace millrace::exec {

using state::RowRef;

static bool keeps_last_by_time(const plan::WindowRank& node) {
  return node.end == 1 && node.order_by.size() == 1 && node.order_by.front().descending &&
         node.inputs[0]->is_rowtime(node.order_by.front().column);
}

WindowRank::WindowRank(const plan::WindowRank& node, const TaskContext& task)
    : node_(&node),
      task_(task),
      most_(static_cast<size_t>(node.end)),
      later_wins_(keeps_last_by_time(node)),
      ranked_(task_.state().ranked_rows("rows", {.types = types_of(node.inputs[0]->schema),
                                                 .key = node.partition_by,
                                                 .order = order_of(node.order_by)})),
      watermark_(task_.state().numbers("watermark")),
      buffer_(&ranked_.layout()) {
  for (const uint32_t number : ranked_.all_groups()) {
    const char* row = ranked_.rows().row(ranked_.group(number).rows.front());
    groups_by_end_[event_time(ranked_.layout(), row, node.window_end)].push_back(number);
  }
  task_.state().count_beside("by_end", [this] {
    size_t bytes = 0;
    for (const auto& [end, groups] : groups_by_end_) {
      bytes += sizeof(groups) + groups.capacity() * sizeof(uint32_t);
    }
    return bytes;
  });
}

void WindowRank::push(Port port, Batch batch, Output& out) {
  check(batch.insert_only(), "windows rank insertions only");
  const Rows rows = batch.rows();
  buffer_.read(batch.columns, rows);
  const EventTimes ends(batch.columns[node_->window_end]);
  MarkCursor marks(batch);
  for (size_t i = 0; i < rows.size(); ++i) {
    marks.pass_until(rows[i], [&](Watermark passed) { fire(passed, out); });
    const bool no_window = ends.is_null(rows[i]);
    if (no_window || WindowAssigner::has_fired(ends.ms(rows[i]), watermark_.get())) {
      out.late(batch, rows[i], watermark_.get());
    } else {
      ++task_.counts().grouped;
      add(buffer_[i], ends.ms(rows[i]));
    }
  }
  if (const auto now = batch.final_watermark()) {
    advance(port, *now, out);
  }
}

std::optional<int64_t> WindowRank::waits_for() const {
  return groups_by_end_.empty() ? std::nullopt : std::optional(groups_by_end_.begin()->first);
}

void WindowRank::advance(Port, Watermark now, Output& out) {
  fire(now, out);
  out.advance(watermark_.get());
}

void WindowRank::add(const char* row, int64_t end_ms) {
  const uint64_t hash = ranked_.hash(row);
  state::RankedRows::Group* group = ranked_.find(row, hash);
  size_t place = group == nullptr ? 0 : ranked_.place_of(*group, row);
  if (place > 0 && later_wins_ && ranked_.are_equal(group->rows.front(), row)) {
    place = 0;
  }
  if (place >= most_) {
    return;
  }
  state::RankedRows::Group& now = ranked_.insert(group, place, row, hash);
  if (group == nullptr) {
    groups_by_end_[end_ms].push_back(ranked_.number_of(now));
  } else if (now.rows.size() > most_) {
    ranked_.release(ranked_.take(&now, most_));
  }
}

void WindowRank::fire(Watermark now, Output& out) {
  if (now <= watermark_.get()) {
    return;
  }
  watermark_.set(now);
  while (!groups_by_end_.empty() && WindowAssigner::has_fired(groups_by_end_.begin()->first, now)) {
    emit(groups_by_end_.begin()->second, out);
    groups_by_end_.erase(groups_by_end_.begin());
  }
}

void WindowRank::emit(const std::vector<uint32_t>& groups, Output& out) {
  // In the order in which they were made, which is the same after a restart.
  RowChanges changes(&ranked_.rows(),
                     node_->number ? RowChanges::Numbers::behind : RowChanges::Numbers::none);
  std::vector<RowRef> gone;
  const auto send = [&] {
    changes.send(out);
    for (const RowRef row : gone) {
      ranked_.release(row);
    }
    gone.clear();
    ranked_.rows().let_read_rows_go();
  };
  for (const uint32_t number : groups) {
    state::RankedRows::Group& group = ranked_.group(number);
    for (size_t at = static_cast<size_t>(node_->start) - 1; at < group.rows.size(); ++at) {
      changes.add(RowKind::insert, group.rows[at], static_cast<int64_t>(at) + 1);
    }
    while (!group.rows.empty()) {
      gone.push_back(ranked_.take(&group, group.rows.size() - 1));
    }
    if (gone.size() >= Batch::kMaxRows) {
      send();
    }
  }
  send();
}

}  // namespace millrace::exec
