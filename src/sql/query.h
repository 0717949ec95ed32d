#pragma once

// Queries of the syntax tree.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/error.h"
#include "sql/expression.h"
#include "sql/name.h"

namespace millrace::sql {

// One hint of /*+ OPTIONS('k' = 'v'), BROADCAST(t) */.
struct Hint {
  struct Argument {
    Position position;
    std::string key;
    std::optional<std::string> value;  // absent in BROADCAST(t)
  };
  Name name;
  std::vector<Argument> arguments;
};

struct TableReference;
using TableReferencePtr = std::unique_ptr<TableReference>;

// A table, view or common table by name.
struct NamedTable {
  QualifiedName name;
  std::vector<Hint> hints;
  ExpressionPtr system_time;  // FOR SYSTEM_TIME AS OF; null if absent
};
// A query in parentheses in FROM.
struct DerivedTable {
  QueryPtr query;
  bool lateral = false;
};
// TABLE(f(...)), LATERAL TABLE(f(...)) or f(...), in FROM. The call is a FunctionCall.
struct FunctionTable {
  ExpressionPtr call;
  bool lateral = false;
};
struct Unnest {
  ExpressionPtr collection;
  bool with_ordinality = false;
};
struct Join {
  enum class Kind : uint8_t { inner, left, right, full, cross };
  Kind kind = Kind::inner;
  bool natural = false;
  TableReferencePtr left;
  TableReferencePtr right;
  ExpressionPtr on;          // null if absent
  std::vector<Name> using_;  // empty if absent
};

// input MATCH_RECOGNIZE (...).
struct MatchRecognize {
  struct Measure {
    // Of which rows: of the match up to the one at hand, or of all of it.
    enum class Rows : uint8_t { unspecified, running, final_ };
    Rows rows = Rows::unspecified;
    ExpressionPtr expression;
    Name name;
  };
  // A part of PATTERN with its quantifier.
  struct Element {
    // A variable; (a b), one behind the other; a | b, of sequences; PERMUTE(a, b), in any order; ^
    // ahead of the first row of a partition, $ behind the last.
    enum class Kind : uint8_t { variable, sequence, choice, permutation, start, end };
    Kind kind = Kind::variable;
    Name variable;  // of others the position alone
    std::vector<Element> parts;
    int32_t least = 1;
    std::optional<int32_t> most = 1;  // absent for "any number"
    bool reluctant = false;
    bool excluded = false;  // {- -}: its rows are not shown
  };
  // A name for the rows of several variables.
  struct Subset {
    Name name;
    std::vector<Name> variables;
  };
  enum class Skip : uint8_t { to_next_row, past_last_row, to_first, to_last };
  struct Definition {
    Name variable;
    ExpressionPtr condition;
  };
  TableReferencePtr input;
  std::vector<ExpressionPtr> partition_by;
  std::vector<OrderItem> order_by;
  std::vector<Measure> measures;
  // ONE ROW PER MATCH; ALL ROWS PER MATCH, with OMIT EMPTY MATCHES, with WITH UNMATCHED ROWS.
  enum class Shown : uint8_t { one_row, all_rows, all_but_empty, all_and_unmatched };
  Shown shown = Shown::one_row;
  Skip skip = Skip::to_next_row;
  std::optional<Name> skip_to;   // of to_first and to_last
  std::vector<Element> pattern;  // one behind the other
  ExpressionPtr within;          // null if absent
  std::vector<Subset> subsets;
  std::vector<Definition> definitions;
};

struct TableAlias {
  Name name;
  std::vector<Name> columns;
};

struct TableReference {
  Position position;
  std::variant<NamedTable, DerivedTable, FunctionTable, Unnest, Join, MatchRecognize> node;
  std::optional<TableAlias> alias;
};

struct SelectItem {
  ExpressionPtr expression;  // perhaps a Star
  std::optional<Name> alias;
};

// An element of GROUP BY.
struct Grouping {
  enum class Kind : uint8_t {
    expression,     // `expression`
    set,            // (a, b) or (): members are expressions
    rollup,         // members are expressions and sets
    cube,           // as rollup
    grouping_sets,  // members are of any kind
  };
  Position position;
  Kind kind = Kind::expression;
  ExpressionPtr expression;
  std::vector<Grouping> members;
};

struct NamedWindow {
  Name name;
  WindowSpecification specification;
};

struct Select {
  std::vector<Hint> hints;
  bool distinct = false;
  std::vector<SelectItem> items;
  TableReferencePtr from;  // null if absent, as are the next ones
  ExpressionPtr where;
  std::vector<Grouping> group_by;
  ExpressionPtr having;
  std::vector<NamedWindow> windows;
  ExpressionPtr qualify;
};

struct SetOperation {
  enum class Kind : uint8_t { union_, intersect, except };
  Kind kind = Kind::union_;
  bool all = false;
  QueryPtr left;
  QueryPtr right;
};
// VALUES (1, 'a'), (2, 'b').
struct Values {
  std::vector<std::vector<ExpressionPtr>> rows;
};
// TABLE t, short for SELECT * FROM t.
struct TableQuery {
  QualifiedName name;
};

struct CommonTable {
  Name name;
  std::vector<Name> columns;
  QueryPtr query;
};

struct Query {
  Position position;
  std::vector<CommonTable> with;
  std::variant<Select, SetOperation, Values, TableQuery> body;
  std::vector<OrderItem> order_by;
  ExpressionPtr offset;  // null if absent
  ExpressionPtr limit;   // LIMIT n or FETCH FIRST n ROWS ONLY; null if absent
};

}  // namespace millrace::sql
