#include "base/ascii_case.h"
#include "base/hex.h"
#include "base/match.h"
#include "sql/keywords.h"
#include "sql/operators.h"
#include "sql/printer.h"
#include "sql/time_difference.h"

namespace millrace::sql {

namespace {

Precedence precedence_of(const Expression& expression) {
  return match(
      expression.node, [](const Binary& binary) { return word_of(binary.op).precedence; },
      [](const Unary& unary) {
        return unary.op == UnaryOperator::not_ ? Precedence::not_ : Precedence::unary;
      },
      [](const Is&) { return Precedence::is; },
      [](const IsDistinctFrom&) { return Precedence::comparison; },
      [](const Quantified&) { return Precedence::comparison; },
      [](const Between&) { return Precedence::range; }, [](const In&) { return Precedence::range; },
      [](const Like&) { return Precedence::range; },
      [](const auto&) { return Precedence::primary; });
}

// In parentheses if it binds less tightly than its place asks for.
std::string operand(const ExpressionPtr& expression, Precedence loosest) {
  const std::string text = to_sql(*expression);
  return precedence_of(*expression) < loosest ? "(" + text + ")" : text;
}

std::string in_parentheses(const QueryPtr& query) { return "(" + to_sql(*query) + ")"; }

const char* not_if(bool negated) { return negated ? "NOT " : ""; }

// --- Literals ---

std::string print(const NullLiteral&) { return "NULL"; }
std::string print(const BooleanLiteral& literal) { return literal.value ? "TRUE" : "FALSE"; }
std::string print(const NumberLiteral& literal) { return literal.text; }
std::string print(const StringLiteral& literal) { return string_literal(literal.value); }

std::string print(const IntervalLiteral& literal) {
  return std::string("INTERVAL ") + (literal.negative ? "-" : "") + string_literal(literal.text) +
         " " + to_sql(literal.units);
}

std::string print(const BinaryLiteral& literal) {
  std::string text = "X'";
  append_large_hex(literal.bytes, text);
  return text + "'";
}

std::string print(const TemporalLiteral& literal) {
  using Kind = TemporalLiteral::Kind;
  const char* words = literal.kind == Kind::date        ? "DATE "
                      : literal.kind == Kind::time      ? "TIME "
                      : literal.kind == Kind::timestamp ? "TIMESTAMP "
                                                        : "TIMESTAMP WITH LOCAL TIME ZONE ";
  return words + string_literal(literal.text);
}

// --- Names ---

std::string print(const ColumnName& column) { return to_sql(column.name); }
std::string print(const Symbol& symbol) { return symbol.word; }

std::string print(const Star& star) {
  std::string text;
  for (const Name& part : star.qualifier) {
    text += quoted_if_needed(part.text) + ".";
  }
  return text + "*";
}

// --- Operators ---

std::string print(const Unary& unary) {
  if (unary.op == UnaryOperator::not_) {
    return "NOT " + operand(unary.operand, Precedence::not_);
  }
  const std::string text = operand(unary.operand, Precedence::unary);
  const char sign = unary.op == UnaryOperator::minus ? '-' : '+';
  // -- would begin a comment.
  return sign + (text[0] == '-' ? "(" + text + ")" : text);
}

std::string print(const Binary& binary) {
  const OperatorWord& op = word_of(binary.op);
  // How a chain of ANDs was cut (expressions.cc) nobody wrote.
  const bool is_chain = op.precedence <= Precedence::and_;
  return operand(binary.left, op.precedence) + " " + std::string(op.word) + " " +
         operand(binary.right, is_chain ? op.precedence : tighter(op.precedence));
}

const char* word_of(Is::What what) {
  switch (what) {
    case Is::What::null_: return "NULL";
    case Is::What::true_: return "TRUE";
    case Is::What::false_: return "FALSE";
    case Is::What::unknown: return "UNKNOWN";
    case Is::What::json_value: return "JSON VALUE";
    case Is::What::json_object: return "JSON OBJECT";
    case Is::What::json_array: return "JSON ARRAY";
    case Is::What::json_scalar: return "JSON SCALAR";
  }
  return "";
}

std::string print(const Is& is) {
  return operand(is.operand, Precedence::is) + " IS " + not_if(is.negated) + word_of(is.what);
}

std::string print(const IsDistinctFrom& is) {
  return operand(is.left, Precedence::comparison) + " IS " + not_if(is.negated) + "DISTINCT FROM " +
         operand(is.right, tighter(Precedence::comparison));
}

std::string print(const Between& between) {
  return operand(between.value, Precedence::range) + " " + not_if(between.negated) + "BETWEEN " +
         (between.symmetric ? "SYMMETRIC " : "") + operand(between.low, Precedence::additive) +
         " AND " + operand(between.high, Precedence::additive);
}

std::string print(const In& in) {
  return operand(in.value, Precedence::range) + " " + not_if(in.negated) + "IN " +
         (in.query ? in_parentheses(in.query) : "(" + to_sql(in.list) + ")");
}

std::string print(const Like& like) {
  return operand(like.value, Precedence::range) + " " + not_if(like.negated) +
         (like.kind == Like::Kind::like ? "LIKE " : "SIMILAR TO ") +
         operand(like.pattern, Precedence::additive) +
         (like.escape ? " ESCAPE " + operand(like.escape, Precedence::additive) : "");
}

std::string print(const Quantified& quantified) {
  const bool any = quantified.quantifier == Quantified::Quantifier::any;
  return operand(quantified.left, Precedence::comparison) + " " +
         std::string(word_of(quantified.op).word) + (any ? " ANY " : " ALL ") +
         (quantified.query ? in_parentheses(quantified.query)
                           : "(" + to_sql(quantified.list) + ")");
}

std::string print(const Exists& exists) { return "EXISTS " + in_parentheses(exists.query); }
std::string print(const ScalarSubquery& subquery) { return in_parentheses(subquery.query); }

std::string print(const Case& expression) {
  std::string text = "CASE ";
  text += expression.operand ? to_sql(*expression.operand) + " " : "";
  for (const Case::When& when : expression.whens) {
    text += "WHEN " + to_sql(when.conditions) + " THEN " + to_sql(*when.result) + " ";
  }
  text += expression.otherwise ? "ELSE " + to_sql(*expression.otherwise) + " " : "";
  return text + "END";
}

std::string print(const Cast& cast) {
  return (cast.safe ? "TRY_CAST(" : "CAST(") + to_sql(*cast.value) + " AS " + to_sql(cast.type) +
         ")";
}

std::string print(const ArrayConstructor& array) { return "ARRAY[" + to_sql(array.elements) + "]"; }
std::string print(const MapConstructor& map) { return "MAP[" + to_sql(map.entries) + "]"; }
std::string print(const RowConstructor& row) { return "ROW(" + to_sql(row.fields) + ")"; }

std::string print(const ElementAccess& access) {
  return operand(access.value, Precedence::primary) + "[" + to_sql(*access.index) + "]";
}

std::string print(const FieldAccess& access) {
  // A bare name or number would take the field for a part of itself.
  const bool holds_together = std::holds_alternative<FunctionCall>(access.value->node) ||
                              std::holds_alternative<ElementAccess>(access.value->node) ||
                              std::holds_alternative<FieldAccess>(access.value->node);
  const std::string value = to_sql(*access.value);
  return (holds_together ? value : "(" + value + ")") + "." + quoted_if_needed(access.field.text);
}

// --- Calls ---

bool is_symbol(const FunctionCall& call, size_t argument) {
  return argument < call.arguments.size() &&
         std::holds_alternative<Symbol>(call.arguments[argument]->node);
}

// The arguments of a call that SQL writes with words; empty if this one is written plainly.
std::string arguments_with_words(const std::string& name, const FunctionCall& call) {
  const auto argument = [&](size_t i) { return to_sql(*call.arguments[i]); };
  const size_t count = call.arguments.size();
  if (name == "EXTRACT" && count == 2 && is_symbol(call, 0)) {
    return argument(0) + " FROM " + argument(1);
  }
  if (name == "POSITION" && (count == 2 || count == 3)) {
    return operand(call.arguments[0], Precedence::additive) + " IN " + argument(1) +
           (count == 3 ? " FROM " + argument(2) : "");
  }
  if (name == "TRIM" && count == 3 && is_symbol(call, 0)) {
    return argument(0) + " " + argument(1) + " FROM " + argument(2);
  }
  if ((name == "FLOOR" || name == "CEIL" || name == "CEILING") && is_symbol(call, 1)) {
    return argument(0) + " TO " + argument(1);
  }
  if ((name == "TIMESTAMPADD" || name == "TIMESTAMPDIFF") && is_symbol(call, 0)) {
    return to_sql(call.arguments);
  }
  return "";
}

// Reserved, and still read as this function when it stands bare before these arguments.
bool stands_bare(const std::string& name, const FunctionCall& call) {
  if (name == "SUBSTRING" || name == "OVERLAY") {
    return !call.arguments.empty() && !call.distinct;
  }
  if (name == "FLOOR" || name == "CEIL" || name == "CEILING") {
    return call.arguments.size() == 1 && !call.distinct;
  }
  return is_reserved_function(name);
}

std::string call_suffixes(const FunctionCall& call) {
  std::string text;
  if (!call.within_group.empty()) {
    text += " WITHIN GROUP (ORDER BY " + to_sql(call.within_group) + ")";
  }
  if (call.nulls != FunctionCall::Nulls::unspecified) {
    text += call.nulls == FunctionCall::Nulls::ignore ? " IGNORE NULLS" : " RESPECT NULLS";
  }
  if (call.filter) {
    text += " FILTER (WHERE " + to_sql(*call.filter) + ")";
  }
  return call.over ? text + " OVER " + to_sql(*call.over) : text;
}

std::string print(const FunctionCall& call) {
  const std::string name = upper_case(call.name.last().text);
  const bool simple_name = call.name.parts.size() == 1;
  if (!call.parentheses) {
    return name;
  }
  if (name == kTimeDifference && simple_name && is_symbol(call, 0) && call.arguments.size() == 3) {
    return "(" + operand(call.arguments[1], Precedence::additive) + " - " +
           operand(call.arguments[2], Precedence::multiplicative) + ") " +
           to_sql(*call.arguments[0]);
  }
  const std::string words = simple_name ? arguments_with_words(name, call) : "";
  if (!words.empty()) {
    return name + "(" + words + ")";
  }
  const bool bare = simple_name && stands_bare(name, call);
  return (bare ? name : to_sql(call.name)) + "(" + (call.distinct ? "DISTINCT " : "") +
         to_sql(call.arguments) + ")" + call_suffixes(call);
}

std::string print(const NamedArgument& argument) {
  return quoted_if_needed(argument.name.text) + " => " + to_sql(*argument.value);
}

std::string print(const TableArgument& argument) {
  std::string text =
      argument.query ? in_parentheses(argument.query) : "TABLE " + to_sql(argument.table);
  text +=
      argument.partition_by.empty() ? "" : " PARTITION BY (" + to_sql(argument.partition_by) + ")";
  return argument.order_by.empty() ? text : text + " ORDER BY (" + to_sql(argument.order_by) + ")";
}

std::string print(const Descriptor& descriptor) {
  return "DESCRIPTOR(" + to_sql(descriptor.columns) + ")";
}

// --- JSON ---

const char* text_of(JsonNulls nulls) {
  switch (nulls) {
    case JsonNulls::unspecified: return "";
    case JsonNulls::null_: return " NULL ON NULL";
    case JsonNulls::absent: return " ABSENT ON NULL";
  }
  return "";
}

std::string filter_clause(const ExpressionPtr& filter) {
  return filter ? " FILTER (WHERE " + to_sql(*filter) + ")" : "";
}

std::string print(const JsonObject& object) {
  std::string entries;
  for (const JsonObject::Entry& entry : object.entries) {
    entries += (entries.empty() ? "KEY " : ", KEY ") + to_sql(*entry.key) + " VALUE " +
               to_sql(*entry.value);
  }
  return (object.aggregate ? "JSON_OBJECTAGG(" : "JSON_OBJECT(") + entries + text_of(object.nulls) +
         ")" + filter_clause(object.filter);
}

std::string print(const JsonArray& array) {
  return (array.aggregate ? "JSON_ARRAYAGG(" : "JSON_ARRAY(") + to_sql(array.elements) +
         text_of(array.nulls) + ")" + filter_clause(array.filter);
}

std::string text_of(const JsonFallback& fallback) {
  using Kind = JsonFallback::Kind;
  switch (fallback.kind) {
    case Kind::null_: return "NULL";
    case Kind::error: return "ERROR";
    case Kind::empty: return "EMPTY";
    case Kind::empty_array: return "EMPTY ARRAY";
    case Kind::empty_object: return "EMPTY OBJECT";
    case Kind::default_: return "DEFAULT " + to_sql(*fallback.value);
    case Kind::true_: return "TRUE";
    case Kind::false_: return "FALSE";
    case Kind::unknown: return "UNKNOWN";
  }
  return "";
}

const char* text_of(JsonPathCall::Wrapper wrapper) {
  switch (wrapper) {
    case JsonPathCall::Wrapper::unspecified: return "";
    case JsonPathCall::Wrapper::without: return " WITHOUT ARRAY WRAPPER";
    case JsonPathCall::Wrapper::conditional: return " WITH CONDITIONAL ARRAY WRAPPER";
    case JsonPathCall::Wrapper::unconditional: return " WITH UNCONDITIONAL ARRAY WRAPPER";
  }
  return "";
}

std::string print(const JsonPathCall& call) {
  const char* name = call.kind == JsonPathCall::Kind::exists  ? "JSON_EXISTS("
                     : call.kind == JsonPathCall::Kind::value ? "JSON_VALUE("
                                                              : "JSON_QUERY(";
  std::string text = name + to_sql(*call.input) + ", " + to_sql(*call.path);
  text += call.returning ? " RETURNING " + to_sql(*call.returning) : "";
  text += text_of(call.wrapper);
  text += call.on_empty ? " " + text_of(*call.on_empty) + " ON EMPTY" : "";
  text += call.on_error ? " " + text_of(*call.on_error) + " ON ERROR" : "";
  return text + ")";
}

// --- Windows ---

std::string to_sql(const FrameBound& bound) {
  switch (bound.kind) {
    case FrameBound::Kind::unbounded_preceding: return "UNBOUNDED PRECEDING";
    case FrameBound::Kind::preceding: return to_sql(*bound.distance) + " PRECEDING";
    case FrameBound::Kind::current_row: return "CURRENT ROW";
    case FrameBound::Kind::following: return to_sql(*bound.distance) + " FOLLOWING";
    case FrameBound::Kind::unbounded_following: return "UNBOUNDED FOLLOWING";
  }
  return "";
}

std::string to_sql(const OrderItem& item) {
  std::string text = to_sql(*item.expression) + (item.descending ? " DESC" : "");
  if (item.nulls != OrderItem::Nulls::unspecified) {
    text += item.nulls == OrderItem::Nulls::first ? " NULLS FIRST" : " NULLS LAST";
  }
  return text;
}

}  // namespace

std::string to_sql(const Expression& expression) {
  return match(expression.node, [](const auto& node) { return print(node); });
}

std::string to_sql(const std::vector<ExpressionPtr>& expressions) {
  std::string text;
  for (const ExpressionPtr& expression : expressions) {
    text += (text.empty() ? "" : ", ") + to_sql(*expression);
  }
  return text;
}

std::string to_sql(const std::vector<OrderItem>& items) {
  std::string text;
  for (const OrderItem& item : items) {
    text += (text.empty() ? "" : ", ") + to_sql(item);
  }
  return text;
}

std::string to_sql(const WindowSpecification& window) {
  std::string text;
  const auto add = [&](const std::string& clause) { text += (text.empty() ? "" : " ") + clause; };
  if (window.base) {
    add(quoted_if_needed(window.base->text));
  }
  if (!window.partition_by.empty()) {
    add("PARTITION BY " + to_sql(window.partition_by));
  }
  if (!window.order_by.empty()) {
    add("ORDER BY " + to_sql(window.order_by));
  }
  if (window.frame) {
    add((window.frame->unit == Frame::Unit::rows ? "ROWS BETWEEN " : "RANGE BETWEEN ") +
        to_sql(window.frame->start) + " AND " + to_sql(window.frame->end));
  }
  return "(" + text + ")";
}

}  // namespace millrace::sql
