#include "exec/join_condition.h"

#include <algorithm>
#include <set>

#include "function/evaluate.h"
#include "function/memberships.h"

namespace millrace::exec {

// One row of a batch may match millions; beyond this many no further row is added to them.
static constexpr size_t kFairMatches = 16 * 1024;

JoinCondition::JoinCondition(const std::optional<function::Expression>& condition,
                             size_t left_width, size_t right_width, const TaskContext& task)
    : left_width_(left_width), width_(left_width + right_width), task_(task) {
  if (condition) {
    condition_ = function::with_memberships(*condition);
    std::set<size_t> columns;
    condition_->visit_columns([&](size_t column) { columns.insert(column); });
    for (const size_t column : columns) {
      column < left_width ? used_[0].push_back(column) : used_[1].push_back(column - left_width);
    }
  }
}

size_t JoinCondition::match(Side side, const Batch& batch, const JoinSide& own,
                            const JoinSide& others, size_t from, Output& out) {
  matches_.clear();
  size_t i = from;
  for (; i < own.size() && matches_.rows.size() < kFairMatches; ++i) {
    others.prefetch_for(own, i);
    if (!own.never_matches(i)) {
      others.rows().for_each(others.find(own, i), [&](state::RowRef row) {
        matches_.rows.insert(matches_.rows.end(), others.rows().count(row), row);
      });
    }
    matches_.ends.push_back(matches_.rows.size());
    others.rows().rows().let_read_rows_go();
  }
  if (condition_ && !matches_.rows.empty()) {
    keep_true(side, batch, others, from, out);
  }
  return i;
}

Batch JoinCondition::pairs(Side side, const Batch& batch, std::span<const uint32_t> rows,
                           std::span<const state::RowRef> others,
                           const JoinSide& side_of_others) const {
  const bool left = side == Side::left;
  Batch both;
  both.physical_size = static_cast<uint32_t>(rows.size());
  both.columns.resize(width_);
  for (const size_t column : used_[left ? 0 : 1]) {
    both.columns[left ? column : column + left_width_] = batch.columns[column].gather(rows);
  }
  const auto& wanted = used_[left ? 1 : 0];
  std::vector<Column> gathered = side_of_others.rows().rows().gather(others, wanted);
  for (size_t i = 0; i < wanted.size(); ++i) {
    both.columns[left ? wanted[i] + left_width_ : wanted[i]] = std::move(gathered[i]);
  }
  return both;
}

void JoinCondition::keep_true(Side side, const Batch& batch, const JoinSide& others, size_t from,
                              Output& out) {
  const Rows rows = batch.rows();
  std::vector<uint32_t> row_of;  // by candidate, the physical row
  row_of.reserve(matches_.rows.size());
  for (size_t i = 0; i < matches_.ends.size(); ++i) {
    row_of.resize(matches_.ends[i], rows[from + i]);
  }
  std::vector<bool> holds(matches_.rows.size());
  std::set<uint32_t> rejected;
  for (size_t first = 0; first < holds.size(); first += Batch::kMaxRows) {
    const size_t size = std::min(Batch::kMaxRows, holds.size() - first);
    const auto some = std::span(row_of).subspan(first, size);
    const Batch both =
        pairs(side, batch, some, std::span(matches_.rows).subspan(first, size), others);
    function::EvaluationContext context = task_.evaluation();
    for (const uint32_t pair : function::select_true(*condition_, both, both.rows(), context)) {
      holds[first + pair] = true;
    }
    for (const auto& failure : context.failures()) {
      if (rejected.insert(some[failure.row]).second) {
        out.reject(batch, some[failure.row], failure.reason);
      }
    }
  }
  size_t kept = 0;
  size_t candidate = 0;
  for (size_t& end : matches_.ends) {
    for (; candidate < end; ++candidate) {
      if (holds[candidate]) {
        matches_.rows[kept++] = matches_.rows[candidate];
      }
    }
    end = kept;
  }
  matches_.rows.resize(kept);
}

}  // namespace millrace::exec
