#include "sql/grammar.h"

namespace millrace::sql {

namespace {

// Without parentheses a comma would be that of the next argument.
void parse_partitions(TokenStream& tokens, TableArgument& argument) {
  if (accept_by(tokens, "PARTITION")) {
    if (tokens.accept("(")) {
      argument.partition_by = parse_partition_items(tokens);
      tokens.expect(")");
    } else {
      argument.partition_by.push_back(parse_expression(tokens));
    }
  }
  if (accept_by(tokens, "ORDER")) {
    if (tokens.accept("(")) {
      argument.order_by = parse_order_items(tokens);
      tokens.expect(")");
    } else {
      argument.order_by.push_back(parse_order_item(tokens));
    }
  }
}

// TABLE t [PARTITION BY a, b] [ORDER BY c].
ExpressionPtr parse_table_argument(TokenStream& tokens) {
  const Position position = tokens.position();
  tokens.expect("TABLE");
  TableArgument argument;
  argument.table =
      parse_qualified_name(tokens, "a table name (a query stands in parentheses without TABLE)");
  parse_partitions(tokens, argument);
  return make_expression(position, std::move(argument));
}

// (query) PARTITION BY a: without the clauses it may be a value as well.
ExpressionPtr with_partitions(TokenStream& tokens, ExpressionPtr value) {
  auto* sub_query = std::get_if<ScalarSubquery>(&value->node);
  if (sub_query == nullptr || !tokens.at_any({"PARTITION", "ORDER"})) {
    return value;
  }
  TableArgument argument;
  argument.query = std::move(sub_query->query);
  parse_partitions(tokens, argument);
  return make_expression(value->position, std::move(argument));
}

ExpressionPtr parse_descriptor(TokenStream& tokens) {
  const Position position = tokens.next().position;
  return make_expression(position, Descriptor{parse_names_in_parentheses(tokens)});
}

ExpressionPtr parse_argument_value(TokenStream& tokens) {
  if (tokens.at("TABLE")) {
    return parse_table_argument(tokens);
  }
  if (tokens.at({"DESCRIPTOR", "("})) {
    return parse_descriptor(tokens);
  }
  if (tokens.at("MODEL") && at_name(tokens, 1)) {
    throw Error(ErrorCode::unsupported,
                "no function uses a model yet: ML_PREDICT and its like are not supported",
                tokens.position());
  }
  if (tokens.at({"DEFAULT"})) {
    return make_expression(tokens.next().position, Symbol{"DEFAULT"});
  }
  return with_partitions(tokens, parse_expression(tokens));
}

ExpressionPtr parse_argument(TokenStream& tokens) {
  if (!at_name(tokens) || !tokens.peek(1).is("=>")) {
    return parse_argument_value(tokens);
  }
  Name name = parse_name(tokens);
  const Position position = name.position;
  tokens.expect("=>");
  return make_expression(position, NamedArgument{std::move(name), parse_argument_value(tokens)});
}

void parse_null_treatment(TokenStream& tokens, FunctionCall& call) {
  if (tokens.accept({"IGNORE", "NULLS"})) {
    call.nulls = FunctionCall::Nulls::ignore;
  } else if (tokens.accept({"RESPECT", "NULLS"})) {
    call.nulls = FunctionCall::Nulls::respect;
  }
}

void parse_arguments(TokenStream& tokens, FunctionCall& call) {
  if (tokens.at({"*", ")"})) {
    call.arguments.push_back(make_expression(tokens.next().position, Star{}));
    return;
  }
  if (tokens.at(")")) {
    return;
  }
  call.distinct = tokens.accept("DISTINCT");
  tokens.accept("ALL");
  call.arguments = parse_list(tokens, parse_argument);
  parse_null_treatment(tokens, call);
}

void parse_call_suffixes(TokenStream& tokens, FunctionCall& call) {
  if (tokens.accept({"WITHIN", "GROUP"})) {
    tokens.expect({"(", "ORDER", "BY"});
    call.within_group = parse_order_items(tokens);
    tokens.expect(")");
  }
  if (call.nulls == FunctionCall::Nulls::unspecified) {
    parse_null_treatment(tokens, call);
  }
  call.filter = parse_filter(tokens);
  if (tokens.accept("OVER")) {
    call.over = std::make_unique<WindowSpecification>(parse_window_specification(tokens));
  }
}

}  // namespace

ExpressionPtr parse_filter(TokenStream& tokens) {
  if (!tokens.accept("FILTER")) {
    return nullptr;
  }
  tokens.expect({"(", "WHERE"});
  ExpressionPtr condition = parse_expression(tokens);
  tokens.expect(")");
  return condition;
}

ExpressionPtr parse_call(TokenStream& tokens, QualifiedName name) {
  FunctionCall call;
  Position position = name.position();
  call.name = std::move(name);
  tokens.expect("(");
  parse_arguments(tokens, call);
  if (!tokens.accept(")")) {
    tokens.fail("',' or ')'");
  }
  parse_call_suffixes(tokens, call);
  return make_expression(std::move(position), std::move(call));
}

}  // namespace millrace::sql
