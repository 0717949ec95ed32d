#pragma once

// The rules of the grammar, one function each, by file. Internal to the parser; parser.h is the way
// in.

#include <optional>
#include <string>
#include <vector>

#include "sql/expression.h"
#include "sql/query.h"
#include "sql/statement.h"
#include "sql/token_stream.h"

namespace millrace::sql {

// item {, item}
template <typename ParseItem>
auto parse_list(TokenStream& tokens, ParseItem parse_item) {
  std::vector<decltype(parse_item(tokens))> items;
  do {
    items.push_back(parse_item(tokens));
  } while (tokens.accept(","));
  return items;
}

// --- names.cc ---
bool at_name(const TokenStream& tokens, size_t ahead = 0);
Name parse_name(TokenStream& tokens, std::string_view what = "a name",
                Wanted wanted = Wanted::name);
Name parse_column_name(TokenStream& tokens);
QualifiedName parse_qualified_name(TokenStream& tokens, std::string_view what = "a name",
                                   Wanted wanted = Wanted::name);
std::vector<Name> parse_names_in_parentheses(TokenStream& tokens);
std::string parse_string(TokenStream& tokens, std::string_view what);
int32_t parse_integer(TokenStream& tokens, std::string_view what);

// --- types.cc ---
TypeName parse_type(TokenStream& tokens);
// Units after INTERVAL or INTERVAL '...'.
IntervalUnits parse_interval_units(TokenStream& tokens);
TimeUnit parse_time_unit(TokenStream& tokens);

// --- expressions.cc ---
ExpressionPtr make_expression(Position position, Expression::Node node);
ExpressionPtr parse_expression(TokenStream& tokens);
// An operand of comparisons: what binds tighter than BETWEEN and IN.
ExpressionPtr parse_additive_expression(TokenStream& tokens);

// --- calls.cc ---
// What stands between the parentheses of a call and after them.
ExpressionPtr parse_call(TokenStream& tokens, QualifiedName name);
ExpressionPtr parse_filter(TokenStream& tokens);

// --- special_forms.cc ---
// A literal, constructor or call with a syntax of its own (CASE, CAST, INTERVAL, JSON_VALUE), or
// null if none begins here.
ExpressionPtr parse_special_form(TokenStream& tokens);

// --- jdbc_escapes.cc ---
ExpressionPtr parse_jdbc_escape(TokenStream& tokens);  // at {

// --- json_functions.cc ---
ExpressionPtr parse_json_object(TokenStream& tokens);
ExpressionPtr parse_json_array(TokenStream& tokens);
ExpressionPtr parse_json_path_call(TokenStream& tokens);

// --- windows.cc ---
// GROUP BY, ORDER BY, PARTITION BY: no BY after the word is a mistake.
bool accept_by(TokenStream& tokens, std::string_view word);
OrderItem parse_order_item(TokenStream& tokens);
std::vector<OrderItem> parse_order_items(TokenStream& tokens);          // after ORDER BY
std::vector<ExpressionPtr> parse_partition_items(TokenStream& tokens);  // after PARTITION BY
WindowSpecification parse_window_specification(TokenStream& tokens);

// --- queries.cc ---
// SELECT, VALUES, WITH, TABLE: whatever a query begins with, but for a parenthesis.
bool at_query(const TokenStream& tokens);
QueryPtr parse_query(TokenStream& tokens);
QueryPtr parse_query_in_parentheses(TokenStream& tokens);
// What may follow a complete query that stood in parentheses: UNION, ORDER BY, LIMIT.
bool at_query_tail(const TokenStream& tokens);
QueryPtr parse_query_tail(TokenStream& tokens, QueryPtr first);
std::vector<Hint> parse_hints(TokenStream& tokens);

// --- tables.cc ---
TableReferencePtr parse_from(TokenStream& tokens);

// --- match_recognize.cc ---
MatchRecognize parse_match_recognize(TokenStream& tokens, TableReferencePtr input);

// --- table_definitions.cc ---
CreateTable parse_table_definition(TokenStream& tokens);  // after CREATE [TEMPORARY] TABLE
CreateTable parse_materialized_table(
    TokenStream& tokens);  // after CREATE [OR ALTER] MATERIALIZED TABLE
bool accept_if_not_exists(TokenStream& tokens);
std::optional<std::string> parse_comment(TokenStream& tokens);
std::vector<Option> parse_options(TokenStream& tokens);    // ('k' = 'v', ...)
std::vector<Option> parse_partition(TokenStream& tokens);  // (k = 'v', ...)

// ADD or MODIFY, after the word.
ChangeElements parse_changed_elements(TokenStream& tokens, ChangeElements::Verb verb);

// --- definitions.cc ---
using StatementNode = decltype(Statement::node);
StatementNode parse_create(TokenStream& tokens);
StatementNode parse_drop(TokenStream& tokens);

// --- alterations.cc ---
StatementNode parse_alter(TokenStream& tokens);

// --- show.cc ---
StatementNode parse_show(TokenStream& tokens);
StatementNode parse_describe(TokenStream& tokens);

// --- statements.cc ---
StatementPtr parse_one_statement(TokenStream& tokens);

}  // namespace millrace::sql
