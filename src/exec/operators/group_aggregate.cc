#include "exec/operators/group_aggregate.h"

#include <algorithm>

#include "exec/chosen_rows.h"
#include "exec/same_values.h"
#include "exec/table_shapes.h"

namespace millrace::exec {

GroupAggregate::GroupAggregate(const plan::GroupAggregate& node, const TaskContext& task)
    : node_(&node),
      task_(task),
      slot_kind_(std::make_shared<AggregateSlots>(node.aggregates, AggregateSlots::taken_back(node),
                                                  Expiry::ttl(task_, node.state_ttl_of(0)))),
      expiry_(task_, "expiry", node.state_ttl_of(0)),
      groups_(task_.state().keyed_table(
          "groups", types_of(node.inputs[0]->schema, node.keys), slot_kind_,
          expiry_.is_on() ? state::KeyedTable::Numbers::kept : state::KeyedTable::Numbers::none)),
      sides_(!node.changelog.update_before && node.inputs[0]->changelog.insert_only() &&
                     (expiry_.is_on() || slot_kind_->change_with_each_row())
                 ? function::Sides::after
                 : function::Sides::both),
      keys_(&groups_.layout()) {}

void GroupAggregate::push(Port, Batch batch, Output& out) {
  // A row may send two.
  const size_t at_once = sides_ == function::Sides::both ? Batch::kMaxRows / 2 : Batch::kMaxRows;
  expiry_.drop_expired([this](uint32_t group) { groups_.remove(group); });
  slot_kind_->set_now(expiry_.now_ms());
  key_columns_.clear();
  for (const size_t key : node_->keys) {
    key_columns_.push_back(batch.columns[key]);
  }
  const Rows all = batch.rows();
  keys_.read(key_columns_, all);
  auto mark = batch.marks.begin();
  for (size_t from = 0, to = 0; from < all.size(); from = to) {
    to = find_groups(batch, from, std::min(from + at_once, all.size()));
    Batch changed = sides_ == function::Sides::both ? changes(batch) : rows_after(batch);
    const auto end = to == all.size() ? batch.marks.end()
                                      : std::find_if(mark, batch.marks.end(), [&](const Mark& m) {
                                          return m.row > all[to - 1];
                                        });
    changed.marks = moved_marks({mark, end}, rows_);
    mark = end;
    forget();
    out.push(std::move(changed));
  }
  task_.counts().grouped += all.size();
  if (mark != batch.marks.end()) {
    out.advance(batch.marks.back().watermark);
  }
}

size_t GroupAggregate::find_groups(const Batch& batch, size_t from, size_t to) {
  size_t shown = 0;
  constexpr size_t kAhead = 8;  // what memory takes, in look-ups
  rows_.clear();
  slots_.clear();
  fates_.clear();
  const Rows all = batch.rows();
  for (size_t i = from; i < to; ++i) {
    if (i + 2 * kAhead < to) {
      groups_.prefetch(keys_.hash(i + 2 * kAhead));
    }
    if (i + kAhead < to) {
      groups_.prefetch_key(keys_.hash(i + kAhead));
    }
    const bool leaves = !is_addition(batch.kind(all[i]));
    const auto group = leaves ? groups_.find(keys_.row(i), keys_.hash(i))
                              : groups_.upsert(keys_.row(i), keys_.hash(i));
    if (group.cell == nullptr) {
      continue;
    }
    Fate fate = group.is_new ? Fate::begun : Fate::changed;
    if (slot_kind_->counts_rows()) {
      int64_t& rows = AggregateSlots::rows_of(group.cell);
      rows += leaves ? -1 : 1;
      if (rows == 0) {
        fate = Fate::gone;
        groups_.detach(keys_.row(i), keys_.hash(i));
        ended_.push_back(group.cell);
      }
    }
    note(group.cell, fate);
    rows_.push_back(all[i]);
    slots_.push_back(group.cell);
    fates_.push_back(fate);
    if (slot_kind_->show_any_size()) {
      shown += slot_kind_->shown(group.cell);
      if (shown > AggregateSlots::kMostShown || rows_.size() == AggregateSlots::kMostGrowing) {
        return i + 1;
      }
    }
  }
  return to;
}

void GroupAggregate::note(const char* group, Fate fate) {
  if (!expiry_.is_on()) {
    return;
  }
  if (fate == Fate::gone) {
    expiry_.gone(groups_.number_of(group));
  } else {
    expiry_.written(groups_.number_of(group));
  }
}

void GroupAggregate::forget() {
  for (char* slot : ended_) {
    groups_.destroy(slot);
  }
  ended_.clear();
}

// Leaves in rows_ the row that each row of the result was made of.
Batch GroupAggregate::changes(const Batch& batch) {
  const std::vector<Column> results = slot_kind_->trace(slots_, batch, rows_, sides_);
  Batch changed;
  const std::vector<uint32_t> chosen = choose(results, changed.kinds);
  changed.physical_size = static_cast<uint32_t>(chosen.size());
  std::vector<uint32_t> made_of;
  for (const uint32_t side : chosen) {
    made_of.push_back(rows_[side / 2]);
  }
  for (const Column& key : key_columns_) {
    changed.columns.push_back(key.gather(made_of));
  }
  for (const Column& result : results) {
    changed.columns.push_back(result.gather(chosen));
  }
  rows_ = std::move(made_of);
  return changed;
}

Batch GroupAggregate::rows_after(const Batch& batch) {
  Batch changed;
  changed.physical_size = static_cast<uint32_t>(rows_.size());
  const bool is_all = rows_.size() == batch.physical_size;
  for (const Column& key : key_columns_) {
    changed.columns.push_back(is_all ? key : key.gather(rows_));
  }
  for (Column& result : slot_kind_->trace(slots_, batch, rows_, sides_)) {
    changed.columns.push_back(std::move(result));
  }
  for (const Fate fate : fates_) {
    changed.kinds.push_back(fate == Fate::begun ? RowKind::insert : RowKind::update_after);
  }
  return changed;
}

std::vector<uint32_t> GroupAggregate::choose(const std::vector<Column>& results,
                                             std::vector<RowKind>& kinds) const {
  const std::vector<uint8_t> same = same_as_before(results, rows_.size());
  std::vector<uint32_t> chosen;
  const auto send = [&](size_t side, RowKind kind) {
    chosen.push_back(static_cast<uint32_t>(side));
    kinds.push_back(kind);
  };
  for (size_t i = 0; i < rows_.size(); ++i) {
    if (fates_[i] == Fate::begun) {
      send(2 * i + 1, RowKind::insert);
    } else if (fates_[i] == Fate::gone) {
      send(2 * i, RowKind::delete_);
    } else if (same[i] == 0 || expiry_.is_on()) {
      if (node_->changelog.update_before) {
        send(2 * i, RowKind::update_before);
      }
      send(2 * i + 1, RowKind::update_after);
    }
  }
  return chosen;
}

}  // namespace millrace::exec
