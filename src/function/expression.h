#pragma once

// A bound expression: types known, columns by number, functions chosen. The planner makes it, the
// evaluator (evaluate.h) computes it over a batch.

#include <cstdint>
#include <string>
#include <vector>

#include "column/column.h"
#include "column/type.h"

namespace millrace::function {

struct ScalarSignature;

enum class ExpressionKind : uint8_t {
  column,    // an input column, by number
  literal,   // a constant
  call,      // a scalar function of its arguments, all of them evaluated
  cast,      // arguments[0] to `type`; a value that does not fit fails the row
  try_cast,  // the same, giving NULL instead
  and_,      // three-valued, over two or more; an argument sees only rows still undecided
  or_,
  case_,     // when, then, when, then, ..., else: a branch sees only the rows that reach it
  coalesce,  // the first that is not NULL
};

struct Expression {
  ExpressionKind kind = ExpressionKind::literal;
  Type type;
  size_t column = 0;                                 // of column
  Column literal;                                    // of literal: a flat column of one row
  std::shared_ptr<const ScalarSignature> signature;  // of call
  std::vector<Expression> arguments;
  uint32_t line = 0;  // in the statement's text, for messages about rows; 0 where unknown
  uint32_t text_column = 0;
  uint32_t common_part = 0;  // where others are equal to it (repeated_parts.h); 0 for none

  static Expression of_column(size_t number, Type type);
  static Expression of_literal(Column one_row);
  static Expression of_call(std::shared_ptr<const ScalarSignature> signature,
                            std::vector<Expression> arguments);
  static Expression of(ExpressionKind kind, Type type, std::vector<Expression> arguments);

  // Equal as trees: the same value for the same row (calls of volatile functions are not).
  bool equals(const Expression& other) const;
  // Calls visit(column number) for each column reference; a column may come several times.
  template <typename Visit>
  void visit_columns(Visit&& visit) const {
    if (kind == ExpressionKind::column) {
      visit(column);
    }
    for (const Expression& argument : arguments) {
      argument.visit_columns(visit);
    }
  }
  // The same expression with column n replaced by replacements[n].
  Expression substituted(const std::vector<Expression>& replacements) const;
  // As EXPLAIN shows it; `names` are the input columns'.
  std::string to_string(const std::vector<std::string>& names) const;
};

}  // namespace millrace::function
