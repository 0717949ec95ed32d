#include "exec/operators/group_aggregate.h"

#include <algorithm>
#include <unordered_map>

#include "exec/chosen_rows.h"
#include "exec/same_values.h"
#include "exec/table_shapes.h"

namespace millrace::exec {

static constexpr const char* kEmptySent = "empty_sent";

static AggregateSlots::TakenBack taken_back(const plan::GroupAggregate& node) {
  return node.inputs[0]->changelog.insert_only() ? AggregateSlots::TakenBack::never
                                                 : AggregateSlots::TakenBack::counted;
}

GroupAggregate::GroupAggregate(const plan::GroupAggregate& node, const TaskContext& task)
    : node_(&node),
      task_(task),
      slot_kind_(std::make_shared<AggregateSlots>(node.aggregates, taken_back(node),
                                                  Expiry::ttl(task_, node.state_ttl_of(0)))),
      expiry_(task_, "expiry", node.state_ttl_of(0)),
      groups_(task_.state().keyed_table(
          "groups", types_of(node.inputs[0]->schema, node.keys), slot_kind_,
          expiry_.is_on() ? state::KeyedTable::Numbers::kept : state::KeyedTable::Numbers::none)),
      sides_(!node.changelog.update_before && node.inputs[0]->changelog.insert_only() &&
                     (expiry_.is_on() || slot_kind_->change_with_each_row())
                 ? function::Sides::after
                 : function::Sides::both),
      once_a_batch_(node.mode == plan::RuntimeMode::batch && slot_kind_->show_any_size() &&
                    !slot_kind_->counts_rows()),
      keys_(&groups_.layout()) {
  if (node.mode == plan::RuntimeMode::batch && node.keys.empty()) {
    once_ = &task_.state().numbers("once");
  }
}

void GroupAggregate::push(Port port, Batch batch, Output& out) {
  // A row may send two.
  const size_t at_once =
      sides_ == function::Sides::both && !once_a_batch_ ? Batch::kMaxRows / 2 : Batch::kMaxRows;
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
    if (once_a_batch_) {
      send_groups(batch, out);
      continue;
    }
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
    advance(port, batch.marks.back().watermark, out);
  }
}

void GroupAggregate::advance(Port, Watermark now, Output& out) {
  // The end comes again in each life that begins behind it: other inputs may go on.
  if (now == Watermark::end_of_input() && once_ != nullptr && groups_.size() == 0 &&
      !once_->find(kEmptySent)) {
    once_->put(kEmptySent, 1);
    send_empty(out);
  }
  out.advance(now);
}

void GroupAggregate::send_empty(Output& out) const {
  std::vector<int64_t> storage(slot_kind_->size() / sizeof(int64_t) + 1);
  auto* slot = reinterpret_cast<char*>(storage.data());
  slot_kind_->init(slot);
  Batch batch;
  batch.physical_size = 1;
  batch.columns = slot_kind_->finish(std::span(&slot, 1));
  slot_kind_->destroy(slot);
  out.push(std::move(batch));
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
    if (slot_kind_->show_any_size() && !once_a_batch_) {
      shown += slot_kind_->shown(group.cell);
      if (shown > AggregateSlots::kMostShown || rows_.size() == AggregateSlots::kMostGrowing) {
        return i + 1;
      }
    }
  }
  return to;
}

// Groups are numbered in the order in which the rows at hand have them.
struct GroupAggregate::ByGroup {
  std::vector<size_t> number_of;  // by row
  std::vector<size_t> first_of;   // by group, its first row

  explicit ByGroup(std::span<char* const> slots) {
    std::unordered_map<const char*, size_t> numbers;
    for (size_t i = 0; i < slots.size(); ++i) {
      const auto [known, is_new] = numbers.try_emplace(slots[i], first_of.size());
      number_of.push_back(known->second);
      if (is_new) {
        first_of.push_back(i);
      }
    }
  }
  bool is_first(size_t row) const { return first_of[number_of[row]] == row; }
};

void GroupAggregate::send_groups(const Batch& batch, Output& out) {
  const ByGroup groups(slots_);
  for (size_t from = 0, to = 0; from < groups.first_of.size(); from = to) {
    for (size_t shown = 0; to < groups.first_of.size() && shown <= AggregateSlots::kMostShown;
         ++to) {
      shown += slot_kind_->shown(slots_[groups.first_of[to]]);
    }
    send_groups(groups, from, to, batch, out);
  }
}

void GroupAggregate::send_groups(const ByGroup& groups, size_t from, size_t to, const Batch& batch,
                                 Output& out) {
  std::vector<char*> slots;
  std::vector<uint32_t> rows;
  const auto choose = [&](auto is_chosen) {
    slots.clear();
    rows.clear();
    for (size_t i = 0; i < rows_.size(); ++i) {
      const size_t group = groups.number_of[i];
      if (from <= group && group < to && is_chosen(i)) {
        slots.push_back(slots_[i]);
        rows.push_back(rows_[i]);
      }
    }
  };
  const auto send = [&](Fate fate, RowKind kind) {
    choose([&](size_t i) { return groups.is_first(i) && fates_[i] == fate; });
    if (!rows.empty()) {
      Batch sent = rows_of(slots, rows);
      sent.kinds.assign(rows.size(), kind);
      out.push(std::move(sent));
    }
  };
  if (node_->changelog.update_before) {
    send(Fate::changed, RowKind::update_before);
  }
  choose([](size_t) { return true; });
  slot_kind_->update(slots, batch, rows);
  send(Fate::changed, RowKind::update_after);
  send(Fate::begun, RowKind::insert);
}

Batch GroupAggregate::rows_of(std::span<char* const> groups, std::span<const uint32_t> rows) const {
  Batch made;
  made.physical_size = static_cast<uint32_t>(rows.size());
  for (const Column& key : key_columns_) {
    made.columns.push_back(key.gather(rows));
  }
  for (Column& result : slot_kind_->finish(groups)) {
    made.columns.push_back(std::move(result));
  }
  return made;
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
