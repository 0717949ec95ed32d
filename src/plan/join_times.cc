#include "plan/join_times.h"

#include <algorithm>
#include <optional>

#include "function/scalar.h"
#include "plan/columns.h"
#include "plan/conjuncts.h"
#include "plan/node_schemas.h"
#include "plan/shifted_time.h"
#include "plan/window_columns.h"

namespace millrace::plan {

using function::Expression;
using function::ExpressionKind;
using function::Predicate;

namespace {

class IntervalFinder {
 public:
  explicit IntervalFinder(Join& join) : join_(join), left_(join.inputs[0]->schema.size()) {}

  bool find() {
    std::vector<Expression> others;
    for (Expression& part : conjuncts_of(*join_.condition)) {
      if (!read_bound(part)) {
        others.push_back(std::move(part));
      }
    }
    const bool bounded = equalities_ == 1 ? bounds_ == 1 : bounds_ == 2 && times_.from_ms != kOpen;
    if (!bounded || times_.to_ms == kOpen) {
      return false;
    }
    join_.times = times_;
    join_.condition = conjunction_of(std::move(others));
    return true;
  }

 private:
  static constexpr int64_t kOpen = INT64_MIN;

  bool is_time(size_t column) const {
    return column < left_ ? join_.inputs[0]->is_rowtime(column)
                          : join_.inputs[1]->is_rowtime(column - left_);
  }

  // Of one of both sides' columns.
  std::optional<ShiftedTime> time_of(const Expression& value) const {
    const auto time = shifted_time(value, Months::from_1970);
    return time && is_time(time->column) ? time : std::nullopt;
  }

  // Whether the condition compares a time of one side with one of the other.
  bool read_bound(const Expression& condition) {
    if (condition.kind != ExpressionKind::call || condition.arguments.size() != 2) {
      return false;
    }
    const auto a = time_of(condition.arguments[0]);
    const auto b = time_of(condition.arguments[1]);
    if (!a || !b || (a->column < left_) == (b->column < left_)) {
      return false;
    }
    const bool swapped = a->column >= left_;
    return set_bound(condition.signature->predicate, swapped ? *b : *a, swapped ? *a : *b, swapped);
  }

  // left + a ~ right + b says that left less right ~ b - a.
  bool set_bound(Predicate predicate, const ShiftedTime& left, const ShiftedTime& right,
                 bool swapped) {
    const bool is_strict = predicate == Predicate::less || predicate == Predicate::greater;
    const bool below = predicate == Predicate::less || predicate == Predicate::less_or_equal;
    const bool above = predicate == Predicate::greater || predicate == Predicate::greater_or_equal;
    const bool equal = predicate == Predicate::equal;
    if (!below && !above && !equal) {
      return false;
    }
    ++bounds_;
    times_.left = left.column;
    times_.right = right.column - left_;
    const int64_t strictly = is_strict ? 1 : 0;
    const int64_t ms = right.ms - left.ms;
    if (equal) {
      ++equalities_;
      times_.from_ms = times_.to_ms = ms;
    } else if (below != swapped) {
      times_.to_ms = ms - strictly;
    } else {
      times_.from_ms = ms + strictly;
    }
    return true;
  }

  Join& join_;
  size_t left_;
  size_t bounds_ = 0;
  size_t equalities_ = 0;
  Join::Times times_{Join::Times::Rule::interval, 0, 0, kOpen, kOpen};
};

}  // namespace

bool find_interval(Join& join) {
  if (join.times || join.is_semi_or_anti() || !join.condition) {
    return false;
  }
  if (!IntervalFinder(join).find()) {
    return false;
  }
  describe(join);
  return true;
}

// --- Windows ---

namespace {

// Columns a = b, one of each side, by their numbers there.
struct Equality {
  size_t left;
  size_t right;
};

std::optional<Equality> equality_of(const Expression& part, size_t left_width) {
  if (part.kind != ExpressionKind::call || part.signature->predicate != Predicate::equal ||
      !is_column(part.arguments[0]) || !is_column(part.arguments[1])) {
    return std::nullopt;
  }
  const auto [low, high] = std::minmax(part.arguments[0].column, part.arguments[1].column);
  return low < left_width && high >= left_width ? std::optional(Equality{low, high - left_width})
                                                : std::nullopt;
}

std::vector<Expression> parts_of(const Join& join) {
  return join.condition ? conjuncts_of(*join.condition) : std::vector<Expression>();
}

std::vector<Equality> equalities_of(const Join& join) {
  std::vector<Equality> equalities;
  for (const Join::Key& key : join.keys) {
    equalities.push_back({key.left, key.right});
  }
  for (const Expression& part : parts_of(join)) {
    if (const auto equality = equality_of(part, join.inputs[0]->schema.size())) {
      equalities.push_back(*equality);
    }
  }
  return equalities;
}

// Flink joins windows by their ends alone. Sessions that end together need not begin together.
template <typename AreStarts>
void forget_starts(Join& join, AreStarts are_starts) {
  std::erase_if(join.keys,
                [&](const Join::Key& key) { return are_starts(Equality{key.left, key.right}); });
  std::vector<Expression> parts = parts_of(join);
  std::erase_if(parts, [&](const Expression& part) {
    const auto equality = equality_of(part, join.inputs[0]->schema.size());
    return equality && are_starts(*equality);
  });
  join.condition = conjunction_of(std::move(parts));
}

bool is_same_function(const Window& a, const Window& b) {
  return a.kind == b.kind && a.size_ms == b.size_ms && a.step_ms == b.step_ms &&
         a.offset_ms == b.offset_ms;
}

}  // namespace

bool find_window(Join& join) {
  const auto left = window_columns(*join.inputs[0]);
  const auto right = window_columns(*join.inputs[1]);
  if (join.times || !left || !right) {
    return false;
  }
  const auto are_starts = [&](const Equality& equality) {
    return left->starts.contains(equality.left) && right->starts.contains(equality.right);
  };
  bool starts = false;
  std::optional<Equality> ends;
  for (const Equality& equality : equalities_of(join)) {
    starts = starts || are_starts(equality);
    if (left->ends.contains(equality.left) && right->ends.contains(equality.right)) {
      ends = equality;
    }
  }
  if (!starts || !ends) {
    return false;
  }
  if (left->window.time == WindowTime::of_processing ||
      right->window.time == WindowTime::of_processing) {
    throw Error(ErrorCode::unsupported, "Processing time Window Join is not supported yet.",
                join.position);
  }
  if (!is_same_function(left->window, right->window)) {
    return false;  // an ordinary join, of columns that happen to be bounds
  }
  if (left->window.kind == WindowKind::session) {
    forget_starts(join, are_starts);
  }
  join.times = {Join::Times::Rule::window, ends->left, ends->right};
  describe(join);
  return true;
}

Node* find_interval_below(Filter* filter) {
  Node* input = filter->inputs[0];
  if (input->kind != NodeKind::join || static_cast<Join*>(input)->join != JoinKind::inner) {
    return filter;
  }
  Join& join = static_cast<Join&>(*input);
  const std::optional<Expression> before = join.condition;
  std::vector<Expression> parts = conjuncts_of(filter->predicate);
  if (before) {
    parts.insert(parts.begin(), *before);
  }
  join.condition = conjunction_of(std::move(parts));
  if (find_interval(join)) {
    return &join;
  }
  join.condition = before;
  return filter;
}

}  // namespace millrace::plan
