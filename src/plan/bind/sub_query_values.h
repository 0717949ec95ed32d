#pragma once

// Sub-queries that stand for a value: (SELECT MAX(w) FROM r), (SELECT SUM(w) FROM r WHERE r.k =
// l.k), and, where they are more than a condition of WHERE, k IN (SELECT k FROM r), EXISTS (...),
// v > ANY (...).

#include <map>
#include <optional>
#include <vector>

#include "function/expression.h"
#include "sql/expression.h"
#include "sql/query.h"

namespace millrace::plan {

class UserFunctions;

// What sub-queries have become, by their place in the syntax tree, which outlives this.
class SubQueryValues {
 public:
  void add(const sql::Expression& written, function::Expression value) {
    values_.emplace(&written, std::move(value));
  }
  void add(SubQueryValues more) { values_.merge(more.values_); }

  std::optional<function::Expression> answer(const sql::Expression& written) const {
    const auto found = values_.find(&written);
    return found == values_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  std::map<const sql::Expression*, function::Expression> values_;
};

// The sub-queries in an expression, each behind those that it is over; those within aggregate
// functions, the user's among them, are another matter.
std::vector<const sql::Expression*> sub_queries_outside_aggregates(const sql::Expression& written,
                                                                   const UserFunctions& functions);

// (a, b) IN compares two values.
std::vector<const sql::Expression*> compared_values(const sql::Expression& written);

// FROM and WHERE, and perhaps groups or DISTINCT: what can name columns of the query around it.
// Null for other queries, and where WHERE has sub-queries of its own.
const sql::Select* correlated_select(const sql::Query& query);
// Whether it is one that gathers its rows, be there any or not, into one.
bool always_has_a_row(const sql::Query& query, const UserFunctions& functions);

}  // namespace millrace::plan
