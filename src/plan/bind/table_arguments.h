#pragma once

// The arguments of a built-in function in FROM, by place or by name, and the table among them.

#include <string>
#include <string_view>
#include <vector>

#include "sql/expression.h"
#include "sql/query.h"

namespace millrace::plan {

struct TableFunction {
  std::string_view name;
  // In their order. One in capitals is known by its name in any case.
  std::vector<std::string_view> parameters;
  std::string_view usage;

  // Throws Error, and says what the function takes.
  [[noreturn]] void fail(const std::string& problem, const Position& at,
                         ErrorCode code = ErrorCode::invalid_argument) const;
};

// By parameter; null where one is left out. Throws Error for arguments that are too many, are there
// twice, or have the name of no parameter.
std::vector<const sql::Expression*> arguments_of(const TableFunction& function,
                                                 const sql::FunctionCall& call);

// A table by its name, or a query in its place; points into the expression.
struct TableInput {
  const sql::TableArgument* table = nullptr;  // null for a query alone
  const sql::Query* query = nullptr;          // null for a table by its name

  std::string name() const { return query == nullptr ? table->table.last().text : ""; }
};

// Of the argument that is the function's first parameter.
TableInput read_table_input(const TableFunction& function, const sql::Expression& argument);

}  // namespace millrace::plan
