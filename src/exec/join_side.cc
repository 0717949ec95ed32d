#include "exec/join_side.h"

#include <algorithm>

#include "exec/table_shapes.h"

namespace millrace::exec {

using state::RowMultimapShape;
using Identity = state::RowMultimapShape::Identity;

namespace {

std::string_view name_of(Side side) { return side == Side::left ? "left" : "right"; }

RowMultimapShape shape_of(const plan::Node& input, const std::vector<size_t>& key, bool matches,
                          bool expires) {
  RowMultimapShape shape;
  shape.removes = expires;
  shape.types = types_of(input.schema);
  shape.key = key;
  shape.matches = matches;
  if (input.upsert_keys.empty()) {
    shape.by = input.changelog.insert_only() ? Identity::none : Identity::row;
    return shape;
  }
  shape.by = Identity::key;
  // One within the join key spares the table an index.
  const auto within = std::find_if(
      input.upsert_keys.begin(), input.upsert_keys.end(), [&](const std::vector<size_t>& unique) {
        return std::all_of(unique.begin(), unique.end(), [&](size_t column) {
          return std::find(key.begin(), key.end(), column) != key.end();
        });
      });
  shape.identity =
      within != input.upsert_keys.end()
          ? *within
          : *std::min_element(input.upsert_keys.begin(), input.upsert_keys.end(),
                              [](const auto& a, const auto& b) { return a.size() < b.size(); });
  return shape;
}

}  // namespace

JoinKey key_of(const plan::Join& node, Side side) {
  JoinKey key;
  for (const plan::Join::Key& each : node.keys) {
    key.columns.push_back(side == Side::left ? each.left : each.right);
    if (!each.nulls_match) {
      key.strict.push_back(key.columns.back());
    }
  }
  return key;
}

JoinSide::JoinSide(const plan::Join& node, Side side, const TaskContext& task, bool counts_matches,
                   std::optional<Duration> ttl)
    : JoinSide(shape_of(*node.inputs[side == Side::left ? 0 : 1], key_of(node, side).columns,
                        counts_matches, Expiry::is_set(task, ttl)),
               key_of(node, side).strict, task, name_of(side)) {
  expiry_ = Expiry(task, std::string(name_of(side)) + " expiry", ttl);
}

JoinSide::JoinSide(RowMultimapShape shape, std::vector<size_t> strict_key, const TaskContext& task,
                   std::string_view table)
    : key_(shape.key),
      strict_key_(std::move(strict_key)),
      counts_matches_(shape.matches),
      rows_(&task.state().row_multimap(table, std::move(shape))),
      buffer_(&rows_->layout()) {}

void JoinSide::read(const Batch& batch) {
  buffer_.read(batch.columns, batch.rows());
  hashes_.resize(size());
  never_.resize(size());
  for (size_t i = 0; i < size(); ++i) {
    hashes_[i] = rows_->hash(row(i));
    never_[i] = rows_->layout().has_null(row(i), strict_key_);
  }
}

state::RowRef JoinSide::find_match(const JoinSide& other, const char* row) const {
  const state::RowLayout& layout = other.rows_->layout();
  return layout.has_null(row, other.strict_key_)
             ? state::kNoRow
             : rows_->find(layout, row, other.key_, layout.hash(row, other.key_));
}

JoinSide::Added JoinSide::add(size_t i, uint32_t matches) {
  if (never_[i]) {
    return Added::anew;
  }
  const size_t before = rows_->rows().size();
  const state::RowRef added = rows_->add(row(i), hash(i));
  expiry_.written(added.number);
  if (counts_matches_) {
    rows_->set_matches(added, matches);
  }
  // A row that is counted once more matches as often as the others.
  return rows_->rows().size() == before && rows_->count(added) == 1 ? Added::over : Added::anew;
}

void JoinSide::remove(size_t i) {
  if (never_[i]) {
    return;
  }
  const state::RowRef same = rows_->find_same(row(i), hash(i));
  if (!same.is_row()) {
    return;
  }
  if (rows_->count(same) > 1) {
    expiry_.written(same.number);
  } else {
    expiry_.gone(same.number);
  }
  rows_->remove(row(i), hash(i));
}

}  // namespace millrace::exec
