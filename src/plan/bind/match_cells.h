#pragma once

// What conditions and measures of MATCH_RECOGNIZE read: they become expressions over cells, each of
// which says what it reads of the rows that were matched so far (MatchRecognize::Cell).

#include <optional>
#include <string>
#include <vector>

#include "plan/bind/expressions.h"
#include "plan/bind/projected_below.h"
#include "plan/nodes.h"
#include "sql/query.h"

namespace millrace::plan {

class MatchCells {
 public:
  // Of a node whose pattern is known. All of these outlive this.
  MatchCells(const Scope& scope, const Node& input, MatchRecognize& node);

  // The rows of several variables, by a name of their own.
  void add_subset(const sql::MatchRecognize::Subset& subset);
  // Over the cells, which are the node's.
  function::Expression bind_measure(const sql::MatchRecognize::Measure& measure);
  function::Expression bind_condition(const sql::Expression& written);
  // A column of the input, which what is computed is put behind.
  size_t bind_column(const sql::Expression& written);
  // Wherever the variable stands in the pattern.
  std::vector<size_t> find_variable(const std::string& name) const;
  std::vector<size_t> elements_of(const sql::Name& variable) const;
  // The input with the computed columns behind its own.
  Node* input_of(Plan& plan, Node* input) const;

 private:
  using Cell = MatchRecognize::Cell;
  // The elements of the pattern whose rows arguments are meant for, all where empty; nothing where
  // no column is read.
  using Elements = std::optional<std::vector<size_t>>;
  struct Subset {
    std::string name;
    std::vector<size_t> elements;
  };

  // Of a variable or a subset.
  std::vector<size_t> elements_named(const sql::Name& name) const;
  std::optional<std::vector<size_t>> find_elements(const std::string& name) const;

  ExpressionBinder binder();
  std::optional<function::Expression> answer(const sql::Expression& written);
  // An expression over one row. What it reads is of the rows that were read before, if any were.
  function::Expression bind_over_row(const sql::Expression& written, Elements& read);
  function::Expression row_value(Cell::Kind kind, const sql::Expression& written, uint32_t offset,
                                 std::string name);
  // Whether each match has the row: what a measure says of it is NULL where the row has it alone.
  bool has_row(const Cell& cell) const;
  function::Expression navigation(const sql::FunctionCall& call, const sql::Expression& written,
                                  Cell::Kind kind);
  // Which of the matches of its key it is, from 1.
  function::Expression match_number(const sql::Expression& written);
  // The variable of the row at hand.
  function::Expression classifier(const sql::Expression& written);
  // Without an argument it is the time by UTC, of whatever the rows are ordered by: what an instant
  // is in a column anyway. Of a named column the type stays as it is.
  function::Expression match_rowtime(const sql::FunctionCall& call, const sql::Expression& written);
  function::Expression aggregate(const sql::FunctionCall& call, const sql::Expression& written,
                                 const std::string& name);

  // The number that an equal one has already, or a new one.
  function::Expression cell_value(Cell cell);

  const Scope& scope_;
  const Node& input_;
  MatchRecognize& node_;
  std::vector<Subset> subsets_;
  bool final_ = false;         // what is bound is of the whole match
  bool in_condition_ = false;  // of DEFINE
  ProjectedBelow below_;
};

}  // namespace millrace::plan
