// MATCH_RECOGNIZE, clause by clause.

#include <algorithm>

#include "plan/bind/match_cells.h"
#include "plan/bind/match_pattern.h"
#include "plan/bind/ordering.h"
#include "plan/bind/queries.h"
#include "plan/bind/window_functions.h"
#include "plan/new_nodes.h"
#include "plan/node_schemas.h"
#include "plan/refuse_like_flink.h"
#include "plan/runtime_mode.h"
#include "sql/printer.h"

namespace millrace::plan {

using function::Expression;

namespace {

[[noreturn]] void refuse(const std::string& what, const Position& at) {
  throw Error(ErrorCode::unsupported, what, at);
}

void bind_order(const Plan& plan, const sql::MatchRecognize& match, const Node& input,
                MatchCells& cells, MatchRecognize& node) {
  for (const sql::OrderItem& item : match.order_by) {
    node.order_by.push_back(sort_key(item, cells.bind_column(*item.expression)));
  }
  const bool by_arrival = !node.order_by.empty() && input.proctime == node.order_by.front().column;
  const bool by_time = !node.order_by.empty() &&
                       node.order_by.front().column < input.schema.size() &&
                       is_event_time(plan, input, node.order_by.front().column);
  if (!by_arrival && !by_time) {
    refuse_like_flink("You must specify either rowtime or proctime for order by as the first one.",
                      node.position);
  }
  if (by_arrival && node.order_by.size() > 1) {
    refuse("MATCH_RECOGNIZE ordered by processing time and another column is not supported",
           match.order_by[1].expression->position);
  }
  if (node.order_by.front().descending) {
    refuse_like_flink("Primary sort order of a streaming table must be ascending on time.",
                      node.position);
  }
}

// Rows whose time no watermark goes with are put in order once all are there, to be taken as they
// arrive then.
Node* in_order(Plan& plan, const MatchRecognize& match, Node* input) {
  const size_t time = match.order_by.front().column;
  const bool has_clock = input->is_rowtime(time) || input->proctime == time;
  return has_clock ? input : new_final_rows(plan, input, match.order_by);
}

// As the standard has it: what the rows are parted and ordered by, the measures, all other columns.
void show_all_rows(const Scope& scope, MatchRecognize& node, Relation& relation) {
  for (const SortKey& key : node.order_by) {
    const bool is_shown = std::find(node.shown_ahead.begin(), node.shown_ahead.end(), key.column) !=
                          node.shown_ahead.end();
    if (!is_shown && key.column < scope.columns().size()) {
      node.shown_ahead.push_back(key.column);
      relation.names.push_back(scope[key.column].name);
    }
  }
  for (size_t column = 0; column < scope.columns().size(); ++column) {
    if (std::find(node.shown_ahead.begin(), node.shown_ahead.end(), column) ==
        node.shown_ahead.end()) {
      node.shown_behind.push_back(column);
    }
  }
}

void bind_measures(const sql::MatchRecognize& match, MatchCells& cells, MatchRecognize& node,
                   Relation& relation) {
  const auto ahead = static_cast<std::ptrdiff_t>(relation.names.size());
  for (const sql::MatchRecognize::Measure& measure : match.measures) {
    const auto has_name = [&](const std::string& name) { return name == measure.name.text; };
    if (std::any_of(relation.names.begin() + ahead, relation.names.end(), has_name)) {
      throw Error(ErrorCode::invalid_argument,
                  "there are two measures of the name '" + measure.name.text + "'",
                  measure.name.position);
    }
    node.measures.push_back(cells.bind_measure(measure));
    relation.names.push_back(measure.name.text);
  }
}

// A condition for what is not in the PATTERN is one of no row.
void bind_definitions(const sql::MatchRecognize& match, MatchCells& cells, MatchRecognize& node) {
  for (const sql::MatchRecognize::Definition& definition : match.definitions) {
    const std::vector<size_t> elements = cells.find_variable(definition.variable.text);
    if (elements.empty()) {
      continue;
    }
    if (node.pattern[elements.front()].condition) {
      throw Error(ErrorCode::invalid_argument,
                  "variable '" + definition.variable.text + "' is defined twice",
                  definition.variable.position);
    }
    const Expression condition = cells.bind_condition(*definition.condition);
    for (const size_t element : elements) {
      node.pattern[element].condition = condition;
    }
  }
}

}  // namespace

Relation QueryBinder::bind_match(const sql::MatchRecognize& match, const Position& at) {
  Scope scope(&functions_);
  const Relation input = bind_from(*match.input, scope);
  MatchRecognize* node = plan_.add(std::make_unique<MatchRecognize>());
  node->position = at;
  bind_pattern(match, is_batch(plan_) ? RuntimeMode::batch : RuntimeMode::streaming, *node);
  node->written_pattern = sql::to_sql(match.pattern);
  MatchCells cells(scope, *input.node, *node);
  Relation relation;
  for (const sql::ExpressionPtr& item : match.partition_by) {
    const size_t column = cells.bind_column(*item);
    if (column >= scope.columns().size()) {
      refuse("PARTITION BY of MATCH_RECOGNIZE takes columns", item->position);
    }
    node->partition_by.push_back(column);
    relation.names.push_back(scope[column].name);
  }
  bind_order(plan_, match, *input.node, cells, *node);
  node->skip = skip_of(match.skip);
  if (match.skip_to) {
    node->skip_to = cells.elements_of(*match.skip_to);
  }
  if (match.within) {
    node->within_ms = bind_within(*match.within);
  }
  for (const sql::MatchRecognize::Subset& subset : match.subsets) {
    cells.add_subset(subset);
  }
  bind_definitions(match, cells, *node);
  node->shown = shown_of(match.shown);
  node->shown_ahead = node->partition_by;
  if (node->shows_all_rows()) {
    show_all_rows(scope, *node, relation);
  }
  bind_measures(match, cells, *node, relation);
  for (const size_t column : node->shown_behind) {
    relation.names.push_back(scope[column].name);
  }
  for (const std::string& name : relation.names) {
    node->schema.fields.push_back({name, Type()});
  }
  node->inputs = {in_order(plan_, *node, cells.input_of(plan_, input.node))};
  describe(*node);
  relation.node = node;
  return relation;
}

}  // namespace millrace::plan
