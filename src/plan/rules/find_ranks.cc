// A filter on ROW_NUMBER() makes a Top-N of what would else be a number for each row:
//
//   filter(rn <= 3, project(over_aggregate(ROW_NUMBER() AS rn)))
//
// becomes project(rank(1 to 3)), or a window_rank where rows are numbered within windows. What is
// left of OVER afterwards must be what a stream can compute: rows in the order of time. A batch job
// computes any of it, and so a filter on what makes no Top-N is but a filter.

#include <algorithm>

#include "column/builder.h"
#include "function/aggregate.h"
#include "function/evaluate.h"
#include "function/scalar.h"
#include "plan/columns.h"
#include "plan/conjuncts.h"
#include "plan/literal_value.h"
#include "plan/new_nodes.h"
#include "plan/node_schemas.h"
#include "plan/refuse_like_flink.h"
#include "plan/rules/consumers.h"
#include "plan/rules/rules.h"
#include "plan/window_columns.h"

namespace millrace::plan {

using function::Expression;
using function::ExpressionKind;
using function::Predicate;

namespace {

bool is_numbering(const AggregateCall& call) {
  return call.function->name == "ROW_NUMBER" || call.function->name == "RANK" ||
         call.function->name == "DENSE_RANK";
}

// What the conditions on the number come to.
struct NumberRange {
  std::optional<int64_t> start;
  std::optional<int64_t> end;

  void at_least(int64_t number) { start = std::max(start.value_or(number), number); }
  void at_most(int64_t number) { end = std::min(end.value_or(number), number); }

  // Whether the comparison was understood, and is in the range now.
  bool take(const Expression& condition, size_t column) {
    if (condition.kind != ExpressionKind::call || condition.arguments.size() != 2) {
      return false;
    }
    const Expression& left = condition.arguments[0];
    const Expression& right = condition.arguments[1];
    if (is_column(left) && left.column == column) {
      const auto number = whole_value(right);
      return number && take(condition.signature->predicate, *number);
    }
    if (is_column(right) && right.column == column) {
      const auto number = whole_value(left);
      return number && take(function::mirrored(condition.signature->predicate), *number);
    }
    return false;
  }

 private:
  bool take(Predicate comparison, int64_t number) {
    if (comparison == Predicate::equal) {
      at_least(number);
      at_most(number);
    } else if (comparison == Predicate::less || comparison == Predicate::less_or_equal) {
      at_most(comparison == Predicate::less ? number - 1 : number);
    } else if (comparison == Predicate::greater || comparison == Predicate::greater_or_equal) {
      at_least(comparison == Predicate::greater ? number + 1 : number);
    } else {
      return false;
    }
    return true;
  }
};

bool reads(const Expression& expression, size_t column) {
  bool found = false;
  expression.visit_columns([&](size_t read) { found = found || read == column; });
  return found;
}

// A filter, the projections below it, and the calls with OVER below those.
struct NumberedFilter {
  Filter* filter = nullptr;
  std::vector<const Project*> projects;  // uppermost first
  const OverAggregate* over = nullptr;
  size_t number = 0;  // the column of `over`
  NumberRange range;
  std::vector<Expression> remaining;  // over the columns of `over`
};

// The columns of `over`, those in which the rows below all have one value as that value: the bound
// of a Top-N may be a column.
std::vector<Expression> known_columns(const OverAggregate& over) {
  std::vector<Expression> columns = all_columns(over.schema);
  if (over.inputs[0]->kind == NodeKind::project) {
    const auto& below = static_cast<const Project&>(*over.inputs[0]).expressions;
    for (size_t i = 0; i < below.size(); ++i) {
      Expression value = function::folded(below[i]);
      if (value.kind == ExpressionKind::literal) {
        columns[i] = std::move(value);
      }
    }
  }
  return columns;
}

bool is_top(const NumberedFilter& found) {
  return found.over->calls.front().function->name == "ROW_NUMBER" && found.range.end &&
         !found.over->window.order_by.empty();
}

std::optional<NumberedFilter> read_filter(Filter& filter) {
  NumberedFilter found;
  found.filter = &filter;
  Expression predicate = filter.predicate;
  const Node* node = filter.inputs[0];
  for (; node->kind == NodeKind::project; node = node->inputs[0]) {
    found.projects.push_back(static_cast<const Project*>(node));
    predicate = predicate.substituted(found.projects.back()->expressions);
  }
  if (node->kind != NodeKind::over_aggregate) {
    return std::nullopt;
  }
  found.over = static_cast<const OverAggregate*>(node);
  if (found.over->calls.size() != 1 || !is_numbering(found.over->calls.front())) {
    return std::nullopt;
  }
  found.number = found.over->schema.size() - 1;
  predicate = predicate.substituted(known_columns(*found.over));
  bool numbered = false;
  for (Expression& condition : conjuncts_of(predicate)) {
    numbered = numbered || reads(condition, found.number);
    if (!found.range.take(condition, found.number)) {
      found.remaining.push_back(std::move(condition));
    }
  }
  const bool stays = found.over->mode == RuntimeMode::batch && !is_top(found);
  return numbered && !stays ? std::optional(std::move(found)) : std::nullopt;
}

template <typename RankNode>
RankNode* new_rank(Plan& plan, const NumberedFilter& found) {
  RankNode* rank = plan.add(std::make_unique<RankNode>());
  const OverAggregate& over = *found.over;
  rank->inputs = over.inputs;
  rank->partition_by = over.window.partition_by;
  rank->order_by = over.window.order_by;
  rank->start = std::max<int64_t>(1, found.range.start.value_or(1));
  rank->end = *found.range.end;
  if (rank->start != rank->end) {
    rank->number = over.calls.front().name;
  }
  return rank;
}

// The window's end, where the rows are numbered within windows.
std::optional<size_t> window_end_of(const OverAggregate& over) {
  const auto columns = window_columns(*over.inputs[0]);
  if (!columns) {
    return std::nullopt;
  }
  std::optional<size_t> end;
  bool has_start = false;
  for (const size_t column : over.window.partition_by) {
    has_start = has_start || columns->starts.contains(column);
    end = columns->ends.contains(column) ? column : end;
  }
  if (has_start && end && columns->window.time == WindowTime::of_processing) {
    refuse_like_flink("Processing time Window TopN is not supported yet.", over.window.position);
  }
  return has_start ? end : std::nullopt;
}

// The columns that `over` had: where only one number is left, it is known.
Node* with_number(Plan& plan, Node* rank, const NumberedFilter& found) {
  if (rank->schema.size() == found.over->schema.size()) {
    return rank;
  }
  std::vector<Expression> columns = all_columns(rank->schema);
  FlatBuffer<int64_t> number(1);
  number[0] = *found.range.end;
  columns.push_back(Expression::of_literal(number.finish(Type::of(TypeKind::bigint, false))));
  std::vector<std::string> names;
  for (const Field& field : found.over->schema.fields) {
    names.push_back(field.name);
  }
  return new_project(plan, rank, std::move(columns), names);
}

Node* make_rank(Plan& plan, const NumberedFilter& found) {
  if (const auto end = window_end_of(*found.over)) {
    WindowRank* rank = new_rank<WindowRank>(plan, found);
    rank->window_end = *end;
    rank->position = found.over->window.position;
    return rank;
  }
  return new_rank<Rank>(plan, found);
}

void check_rank(const NumberedFilter& found) {
  const OverWindow& window = found.over->window;
  const std::string& function = found.over->calls.front().function->name;
  if (function != "ROW_NUMBER") {
    refuse_like_flink(function + "() on streaming table is not supported currently",
                      window.position);
  }
  if (!found.range.end) {
    refuse_like_flink(
        "Rank end is not specified. Currently rank only support TopN, which means the rank end "
        "must be specified.",
        window.position);
  }
  if (window.order_by.empty()) {
    refuse_like_flink("ROW_NUMBER needs ORDER BY in its window", window.position);
  }
}

void replace(Plan& plan, const NumberedFilter& found) {
  check_rank(found);
  Node* node = make_rank(plan, found);
  describe(*node);
  node = with_number(plan, node, found);
  if (auto remaining = conjunction_of(found.remaining)) {
    node = new_filter(plan, node, std::move(*remaining));
  }
  for (auto project = found.projects.rbegin(); project != found.projects.rend(); ++project) {
    std::vector<std::string> names;
    for (const Field& field : (*project)->schema.fields) {
      names.push_back(field.name);
    }
    node = new_project(plan, node, (*project)->expressions, names);
  }
  redirect(plan, found.filter, node);
}

// The number of a row is the count of the rows up to it; its rank that of the rows up to the last
// of its peers, for Flink counts those, too.
void settle_by_value(OverAggregate& node) {
  if (node.window.preceding) {
    refuse_like_flink("Non-time attribute sort is not supported for bounded OVER window.",
                      node.window.position);
  }
  for (AggregateCall& call : node.calls) {
    if (is_numbering(call)) {
      call.arguments.clear();
      call.function = std::make_shared<const function::AggregateSignature>(
          *function::find_aggregate("COUNT")->bind({}));
    } else if (call.function->trace == nullptr) {
      refuse_like_flink(
          call.function->name +
              " OVER windows' ordering in stream mode must be defined on a time attribute.",
          node.window.position);
    }
  }
}

// What is not a Top-N must be ordered by one column.
void check_over(OverAggregate& node) {
  if (node.mode == RuntimeMode::batch) {
    return;
  }
  const OverWindow& window = node.window;
  if (window.order_by.size() != 1) {
    refuse_like_flink("The window can only be ordered by a single time column.", window.position);
  }
  const SortKey& key = window.order_by.front();
  if (key.descending) {
    refuse_like_flink("The window can only be ordered in ASCENDING mode.", window.position);
  }
  if (node.is_by_value()) {
    return settle_by_value(node);
  }
}

}  // namespace

void find_ranks(Plan& plan) {
  std::vector<Filter*> filters;
  for (const auto& node : plan.nodes) {
    if (node->kind == NodeKind::filter) {
      filters.push_back(static_cast<Filter*>(node.get()));
    }
  }
  for (Filter* filter : filters) {
    if (const auto found = read_filter(*filter)) {
      replace(plan, *found);
    }
  }
  drop_unread(plan);
  for (const auto& node : plan.nodes) {
    if (node->kind == NodeKind::over_aggregate) {
      check_over(static_cast<OverAggregate&>(*node));
    }
  }
}

}  // namespace millrace::plan
