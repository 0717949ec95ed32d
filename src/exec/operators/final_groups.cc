#include "exec/operators/final_groups.h"

#include "exec/table_shapes.h"

namespace millrace::exec {

static constexpr const char* kEnded = "ended";

FinalGroups::FinalGroups(const plan::GroupAggregate& node, const TaskContext& task)
    : node_(&node),
      task_(task),
      slot_kind_(
          std::make_shared<AggregateSlots>(node.aggregates, AggregateSlots::taken_back(node))),
      groups_(task_.state().keyed_table("groups", types_of(node.inputs[0]->schema, node.keys),
                                        slot_kind_)),
      once_(task_.state().numbers("once")),
      keys_(&groups_.layout()) {}

void FinalGroups::push(Port port, Batch batch, Output& out) {
  std::vector<Column> key_columns;
  for (const size_t key : node_->keys) {
    key_columns.push_back(batch.columns[key]);
  }
  const Rows all = batch.rows();
  keys_.read(key_columns, all);
  find_groups(batch);
  slot_kind_->change(slots_, batch, rows_);
  for (char* group : ended_) {
    groups_.destroy(group);
  }
  task_.counts().grouped += all.size();
  if (const auto now = batch.final_watermark()) {
    advance(port, *now, out);
  }
}

void FinalGroups::find_groups(const Batch& batch) {
  constexpr size_t kAhead = 8;  // what memory takes, in look-ups
  rows_.clear();
  slots_.clear();
  ended_.clear();
  const Rows all = batch.rows();
  for (size_t i = 0; i < all.size(); ++i) {
    if (i + 2 * kAhead < all.size()) {
      groups_.prefetch(keys_.hash(i + 2 * kAhead));
    }
    if (i + kAhead < all.size()) {
      groups_.prefetch_key(keys_.hash(i + kAhead));
    }
    if (char* group = group_of(i, !is_addition(batch.kind(all[i]))); group != nullptr) {
      rows_.push_back(all[i]);
      slots_.push_back(group);
    }
  }
}

char* FinalGroups::group_of(size_t key, bool leaves) {
  char* group = leaves ? groups_.find(keys_.row(key), keys_.hash(key)).cell
                       : groups_.upsert(keys_.row(key), keys_.hash(key)).cell;
  if (group != nullptr && slot_kind_->counts_rows()) {
    int64_t& rows = AggregateSlots::rows_of(group);
    rows += leaves ? -1 : 1;
    if (rows == 0) {
      groups_.detach(keys_.row(key), keys_.hash(key));
      ended_.push_back(group);
    }
  }
  return group;
}

// --- Groups that leave ---

// The end comes again in each life that begins behind it: other inputs may go on.
void FinalGroups::advance(Port, Watermark now, Output& out) {
  if (now < Watermark::end_of_input()) {
    return out.advance(now);
  }
  leaves_ = true;
  if (node_->keys.empty() && !once_.find(kEnded)) {
    once_.put(kEnded, 1);
    keys_.read({}, Rows(1));
    groups_.upsert(keys_.row(0), keys_.hash(0));
  }
}

void FinalGroups::go_on(Output& out) {
  const std::vector<char*> groups = take_groups();
  if (groups.empty()) {
    leaves_ = false;
    return out.advance(Watermark::end_of_input());
  }
  out.push(rows_of(groups));
  for (char* group : groups) {
    groups_.destroy(group);
  }
}

std::vector<char*> FinalGroups::take_groups() {
  std::vector<char*> groups;
  for (size_t shown = 0; groups.size() < Batch::kMaxRows && shown <= AggregateSlots::kMostShown;) {
    char* group = groups_.detach_next();
    if (group == nullptr) {
      break;
    }
    shown += slot_kind_->shown(group);
    groups.push_back(group);
  }
  return groups;
}

Batch FinalGroups::rows_of(std::span<char* const> groups) const {
  Batch made;
  made.physical_size = static_cast<uint32_t>(groups.size());
  made.columns = groups_.key_columns(groups);
  for (Column& result : slot_kind_->finish(groups)) {
    made.columns.push_back(std::move(result));
  }
  return made;
}

}  // namespace millrace::exec
