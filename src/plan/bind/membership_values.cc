// IN, EXISTS and comparisons with ANY or ALL of a sub-query where their value is wanted, within OR,
// CASE or a select list. As in Flink each is a left join with the members, once each, and a mark:
// a row that has one is in. Whether the answer for the others is FALSE or unknown say two counts of
// the members, which are joined ahead of it: all of them, and those that are not NULL. An aggregate
// over no rows gives none, so that a row leaves only once there is a first member.

#include "function/aggregate.h"
#include "plan/bind/aggregation.h"
#include "plan/bind/correlation.h"
#include "plan/bind/expressions.h"
#include "plan/bind/literals.h"
#include "plan/bind/queries.h"
#include "plan/bind/select_items.h"
#include "plan/bind/selected_rows.h"
#include "plan/bind/sub_query_values.h"
#include "plan/columns.h"
#include "plan/conjuncts.h"
#include "plan/new_nodes.h"

namespace millrace::plan {

using function::Expression;
using function::ExpressionKind;

namespace {

Expression column_of(const SelectedRows& rows, size_t number) {
  return Expression::of_column(number, rows.scope[number].type);
}

Expression call_on(std::string_view name, Expression argument, const Position& at) {
  std::vector<Expression> arguments;
  arguments.push_back(std::move(argument));
  return call_of(name, std::move(arguments), at);
}

Expression compared(std::string_view comparison, Expression left, Expression right,
                    const Position& at) {
  std::vector<Expression> sides;
  sides.push_back(std::move(left));
  sides.push_back(std::move(right));
  return call_of(comparison, std::move(sides), at);
}

Expression any_holds(std::vector<Expression> conditions) {
  return conditions.size() == 1
             ? std::move(conditions.front())
             : Expression::of(ExpressionKind::or_, Type::of(TypeKind::boolean, false),
                              std::move(conditions));
}

Expression unknown() { return implicitly_cast(null_literal(), Type::of(TypeKind::boolean)); }

// CASE WHEN whens[0] THEN whens[1] WHEN ... ELSE the last one END, of BOOLEAN.
Expression first_that_holds(std::vector<Expression> whens) {
  bool nullable = whens.back().type.nullable;
  for (size_t i = 1; i < whens.size(); i += 2) {
    nullable = nullable || whens[i].type.nullable;
  }
  return Expression::of(ExpressionKind::case_, Type::of(TypeKind::boolean, nullable),
                        std::move(whens));
}

AggregateCall aggregate_of(const char* name, const std::vector<size_t>& columns,
                           const Schema& schema) {
  std::vector<Type> types;
  for (const size_t column : columns) {
    types.push_back(schema[column].type);
  }
  AggregateCall call;
  call.name = name;
  call.function = std::make_shared<const function::AggregateSignature>(
      *function::find_aggregate(name)->bind(types));
  call.arguments = columns;
  return call;
}

std::vector<size_t> numbers_from(size_t first, size_t end) {
  std::vector<size_t> numbers;
  for (size_t i = first; i < end; ++i) {
    numbers.push_back(i);
  }
  return numbers;
}

// That v > ALL holds is that v <= ANY does not.
std::string_view comparison_with_any(const sql::Quantified& written) {
  const bool any = written.quantifier == sql::Quantified::Quantifier::any;
  if (written.op == sql::BinaryOperator::equal || written.op == sql::BinaryOperator::not_equal) {
    return "<>";  // of = ALL and <> ANY; the other two are IN
  }
  if (written.op == sql::BinaryOperator::less) {
    return any ? "<" : ">=";
  }
  if (written.op == sql::BinaryOperator::less_equal) {
    return any ? "<=" : ">";
  }
  if (written.op == sql::BinaryOperator::greater) {
    return any ? ">" : "<=";
  }
  return any ? ">=" : "<";
}

}  // namespace

Expression QueryBinder::bind_membership(const sql::Expression& written,
                                        const SubQueryValues& values, SelectedRows& rows) {
  const Position& at = written.position;
  if (const auto* exists = std::get_if<sql::Exists>(&written.node)) {
    return bind_exists(*exists->query, rows, at);
  }
  const ExpressionBinder binder(&rows.scope, [&](const sql::Expression& part) {
    auto value = values.answer(part);
    return value || rows.answer == nullptr ? std::move(value) : rows.answer(part);
  });
  if (const auto* in = std::get_if<sql::In>(&written.node)) {
    std::vector<Expression> operands;
    for (const sql::Expression* operand : compared_values(*in->value)) {
      operands.push_back(binder.bind(*operand));
    }
    Expression result = bind_in(*in->query, std::move(operands), rows, at);
    return in->negated ? call_on("NOT", std::move(result), at) : result;
  }
  const auto& any = std::get<sql::Quantified>(written.node);
  const bool all = any.quantifier == sql::Quantified::Quantifier::all;
  const bool equal = any.op == sql::BinaryOperator::equal;
  const bool is_in = equal ? !all : all && any.op == sql::BinaryOperator::not_equal;
  if (is_in) {
    std::vector<Expression> operands;
    operands.push_back(binder.bind(*any.left));
    Expression result = bind_in(*any.query, std::move(operands), rows, at);
    return all ? call_on("NOT", std::move(result), at) : result;
  }
  Expression result =
      bind_any(*any.query, comparison_with_any(any), binder.bind(*any.left), rows, at);
  return all ? call_on("NOT", std::move(result), at) : result;
}

// The inner sides of the keys that the members have in common with the outer rows, and behind them
// the columns of the sub-query. DISTINCT says nothing: one member is as good as two.
Relation QueryBinder::bind_members(const sql::Query& query, SelectedRows& outer,
                                   CorrelatedKeys& keys, const Position& at) {
  const sql::Select* select = correlated_select(query);
  if (select == nullptr) {
    return bind_nested(query);
  }
  SelectedRows inner = bind_correlated(*select, outer, keys);
  if (!keys.outer.empty()) {
    note_correlated(outer, at);
  }
  if (is_aggregated(*select, &functions_)) {
    return bind_member_groups(*select, std::move(inner), keys, at);
  }
  Relation members{inner.relation.node, std::vector<std::string>(keys.inner.size())};
  std::vector<Expression> columns = keys.inner;
  const ExpressionBinder binder(&inner.scope);
  for (const SelectedItem& item : expand_items(*select, inner.scope)) {
    columns.push_back(item.written != nullptr
                          ? binder.bind(*item.written)
                          : Expression::of_column(item.column, inner.scope[item.column].type));
    members.names.push_back(item.name);
  }
  members.node = new_project(plan_, members.node, std::move(columns), members.names);
  return members;
}

// Groups by the keys and by their own.
Relation QueryBinder::bind_member_groups(const sql::Select& select, SelectedRows inner,
                                         const CorrelatedKeys& keys, const Position& at) {
  const size_t items = expand_items(select, inner.scope).size();
  Relation groups =
      bind_grouped_by(select, std::move(inner.relation), std::move(inner.scope), keys.inner);
  if (groups.names.size() != keys.inner.size() + items) {
    throw Error(
        ErrorCode::unsupported,
        "a window in a sub-query that names columns of the query around it is not supported", at);
  }
  return groups;
}

Expression QueryBinder::bind_exists(const sql::Query& query, SelectedRows& rows,
                                    const Position& at) {
  CorrelatedKeys keys;
  const Relation members = bind_members(query, rows, keys, at);
  if (!keys.outer.empty() && always_has_a_row(query, functions_)) {
    return boolean_literal(true);
  }
  std::vector<Expression> inner;
  for (size_t i = 0; i < keys.outer.size(); ++i) {
    inner.push_back(Expression::of_column(i, members.node->schema[i].type));
  }
  return join_marked(members.node, std::move(inner), keys, {}, rows, at);
}

// The rows joined with each of the members once, which are over `node`; whether there was one.
Expression QueryBinder::join_marked(Node* node, std::vector<Expression> members,
                                    const CorrelatedKeys& keys,
                                    const std::vector<Expression>& operands, SelectedRows& rows,
                                    const Position& at) {
  if (members.empty()) {
    members.push_back(boolean_literal(true));
  }
  std::vector<std::string> names;
  for (size_t i = 0; i < members.size(); ++i) {
    names.push_back("$member" + std::to_string(i));
  }
  node = new_distinct(plan_, new_project(plan_, node, std::move(members), names));
  std::vector<Expression> marked = all_columns(node->schema);
  marked.push_back(boolean_literal(true));
  names.emplace_back("$is_in");
  node = new_project(plan_, node, std::move(marked), names);
  widen(rows, new_left_join(plan_, rows, node, keys, at, operands));
  return call_on("IS NOT NULL", column_of(rows, rows.scope.columns().size() - 1), at);
}

Expression QueryBinder::bind_in(const sql::Query& query, std::vector<Expression> operands,
                                SelectedRows& rows, const Position& at) {
  CorrelatedKeys correlated;
  const Relation members = bind_members(query, rows, correlated, at);
  const Schema& schema = members.node->schema;
  const size_t keys = correlated.outer.size();
  if (schema.size() - keys != operands.size()) {
    throw Error(ErrorCode::type_mismatch,
                "IN compares " + std::to_string(operands.size()) + " values with " +
                    std::to_string(schema.size() - keys) + " columns of its sub-query",
                at);
  }
  bool members_known = true;
  std::vector<Expression> unknown_operands;
  for (size_t i = 0; i < operands.size(); ++i) {
    members_known = members_known && !schema[keys + i].type.nullable;
    if (operands[i].type.nullable) {
      unknown_operands.push_back(call_on("IS NULL", operands[i], at));
    }
  }
  const bool known = members_known && unknown_operands.empty();
  std::vector<Expression> whens;
  size_t counts = 0;
  if (!known && operands.size() > 1) {
    throw Error(ErrorCode::unsupported,
                "IN of several values that may be NULL is not supported where its own value is "
                "wanted: We now only support the count of one field.",
                at);
  }
  if (!known) {
    counts = rows.scope.columns().size() + keys;
    join_counts(members.node, correlated, rows, at);
    whens.push_back(compared("=", zero_for_null(column_of(rows, counts)), bigint_literal(0), at));
    whens.push_back(boolean_literal(false));
  }
  if (!unknown_operands.empty()) {
    whens.push_back(any_holds(std::move(unknown_operands)));
    whens.push_back(unknown());
  }
  whens.push_back(join_marked(members.node, all_columns(schema), correlated, operands, rows, at));
  whens.push_back(boolean_literal(true));
  if (!known) {
    whens.push_back(compared("<", column_of(rows, counts + 1), column_of(rows, counts), at));
    whens.push_back(unknown());
  }
  whens.push_back(boolean_literal(false));
  return first_that_holds(std::move(whens));
}

// The rows beside the aggregates of the members that have their keys, behind these keys; NULL where
// there are no such members.
static Join* joined_with_summary(Plan& plan, const SelectedRows& rows, Node* members,
                                 std::vector<AggregateCall> calls, const CorrelatedKeys& keys,
                                 const Position& at) {
  Node* summary =
      new_group_aggregate(plan, members, numbers_from(0, keys.outer.size()), std::move(calls));
  if (!keys.outer.empty()) {
    return new_left_join(plan, rows, summary, keys, at);
  }
  Join* join = new_join(plan, JoinKind::inner, rows.relation.node, summary, std::nullopt);
  join->position = at;
  return join;
}

// How many members there are, and how many without NULL.
void QueryBinder::join_counts(Node* members, const CorrelatedKeys& keys, SelectedRows& rows,
                              const Position& at) {
  const Schema& schema = members->schema;
  std::vector<AggregateCall> counts = {
      aggregate_of("COUNT", {}, schema),
      aggregate_of("COUNT", numbers_from(keys.outer.size(), schema.size()), schema)};
  widen(rows, joined_with_summary(plan_, rows, members, std::move(counts), keys, at));
}

// Whether it holds for any member: for the least of them, or the greatest. Another one than the
// operand is the greatest, or the least.
Expression QueryBinder::bind_any(const sql::Query& query, std::string_view comparison,
                                 Expression operand, SelectedRows& rows, const Position& at) {
  CorrelatedKeys keys;
  const Relation members = bind_members(query, rows, keys, at);
  const Schema& schema = members.node->schema;
  const size_t member = keys.outer.size();
  if (schema.size() != member + 1) {
    throw Error(ErrorCode::type_mismatch, "ANY and ALL compare with one column of a sub-query", at);
  }
  const size_t first = rows.scope.columns().size() + member;
  const bool differs = comparison == "<>";
  const char* nearest = comparison.front() == '>' ? "MIN" : "MAX";
  if (!function::find_aggregate(nearest)->bind({&schema[member].type, 1})) {
    throw Error(ErrorCode::type_mismatch,
                "ANY and ALL compare with the " + std::string(nearest) +
                    " of the sub-query's column, which does not take " +
                    schema[member].type.as_nullable().to_string(),
                at);
  }
  std::vector<AggregateCall> calls = {aggregate_of(nearest, {member}, schema),
                                      aggregate_of("COUNT", {}, schema),
                                      aggregate_of("COUNT", {member}, schema)};
  if (differs) {
    calls.push_back(aggregate_of("MIN", {member}, schema));
  }
  widen(rows, joined_with_summary(plan_, rows, members.node, std::move(calls), keys, at));
  Expression holds = compared(comparison, operand, column_of(rows, first), at);
  if (differs) {
    std::vector<Expression> either;
    either.push_back(std::move(holds));
    either.push_back(compared(comparison, std::move(operand), column_of(rows, first + 3), at));
    holds = Expression::of(ExpressionKind::or_, Type::of(TypeKind::boolean), std::move(either));
  }
  std::vector<Expression> whens;
  const Expression count = column_of(rows, first + 1);
  whens.push_back(compared("=", member == 0 ? count : zero_for_null(count), bigint_literal(0), at));
  whens.push_back(boolean_literal(false));
  whens.push_back(call_on("IS TRUE", holds, at));
  whens.push_back(boolean_literal(true));
  whens.push_back(compared(">", column_of(rows, first + 1), column_of(rows, first + 2), at));
  whens.push_back(unknown());
  whens.push_back(std::move(holds));
  return first_that_holds(std::move(whens));
}

}  // namespace millrace::plan
