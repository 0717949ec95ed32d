#include "exec/operators/temporal_join.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "base/check.h"
#include "exec/event_time.h"
#include "exec/mark_cursor.h"
#include "exec/table_shapes.h"

namespace millrace::exec {

using state::Due;
using state::kNoRow;
using state::RowRef;

// What has become of a version.
static constexpr uint32_t kHolds = 0;
static constexpr uint32_t kEnded = 1;      // it ends the one before
static constexpr uint32_t kForgotten = 2;  // it goes as soon as what has met it is sent
// Beside these: it came since something of its key was due.
static constexpr uint32_t kCame = 4;

// As in Flink a key of NULL has versions as any other, which rows with a NULL there meet.
static JoinSide versions_of(const plan::Join& node, const TaskContext& task) {
  state::RowMultimapShape shape{.types = types_of(node.inputs[1]->schema),
                                .key = key_of(node, Side::right).columns,
                                .identity = {},
                                .removes = true,
                                .matches = true};
  return JoinSide(std::move(shape), {}, task, "versions");
}

TemporalJoin::TemporalJoin(const plan::Join& node, const TaskContext& task)
    : node_(&node),
      task_(task),
      left_key_(key_of(node, Side::left)),
      right_key_(key_of(node, Side::right)),
      left_(*node.inputs[0], task_, "left"),
      versions_(versions_of(node, task_)),
      condition_(node, left_.rows(), versions_.rows().rows(), task_),
      joined_(node, left_.rows(), versions_.rows().rows()),
      watermark_(task_.state().numbers("watermarks")) {
  if (Expiry::is_set(task_)) {
    keys_.emplace(task_, types_of(node.inputs[1]->schema, right_key_.columns));
    task_.state().count_beside("by_key", [this] { return keys_->memory(); });
  }
  watermark_.set_inputs(2);
  passed_ = watermark_.combined();
  versions_.rows().rows().for_each([&](RowRef version) {
    if (has_come(version)) {
      due_.add({time_of(version), version.number, version});
    }
  });
  task_.state().count_beside("due", [this] { return due_.memory(); });
}

RowRef TemporalJoin::last_of_key(RowRef version) const {
  const char* row = versions_.rows().row(version);
  const state::RowLayout& layout = versions_.rows().layout();
  return versions_.rows().find(layout, row, right_key_.columns,
                               layout.hash(row, right_key_.columns));
}

int64_t TemporalJoin::time_of(RowRef version) const {
  return event_time(versions_.rows().layout(), versions_.rows().row(version), node_->times->right);
}

void TemporalJoin::push(Port port, Batch batch, Output& out) {
  const bool left = port.number == 0;
  drop_expired();
  const Rows rows = batch.rows();
  if (keys_) {
    keys_->read(batch, left ? left_key_.columns : right_key_.columns);
  }
  if (left) {
    left_.read(batch);
  } else {
    versions_.read(batch);
  }
  const EventTimes times(batch.columns[left ? node_->times->left : node_->times->right]);
  const Watermark limit = watermark_.limit_for(port.number);
  MarkCursor marks(batch);
  for (size_t i = 0; i < rows.size(); ++i) {
    marks.pass_until(rows[i], [&](Watermark passed) { pass(std::min(passed, limit), out); });
    if (times.is_null(rows[i])) {
      out.reject(batch, rows[i], "the event time is NULL");
      continue;
    }
    ++task_.counts().grouped;
    const RowKind kind = batch.kind(rows[i]);
    left ? add_left(i, kind, times.ms(rows[i])) : add_version(i, kind, times.ms(rows[i]), out);
  }
  watermark_.raise(port.number, batch.final_watermark().value_or(Watermark::none()));
  finish(out);
}

void TemporalJoin::add_left(size_t i, RowKind kind, int64_t ms) {
  if (kind == RowKind::update_before && !node_->changelog.update_before) {
    return;  // nobody wants to be told
  }
  if (keys_) {
    keys_->wait(i);
  }
  left_.add(ms, i);
}

void TemporalJoin::add_version(size_t i, RowKind kind, int64_t ms, Output& out) {
  if (keys_) {
    keys_->come(i);
  }
  state::RowMultimap& all = versions_.rows();
  RowRef version = version_at(versions_.find(versions_, i), ms);
  const bool is_known = version.is_row() && time_of(version) == ms;
  if (is_known) {
    send(out);  // what has met the old one leaves with it
    all.replace(version, versions_.row(i));
  } else {
    version = all.add(versions_.row(i), versions_.hash(i));
  }
  if (!is_known || !has_come(version)) {
    due_.add({ms, version.number, version});
  }
  all.set_matches(version, (is_addition(kind) ? kHolds : kEnded) | kCame);
}

bool TemporalJoin::has_come(RowRef version) const {
  return (versions_.rows().matches(version) & kCame) != 0;
}

uint32_t TemporalJoin::state_of(RowRef version) const {
  return versions_.rows().matches(version) & ~kCame;
}

RowRef TemporalJoin::version_at(RowRef last_of_key, int64_t ms) const {
  RowRef found = kNoRow;
  int64_t found_ms = INT64_MIN;
  versions_.rows().for_each(last_of_key, [&](RowRef version) {
    const int64_t from = time_of(version);
    if (from <= ms && state_of(version) != kForgotten && (from > found_ms || !found.is_row())) {
      found = version;
      found_ms = from;
    }
  });
  return found;
}

RowRef TemporalJoin::last_for(RowRef left) const {
  const char* row = left_.rows().row(left);
  const state::RowLayout& layout = left_.layout();
  return versions_.rows().find(layout, row, left_key_.columns, layout.hash(row, left_key_.columns));
}

void TemporalJoin::pass(Watermark now, Output& out) {
  if (now <= passed_) {
    return;
  }
  passed_ = now;
  while (true) {
    const std::vector<Due> left = left_.take_until(now.ms);
    if (left.empty()) {
      break;
    }
    meet(left, out);
    if (met_.size() >= Batch::kMaxRows) {
      send_met(out);
    }
  }
  forget_versions(now);
  joined_.mark(now);
}

void TemporalJoin::meet(const std::vector<Due>& left, Output& out) {
  std::vector<RowPair> pairs;
  for (const Due& row : left) {
    const RowRef last = last_for(row.row);
    const RowRef version = version_at(last, row.ms);
    const bool holds = version.is_row() && state_of(version) == kHolds;
    pairs.push_back({row.row, holds ? version : kNoRow});
    if (last.is_row()) {
      due_keys_.push_back(last);
    }
    if (keys_) {
      keys_->release(left_.layout(), left_.rows().row(row.row), left_key_.columns);
    }
  }
  std::vector<RowPair> judged;
  std::copy_if(pairs.begin(), pairs.end(), std::back_inserter(judged),
               [](const RowPair& pair) { return pair.right.is_row(); });
  const std::vector<bool> holds = condition_.hold(judged, out);
  size_t next = 0;
  for (const RowPair& pair : pairs) {
    const bool joins = pair.right.is_row() && holds[next++];
    if (joins || node_->keeps_left()) {
      joined_.add(pair.left, joins ? pair.right : kNoRow, out, left_.kind(pair.left));
    }
  }
  met_.insert(met_.end(), left.begin(), left.end());
}

void TemporalJoin::forget_versions(Watermark now) {
  for (const Due* due = due_.next(); due != nullptr && due->ms <= now.ms; due = due_.next()) {
    const RowRef version = due->row;
    due_.pop();
    if (!has_come(version)) {
      continue;
    }
    if (keys_) {
      keys_->reach(versions_.rows().layout(), versions_.rows().row(version), right_key_.columns);
    }
    due_keys_.push_back(last_of_key(version));
  }
  const auto number = [](RowRef version) { return version.number; };
  std::ranges::sort(due_keys_, {}, number);
  const auto repeated = std::ranges::unique(due_keys_, {}, number);
  due_keys_.erase(repeated.begin(), repeated.end());
  for (const RowRef last : due_keys_) {
    forget_older(last, now);
  }
  due_keys_.clear();
}

void TemporalJoin::forget_older(RowRef last_of_key, Watermark now) {
  const RowRef holds = version_at(last_of_key, now.ms);
  const int64_t from = holds.is_row() ? time_of(holds) : INT64_MIN;
  versions_.rows().for_each(last_of_key, [&](RowRef version) {
    const uint32_t state = state_of(version);
    if (state == kForgotten) {
      return;
    }
    if (time_of(version) < from || (version == holds && state == kEnded)) {
      forget(version);
    } else if (has_come(version)) {
      versions_.rows().set_matches(version, state);
    }
  });
}

void TemporalJoin::forget(RowRef version) {
  versions_.rows().set_matches(version, kForgotten);
  gone_.push_back(version);
}

void TemporalJoin::drop_expired() {
  if (!keys_) {
    return;
  }
  std::unordered_set<uint32_t> versions;
  const bool any_waits = keys_->drop_expired([&](const auto& layout, const char* row, auto key) {
    versions_.rows().for_each(versions_.rows().find(layout, row, key, layout.hash(row, key)),
                              [&](RowRef version) { versions.insert(version.number); });
  });
  if (any_waits) {
    left_.waiting().remove_if([&](RowRef left) {
      return !keys_->has(left_.layout(), left_.rows().row(left), left_key_.columns);
    });
  }
  if (!versions.empty()) {
    due_.remove_if([&](const Due& due) { return versions.contains(due.row.number); });
  }
  for (const uint32_t version : versions) {
    versions_.rows().remove(RowRef{version});
  }
}

void TemporalJoin::send_met(Output& out) {
  joined_.flush(out);
  left_.waiting().release(met_);
  met_.clear();
}

void TemporalJoin::send(Output& out) {
  send_met(out);
  for (const RowRef version : gone_) {
    versions_.rows().remove(version);
  }
  gone_.clear();
}

void TemporalJoin::finish(Output& out) {
  pass(watermark_.combined(), out);
  send(out);
}

void TemporalJoin::advance(Port port, Watermark now, Output& out) {
  drop_expired();
  watermark_.raise(port.number, now);
  finish(out);
  watermark_.pass_idleness(out);
}

void TemporalJoin::idle(Port port, Output& out) {
  drop_expired();
  watermark_.set_idle(port.number);
  finish(out);
  watermark_.pass_idleness(out);
}

void TemporalJoin::resume(Port port, Output& out) { watermark_.set_active_and_pass(port, out); }

}  // namespace millrace::exec
