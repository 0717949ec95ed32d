// LATERAL (query): a sub-query in FROM that names columns of what stands left of it.
//
// It becomes a join, as Flink makes it: the conditions that name outer columns go from the
// sub-query's WHERE into the join. Where the rows that belong to one outer row are to be counted
// together, in GROUP BY, DISTINCT or LIMIT, those conditions must be equalities: the sub-query is
// then computed for each value of what they compare. As in Flink, an aggregate over no rows joins
// with nothing but in a LEFT JOIN.

#include <algorithm>
#include <numeric>

#include "plan/bind/aggregation.h"
#include "plan/bind/correlation.h"
#include "plan/bind/expressions.h"
#include "plan/bind/ordering.h"
#include "plan/bind/queries.h"
#include "plan/bind/select_items.h"
#include "plan/columns.h"
#include "plan/conjuncts.h"
#include "plan/new_nodes.h"

namespace millrace::plan {

using function::Expression;

struct LateralQuery {
  const sql::Query* query = nullptr;
  const sql::Select* select = nullptr;
  bool keeps_left = false;
  Position position;

  Relation relation;                   // what is joined to the left side
  std::vector<std::string> names;      // of the items
  std::vector<Expression> items;       // over the left columns and the relation's
  std::vector<Expression> conditions;  // likewise
};

namespace {

[[noreturn]] void refuse(const std::string& what, const Position& at) {
  throw Error(ErrorCode::unsupported, what + " is not supported", at);
}

void check_join(const sql::Join& join, const Position& at) {
  using Kind = sql::Join::Kind;
  if (join.kind == Kind::right || join.kind == Kind::full || join.natural || !join.using_.empty()) {
    throw Error(ErrorCode::unsupported,
                "LATERAL stands behind CROSS JOIN, JOIN ... ON, or LEFT JOIN ... ON", at);
  }
}

// One SELECT, of which alone it is known how its columns relate to the outer ones.
const sql::Select* select_of(const sql::Query& query) {
  const auto* select = std::get_if<sql::Select>(&query.body);
  return select != nullptr && query.with.empty() ? select : nullptr;
}

bool is_grouped(const sql::Query& query, const sql::Select& select,
                const UserFunctions& functions) {
  return is_aggregated(select, &functions) || select.distinct || query.limit || query.offset ||
         !query.order_by.empty();
}

void refuse_clauses(const LateralQuery& lateral) {
  const sql::Select& select = *lateral.select;
  if (!select.hints.empty()) {
    refuse("the hint " + select.hints.front().name.text, select.hints.front().name.position);
  }
  if (select.qualify || !select.windows.empty()) {
    refuse("QUALIFY or WINDOW in LATERAL", lateral.position);
  }
  for (const sql::Grouping& grouping : select.group_by) {
    if (grouping.kind != sql::Grouping::Kind::expression) {
      refuse("GROUPING SETS in LATERAL", grouping.position);
    }
  }
}

Node* filtered(Plan& plan, Node* node, std::vector<Expression> conditions) {
  auto condition = conjunction_of(std::move(conditions));
  return condition ? new_filter(plan, node, std::move(*condition)) : node;
}

// The column of the relation, behind `width` left ones.
Expression joined_column(const LateralQuery& lateral, size_t width, size_t column) {
  return Expression::of_column(width + column, lateral.relation.node->schema[column].type);
}

// The outer sides of equalities must be what the relation has in its columns from `first` on.
void compare_keys(LateralQuery& lateral, std::vector<Expression> outer, size_t width,
                  size_t first) {
  for (size_t i = 0; i < outer.size(); ++i) {
    std::vector<Expression> sides;
    sides.push_back(std::move(outer[i]));
    sides.push_back(joined_column(lateral, width, first + i));
    lateral.conditions.push_back(call_of("=", std::move(sides), lateral.position));
  }
}

// In a LEFT JOIN an aggregate over no rows is what it is without a group.
Expression over_nothing(const LateralQuery& lateral, const sql::Expression* item,
                        Expression column) {
  if (!lateral.keeps_left || !lateral.select->group_by.empty()) {
    return column;
  }
  if (item != nullptr && is_count(*item)) {
    column.type = column.type.as_nullable();  // as it is behind the join
    return zero_for_null(std::move(column));
  }
  if (item == nullptr || !is_null_over_nothing(*item)) {
    refuse("an item of LEFT JOIN LATERAL other than one aggregate function",
           item != nullptr ? item->position : lateral.position);
  }
  return column;
}

// The left columns and the items over the node, whose types they take on.
Relation shown(Plan& plan, Node* node, std::vector<Expression> columns,
               std::vector<std::string> names, Scope& scope) {
  const std::vector<Expression> own = all_columns(node->schema);
  Scope typed(scope.functions());
  for (size_t i = 0; i < columns.size(); ++i) {
    columns[i] = columns[i].substituted(own);
    ScopeColumn column = scope[i];
    column.type = columns[i].type;
    typed.add(std::move(column));
  }
  scope = std::move(typed);
  return {new_project(plan, node, std::move(columns), names), std::move(names)};
}

}  // namespace

// Without what groups rows: its items are computed ahead of the join, so that they are NULL where a
// left join finds nothing, unless they name outer columns.
void QueryBinder::bind_lateral_rows(LateralQuery& lateral, const Scope& outer) {
  const size_t width = outer.columns().size();
  Scope inner(&functions_);
  lateral.relation = bind_from(*lateral.select->from, inner);
  const size_t size = inner.columns().size();
  if (lateral.select->where) {
    InnerConditions found = inner_conditions(*lateral.select->where, outer, inner);
    lateral.relation.node = filtered(plan_, lateral.relation.node, std::move(found.own));
    lateral.conditions = std::move(found.across);
  }
  const Scope both = scope_within(outer, inner);
  std::vector<Expression> columns = all_columns(lateral.relation.node->schema);
  std::vector<std::string> names = lateral.relation.names;
  for (const SelectedItem& item : expand_items(*lateral.select, inner)) {
    lateral.names.push_back(item.name);
    if (item.written == nullptr) {
      lateral.items.push_back(joined_column(lateral, width, item.column));
      continue;
    }
    Expression bound = ExpressionBinder(&both).bind(*item.written);
    const Uses uses = uses_of(bound, width);
    if (uses == Uses::inner || uses == Uses::nothing) {
      lateral.items.push_back(Expression::of_column(width + columns.size(), bound.type));
      columns.push_back(moved_in(std::move(bound), width, size));
      names.push_back(item.name);
    } else if (lateral.keeps_left) {
      refuse("an item of LEFT JOIN LATERAL that names columns of the left side",
             item.written->position);
    } else {
      lateral.items.push_back(std::move(bound));
    }
  }
  lateral.relation.node = new_project(plan_, lateral.relation.node, std::move(columns), names);
  lateral.relation.names = std::move(names);
}

// Computed for each value of its keys, the inner sides of the equalities with outer columns.
void QueryBinder::bind_lateral_groups(LateralQuery& lateral, const Scope& outer) {
  const sql::Select& select = *lateral.select;
  const size_t width = outer.columns().size();
  Scope inner(&functions_);
  Relation from = bind_from(*select.from, inner);
  std::vector<Expression> outer_keys;
  std::vector<Expression> keys;
  if (select.where) {
    InnerConditions found = inner_conditions(*select.where, outer, inner);
    from.node = filtered(plan_, from.node, std::move(found.own));
    for (const Expression& across : found.across) {
      auto equality = correlation_of(across, width, inner.columns().size());
      if (!equality) {
        refuse(
            "a condition on columns of the outer query other than an equality, in a LATERAL "
            "query that groups, orders or limits its rows,",
            select.where->position);
      }
      outer_keys.push_back(std::move(equality->outer));
      keys.push_back(std::move(equality->inner));
    }
  }
  if (is_aggregated(select, &functions_)) {
    bind_lateral_aggregates(lateral, std::move(from), inner, std::move(keys), width);
    compare_keys(lateral, std::move(outer_keys), width, 0);
  } else {
    const size_t first = bind_lateral_top(lateral, from, inner, std::move(keys));
    for (size_t i = 0; i < lateral.names.size(); ++i) {
      lateral.items.push_back(joined_column(lateral, width, i));
    }
    compare_keys(lateral, std::move(outer_keys), width, first);
  }
}

void QueryBinder::bind_lateral_aggregates(LateralQuery& lateral, Relation from, const Scope& inner,
                                          std::vector<Expression> keys, size_t width) {
  const sql::Select& select = *lateral.select;
  if (select.distinct || lateral.query->limit || lateral.query->offset ||
      !lateral.query->order_by.empty()) {
    refuse("DISTINCT, ORDER BY, LIMIT or OFFSET of a LATERAL query with aggregate functions",
           lateral.position);
  }
  const size_t count = keys.size();
  const std::vector<SelectedItem> items = expand_items(select, inner);
  const bool counts = std::any_of(items.begin(), items.end(), [](const SelectedItem& item) {
    return item.written != nullptr && is_count(*item.written);
  });
  if (lateral.keeps_left && counts && items.size() > 1 && select.group_by.empty()) {
    note({BeyondFlink::Flink::answers_otherwise, lateral.position,
          "of no rows, COUNT beside other aggregate functions in a LEFT JOIN LATERAL is NULL in "
          "Flink: write COALESCE(n, 0) around it"});
  }
  lateral.relation = bind_grouped_by(select, std::move(from), inner, std::move(keys));
  if (lateral.relation.names.size() != count + items.size()) {
    refuse("a window in a LATERAL query with aggregate functions", lateral.position);
  }
  for (size_t i = 0; i < items.size(); ++i) {
    lateral.names.push_back(items[i].name);
    lateral.items.push_back(
        over_nothing(lateral, items[i].written, joined_column(lateral, width, count + i)));
  }
}

// DISTINCT, or ORDER BY with LIMIT: the items, and behind them the keys, the first of which is
// given back.
size_t QueryBinder::bind_lateral_top(LateralQuery& lateral, const Relation& from,
                                     const Scope& inner, std::vector<Expression> keys) {
  const ExpressionBinder binder(&inner);
  std::vector<Expression> columns;
  for (const SelectedItem& item : expand_items(*lateral.select, inner)) {
    columns.push_back(item.written != nullptr
                          ? binder.bind(*item.written)
                          : Expression::of_column(item.column, inner[item.column].type));
    lateral.names.push_back(item.name);
  }
  std::vector<std::string> names = lateral.names;
  Ordering ordering(*lateral.query);
  ordering.bind(binder, columns, names);
  if (lateral.select->distinct && (lateral.query->limit || !lateral.query->order_by.empty())) {
    refuse("DISTINCT with ORDER BY or LIMIT in LATERAL", lateral.position);
  }
  if (!keys.empty() && !lateral.select->distinct) {
    note({{},
          lateral.position,
          "Flink cannot plan ORDER BY, LIMIT and OFFSET of a LATERAL query that names columns of "
          "what stands left of it: join with a query that has ROW_NUMBER() OVER (PARTITION BY "
          "...)"});
  }
  const size_t first = columns.size();
  std::vector<size_t> partition_by(keys.size());
  std::iota(partition_by.begin(), partition_by.end(), first);
  for (Expression& key : keys) {
    columns.push_back(std::move(key));
    names.push_back("$key" + std::to_string(names.size()));
  }
  Node* node = new_project(plan_, from.node, std::move(columns), names);
  lateral.relation = {lateral.select->distinct
                          ? new_distinct(plan_, node)
                          : ordering.limited_within(plan_, node, partition_by, lateral.position),
                      names};
  return first;
}

// A query over the elements of a collection of the left row, or over nothing: no join at all.
Relation QueryBinder::bind_lateral_elements(LateralQuery& lateral, const Relation& left,
                                            Scope& scope) {
  const sql::Select& select = *lateral.select;
  if (is_grouped(*lateral.query, select, functions_) || (lateral.keeps_left && select.where)) {
    refuse(
        "LATERAL over an UNNEST, or without FROM, with more than a select list and, in inner "
        "joins, WHERE",
        lateral.position);
  }
  Relation relation = left;
  const size_t width = scope.columns().size();
  Scope elements(&functions_);
  if (select.from) {
    Scope both = scope;
    relation = bind_unnest(*select.from, left, both,
                           lateral.keeps_left ? EmptyCollections::kept : EmptyCollections::dropped);
    for (size_t i = width; i < both.columns().size(); ++i) {
      elements.add(both[i]);
    }
  }
  const Scope both = scope_within(scope, elements);
  const ExpressionBinder binder(&both);
  std::optional<Expression> where;
  if (select.where) {
    where = binder.bind_condition(*select.where, "WHERE");
  }
  for (const SelectedItem& item : expand_items(select, elements)) {
    lateral.names.push_back(item.name);
    lateral.items.push_back(
        item.written != nullptr
            ? binder.bind(*item.written)
            : Expression::of_column(width + item.column, elements[item.column].type));
    if (lateral.keeps_left && uses_of(lateral.items.back(), width) != Uses::inner) {
      refuse("an item of LEFT JOIN LATERAL that names columns of the left side, or none,",
             item.written->position);
    }
  }
  const auto names_left = [&](const Expression& used) {
    return uses_of(used, width) == Uses::outer || uses_of(used, width) == Uses::both;
  };
  if ((where && names_left(*where)) ||
      std::any_of(lateral.items.begin(), lateral.items.end(), names_left)) {
    note({{},
          lateral.position,
          "Flink cannot plan a LATERAL query over elements, or without FROM, that names columns of "
          "what stands left of it but in UNNEST: name them in the query around it"});
  }
  if (where) {
    relation.node = new_filter(plan_, relation.node, std::move(*where));
  }
  return relation;
}

// What stands in LATERAL ( ), joined to the left side as far as it is one; ON is still to come.
Node* QueryBinder::bind_lateral_query(LateralQuery& lateral, const Relation& left, Scope& scope) {
  lateral.select = select_of(*lateral.query);
  if (lateral.select == nullptr) {
    lateral.relation = bind_nested(*lateral.query);
    lateral.names = lateral.relation.names;
    for (size_t i = 0; i < lateral.names.size(); ++i) {
      lateral.items.push_back(joined_column(lateral, scope.columns().size(), i));
    }
    return nullptr;
  }
  refuse_clauses(lateral);
  const bool over_elements = !lateral.select->from || makes_elements(*lateral.select->from);
  if (over_elements) {
    return bind_lateral_elements(lateral, left, scope).node;
  }
  if (is_grouped(*lateral.query, *lateral.select, functions_)) {
    bind_lateral_groups(lateral, scope);
  } else {
    bind_lateral_rows(lateral, scope);
  }
  return nullptr;
}

Relation QueryBinder::bind_lateral_join(const sql::Join& join, const Position& at, Scope& scope) {
  check_join(join, at);
  const auto& derived = std::get<sql::DerivedTable>(join.right->node);
  const Relation left = bind_from(*join.left, scope);
  LateralQuery lateral;
  lateral.query = derived.query.get();
  lateral.keeps_left = join.kind == sql::Join::Kind::left;
  lateral.position = join.right->position;
  Node* node = bind_lateral_query(lateral, left, scope);
  Relation items{nullptr, lateral.names};
  if (join.right->alias && !join.right->alias->columns.empty()) {
    rename(items, texts_of(join.right->alias->columns), "the alias",
           join.right->alias->name.position);
  }
  const std::string alias = join.right->alias ? join.right->alias->name.text : "";
  for (size_t i = 0; i < lateral.items.size(); ++i) {
    scope.add({alias, items.names[i], lateral.items[i].type});
  }
  std::vector<Expression> columns = all_columns(left.node->schema);
  std::move(lateral.items.begin(), lateral.items.end(), std::back_inserter(columns));
  if (join.on) {
    for (Expression& part : conjuncts_of(ExpressionBinder(&scope).bind_condition(*join.on, "ON"))) {
      lateral.conditions.push_back(part.substituted(columns));
    }
  }
  if (node == nullptr) {
    Join* joined = new_join(plan_, lateral.keeps_left ? JoinKind::left : JoinKind::inner, left.node,
                            lateral.relation.node, conjunction_of(std::move(lateral.conditions)));
    joined->position = at;
    node = joined;
  } else if (!lateral.conditions.empty()) {
    if (lateral.keeps_left) {
      refuse("ON of a LEFT JOIN LATERAL over elements, but for TRUE,", at);
    }
    node = filtered(plan_, node, std::move(lateral.conditions));
  }
  std::vector<std::string> names = left.names;
  names.insert(names.end(), items.names.begin(), items.names.end());
  return shown(plan_, node, std::move(columns), std::move(names), scope);
}

}  // namespace millrace::plan
