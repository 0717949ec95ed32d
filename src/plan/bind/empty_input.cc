#include "plan/bind/empty_input.h"

#include <algorithm>

#include "column/builder.h"
#include "function/evaluate.h"
#include "plan/bind/literals.h"
#include "plan/new_nodes.h"

namespace millrace::plan {

namespace {

using function::Expression;

bool is_null(const Expression& argument) {
  return argument.kind == function::ExpressionKind::literal && argument.literal.is_null(0);
}

bool is_comparison(const Expression& call) {
  using function::Predicate;
  constexpr Predicate kComparisons[] = {Predicate::equal,   Predicate::not_equal,
                                        Predicate::less,    Predicate::less_or_equal,
                                        Predicate::greater, Predicate::greater_or_equal};
  return call.kind == function::ExpressionKind::call &&
         std::find(std::begin(kComparisons), std::end(kComparisons), call.signature->predicate) !=
             std::end(kComparisons);
}

bool compares_with_null(const Expression& call) {
  return is_comparison(call) && std::any_of(call.arguments.begin(), call.arguments.end(), is_null);
}

// NULL or TRUE, for all rows.
bool never_fails(const Expression& predicate) {
  const std::vector<Expression>& parts = predicate.arguments;
  return compares_with_null(predicate) || (predicate.kind == function::ExpressionKind::or_ &&
                                           std::any_of(parts.begin(), parts.end(), never_fails));
}

bool never_holds(const Expression& predicate) {
  const std::vector<Expression>& parts = predicate.arguments;
  if (predicate.kind == function::ExpressionKind::and_) {
    return std::any_of(parts.begin(), parts.end(), never_holds);
  }
  const bool is_negation = predicate.kind == function::ExpressionKind::call &&
                           predicate.signature->predicate == function::Predicate::negation;
  if (compares_with_null(predicate) || (is_negation && never_fails(parts[0]))) {
    return true;
  }
  const Expression folded = function::folded(predicate);
  return folded.kind == function::ExpressionKind::literal &&
         (folded.literal.is_null(0) || folded.literal.values<uint8_t>()[0] == 0);
}

bool has_no_rows(const Node& node) {
  if (node.kind == NodeKind::filter && never_holds(static_cast<const Filter&>(node).predicate)) {
    return true;
  }
  return (node.kind == NodeKind::filter || node.kind == NodeKind::project) &&
         has_no_rows(*node.inputs[0]);
}

// Whether Flink's planner knows what the function gives for no rows; of others it plans none.
bool is_known_of_nothing(const AggregateCall& call) {
  constexpr std::string_view kKnown[] = {"COUNT", "SUM", "MIN", "MAX", "AVG"};
  return call.function->foreign == nullptr &&
         std::find(std::begin(kKnown), std::end(kKnown), call.function->name) != std::end(kKnown);
}

Expression of_nothing(const AggregateCall& call) {
  if (call.function->name == "COUNT") {
    return bigint_literal(0);
  }
  ColumnBuilder value(call.function->result.as_nullable());
  value.add_null();
  return Expression::of_literal(value.finish());
}

}  // namespace

Node* aggregates_of_nothing(Plan& plan, const Node& input,
                            const std::vector<AggregateCall>& aggregates) {
  const bool known = std::all_of(aggregates.begin(), aggregates.end(), is_known_of_nothing);
  if (!known || !has_no_rows(input)) {
    return nullptr;
  }
  std::vector<Expression> row;
  std::vector<std::string> names;
  for (const AggregateCall& call : aggregates) {
    row.push_back(of_nothing(call));
    names.push_back(call.name);
  }
  std::vector<std::vector<Expression>> rows;
  rows.push_back(std::move(row));
  return new_values(plan, std::move(rows), names);
}

}  // namespace millrace::plan
