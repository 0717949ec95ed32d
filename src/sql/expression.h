#pragma once

// Expressions of the syntax tree: a closed set of nodes, held by value in one variant, so that who
// walks it handles every kind or does not compile (base/match.h).
//
// Calls that SQL writes with words, such as EXTRACT(DAY FROM t) or POSITION(a IN b), are ordinary
// FunctionCalls here, with a Symbol where the word stood. The printer knows how to write them.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/error.h"
#include "sql/name.h"
#include "sql/time_unit.h"
#include "sql/type_name.h"

namespace millrace::sql {

struct Expression;
using ExpressionPtr = std::unique_ptr<Expression>;

// Query is defined in query.h, which needs this header first.
struct Query;
struct DeleteQuery {
  void operator()(Query* query) const;
};
using QueryPtr = std::unique_ptr<Query, DeleteQuery>;

// --- Leaves ---

struct NullLiteral {};
struct BooleanLiteral {
  bool value = false;
};
// Digits with an optional point: exact. With an exponent: approximate, a DOUBLE.
struct NumberLiteral {
  std::string text;
  bool approximate = false;
};
struct StringLiteral {
  std::string value;
};
struct BinaryLiteral {
  std::string bytes;
};
// DATE '2026-01-31', TIME '12:00:00', TIMESTAMP '2026-01-31 12:00:00.123', TIMESTAMP WITH LOCAL
// TIME ZONE '2026-01-31 12:00:00'.
struct TemporalLiteral {
  enum class Kind : uint8_t { date, time, timestamp, timestamp_ltz };
  Kind kind = Kind::date;
  std::string text;
};
// INTERVAL '1 12' DAY TO HOUR.
struct IntervalLiteral {
  bool negative = false;
  std::string text;
  IntervalUnits units;
};
// A column, perhaps qualified, perhaps followed by the fields of a ROW: the binder tells them
// apart.
struct ColumnName {
  QualifiedName name;
};
// `*` or `t.*`; in a select list or in COUNT(*).
struct Star {
  std::vector<Name> qualifier;
};
// A word that is an argument: a time unit, BOTH, LEADING, TRAILING. In upper case.
struct Symbol {
  std::string word;
};

// --- Operators ---

enum class UnaryOperator : uint8_t { plus, minus, not_ };
struct Unary {
  UnaryOperator op = UnaryOperator::plus;
  ExpressionPtr operand;
};

enum class BinaryOperator : uint8_t {
  or_,
  and_,
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
  overlaps,
  add,
  subtract,
  multiply,
  divide,
  modulo,
  concatenate,
};
struct Binary {
  BinaryOperator op = BinaryOperator::add;
  ExpressionPtr left;
  ExpressionPtr right;
};

// value IS [NOT] NULL and the like.
struct Is {
  enum class What : uint8_t {
    null_,
    true_,
    false_,
    unknown,
    json_value,
    json_object,
    json_array,
    json_scalar
  };
  ExpressionPtr operand;
  What what = What::null_;
  bool negated = false;
};
// left IS [NOT] DISTINCT FROM right.
struct IsDistinctFrom {
  ExpressionPtr left;
  ExpressionPtr right;
  bool negated = false;
};
struct Between {
  ExpressionPtr value;
  ExpressionPtr low;
  ExpressionPtr high;
  bool negated = false;
  bool symmetric = false;
};
// value [NOT] IN (list) or (query); one of the two is set.
struct In {
  ExpressionPtr value;
  std::vector<ExpressionPtr> list;
  QueryPtr query;
  bool negated = false;
};
struct Like {
  enum class Kind : uint8_t { like, similar_to };
  Kind kind = Kind::like;
  ExpressionPtr value;
  ExpressionPtr pattern;
  ExpressionPtr escape;  // null if absent
  bool negated = false;
};
// left op ANY|ALL (list) or (query); one of the two is set. Of a list = ANY and <> ALL are In.
struct Quantified {
  enum class Quantifier : uint8_t { any, all };
  ExpressionPtr left;
  BinaryOperator op = BinaryOperator::equal;
  Quantifier quantifier = Quantifier::any;
  std::vector<ExpressionPtr> list;
  QueryPtr query;
};
struct Exists {
  QueryPtr query;
};
// A query in parentheses where a value stands.
struct ScalarSubquery {
  QueryPtr query;
};
struct Case {
  struct When {
    std::vector<ExpressionPtr> conditions;  // one, or the values of CASE x WHEN 1, 2
    ExpressionPtr result;
  };
  ExpressionPtr operand;  // null in CASE WHEN
  std::vector<When> whens;
  ExpressionPtr otherwise;  // null if absent
};
struct Cast {
  ExpressionPtr value;
  TypeName type;
  bool safe = false;  // TRY_CAST
};
struct ArrayConstructor {
  std::vector<ExpressionPtr> elements;
};
struct MapConstructor {
  std::vector<ExpressionPtr> entries;  // key, value, key, value
};
struct RowConstructor {
  std::vector<ExpressionPtr> fields;
};
// value[index], of an array or a map.
struct ElementAccess {
  ExpressionPtr value;
  ExpressionPtr index;
};
// value.field, where value is not itself a name: f(x).field, a[1].field, (row).field.
struct FieldAccess {
  ExpressionPtr value;
  Name field;
};

// --- Calls ---

struct OrderItem {
  enum class Nulls : uint8_t { unspecified, first, last };
  ExpressionPtr expression;
  bool descending = false;
  Nulls nulls = Nulls::unspecified;
};

struct FrameBound {
  enum class Kind : uint8_t {
    unbounded_preceding,
    preceding,
    current_row,
    following,
    unbounded_following
  };
  Kind kind = Kind::current_row;
  ExpressionPtr distance;  // of preceding and following
};
struct Frame {
  enum class Unit : uint8_t { rows, range };
  Position position;
  Unit unit = Unit::rows;
  FrameBound start;
  FrameBound end;
};
// What stands in OVER ( ) or after WINDOW w AS.
struct WindowSpecification {
  Position position;
  std::optional<Name> base;  // OVER w, or (w ORDER BY ...)
  std::vector<ExpressionPtr> partition_by;
  std::vector<OrderItem> order_by;
  std::optional<Frame> frame;
};

struct FunctionCall {
  enum class Nulls : uint8_t { unspecified, ignore, respect };
  QualifiedName name;
  std::vector<ExpressionPtr> arguments;
  bool distinct = false;
  bool parentheses = true;  // false for CURRENT_DATE and its like
  std::vector<OrderItem> within_group;
  ExpressionPtr filter;  // null if absent
  Nulls nulls = Nulls::unspecified;
  std::unique_ptr<WindowSpecification> over;  // null if absent
};
// name => value.
struct NamedArgument {
  Name name;
  ExpressionPtr value;
};
// TABLE t [PARTITION BY ...] [ORDER BY ...], or (query) with one of these.
struct TableArgument {
  QualifiedName table;  // without parts if `query` is set
  QueryPtr query;
  std::vector<ExpressionPtr> partition_by;
  std::vector<OrderItem> order_by;
};
// DESCRIPTOR(column, ...).
struct Descriptor {
  std::vector<Name> columns;
};

enum class JsonNulls : uint8_t { unspecified, null_, absent };
// JSON_OBJECT(KEY k VALUE v, ...), and JSON_OBJECTAGG with one entry.
struct JsonObject {
  struct Entry {
    ExpressionPtr key;
    ExpressionPtr value;
  };
  bool aggregate = false;
  std::vector<Entry> entries;
  JsonNulls nulls = JsonNulls::unspecified;
  ExpressionPtr filter;  // of the aggregate; null if absent
};
// JSON_ARRAY(v, ...), and JSON_ARRAYAGG with one element.
struct JsonArray {
  bool aggregate = false;
  std::vector<ExpressionPtr> elements;
  JsonNulls nulls = JsonNulls::unspecified;
  ExpressionPtr filter;  // of the aggregate; null if absent
};
// What a JSON function gives where it finds nothing or fails.
struct JsonFallback {
  enum class Kind : uint8_t {
    null_,
    error,
    empty,
    empty_array,
    empty_object,
    default_,
    true_,
    false_,
    unknown
  };
  Kind kind = Kind::null_;
  ExpressionPtr value;  // of default_
};
// JSON_EXISTS, JSON_VALUE, JSON_QUERY (input, path, clauses).
struct JsonPathCall {
  enum class Kind : uint8_t { exists, value, query };
  enum class Wrapper : uint8_t { unspecified, without, conditional, unconditional };
  Kind kind = Kind::value;
  ExpressionPtr input;
  ExpressionPtr path;
  std::optional<TypeName> returning;
  Wrapper wrapper = Wrapper::unspecified;
  std::optional<JsonFallback> on_empty;
  std::optional<JsonFallback> on_error;
};

struct Expression {
  using Node =
      std::variant<NullLiteral, BooleanLiteral, NumberLiteral, StringLiteral, BinaryLiteral,
                   TemporalLiteral, IntervalLiteral, ColumnName, Star, Symbol, Unary, Binary, Is,
                   IsDistinctFrom, Between, In, Like, Quantified, Exists, ScalarSubquery, Case,
                   Cast, ArrayConstructor, MapConstructor, RowConstructor, ElementAccess,
                   FieldAccess, FunctionCall, NamedArgument, TableArgument, Descriptor, JsonObject,
                   JsonArray, JsonPathCall>;

  Position position;  // of an operator: where it stands, not where its first operand begins
  Node node;
};

}  // namespace millrace::sql
