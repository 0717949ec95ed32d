#pragma once

// What a select list is over: the rows of FROM and WHERE, or the groups that GROUP BY makes of
// them.

#include <functional>

#include "plan/bind/expressions.h"
#include "plan/bind/queries.h"

namespace millrace::plan {

struct SelectedRows {
  Relation relation;
  Scope scope;  // of the relation's columns
  // What stands for an expression: of groups their keys and aggregate functions. Null for plain
  // rows.
  ExpressionBinder::Intercept answer = nullptr;
  // Of groups the columns that they are made of, and what they are in groups; null for plain rows.
  const Scope* from = nullptr;
  std::function<function::Expression(size_t column, const Position& at)> grouped = nullptr;
  // Why Flink cannot plan a sub-query that names these columns; empty where it can.
  std::string_view closed_in_flink = {};
  // So many of the first columns come ahead of the select list.
  size_t keys_ahead = 0;

  // What a star stands for, and a name in QUALIFY ahead of those that the select list gives.
  const Scope& named() const { return from != nullptr ? *from : scope; }
  // A column of those, which an item of the select list names.
  function::Expression column(size_t number, const sql::SelectItem& item) const {
    return grouped != nullptr ? grouped(number, item.expression->position)
                              : function::Expression::of_column(number, scope[number].type);
  }
};

// `node` has the rows' columns and others behind them, which get no name.
void widen(SelectedRows& rows, Node* node);
// A left join of the rows with those of `right` whose first columns compare as the keys say with
// their outer sides, and whose next ones are `equal` to these.
Join* new_left_join(Plan& plan, const SelectedRows& rows, Node* right, const CorrelatedKeys& keys,
                    const Position& at, const std::vector<function::Expression>& equal = {});

}  // namespace millrace::plan
