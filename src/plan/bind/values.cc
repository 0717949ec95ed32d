// VALUES: rows whose columns have a type in common each.

#include "function/types.h"
#include "plan/bind/bare_nulls.h"
#include "plan/bind/expressions.h"
#include "plan/bind/queries.h"
#include "plan/new_nodes.h"

namespace millrace::plan {

using function::Expression;

static std::vector<Expression> bind_row(const std::vector<sql::ExpressionPtr>& written,
                                        const UserFunctions& functions) {
  const Scope nothing(&functions);
  const ExpressionBinder binder(&nothing);
  std::vector<Expression> row;
  for (const sql::ExpressionPtr& value : written) {
    refuse_bare_null(*value);
    row.push_back(binder.bind(*value));
  }
  return row;
}

static void check_width(const sql::Values& values) {
  const size_t width = values.rows.front().size();
  for (const auto& row : values.rows) {
    if (row.size() != width) {
      throw Error(ErrorCode::type_mismatch,
                  "the rows of VALUES have different numbers of columns: " + std::to_string(width) +
                      " and " + std::to_string(row.size()),
                  row.front()->position);
    }
  }
}

Relation QueryBinder::bind(const sql::Values& values, const Position& at) {
  check_width(values);
  std::vector<std::vector<Expression>> rows;
  for (const auto& written : values.rows) {
    rows.push_back(bind_row(written, functions_));
  }
  Relation relation;
  for (size_t i = 0; i < rows.front().size(); ++i) {
    std::vector<Expression*> column;
    for (std::vector<Expression>& row : rows) {
      column.push_back(&row[i]);
    }
    cast_to_common_type(column, "column " + std::to_string(i + 1) + " of VALUES", at,
                        function::unmixed_type);
    relation.names.push_back("EXPR$" + std::to_string(i));
  }
  relation.node = new_values(plan_, std::move(rows), relation.names);
  return relation;
}

}  // namespace millrace::plan
