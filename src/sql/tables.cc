#include "sql/grammar.h"

namespace millrace::sql {

namespace {

std::optional<TableAlias> parse_alias(TokenStream& tokens) {
  const bool has_as = tokens.accept("AS");
  if (!has_as && !at_name(tokens)) {
    return std::nullopt;
  }
  TableAlias alias{parse_name(tokens, "an alias, a name"), {}};
  if (tokens.at("(")) {
    alias.columns = parse_names_in_parentheses(tokens);
  }
  return alias;
}

NamedTable parse_named_table(TokenStream& tokens) {
  NamedTable table;
  table.name = parse_qualified_name(tokens, "a table name");
  table.hints = parse_hints(tokens);
  if (tokens.accept("FOR")) {
    tokens.expect({"SYSTEM_TIME", "AS", "OF"});
    table.system_time = parse_additive_expression(tokens);
  }
  return table;
}

// TABLE(f(...)), after TABLE.
ExpressionPtr parse_function_in_parentheses(TokenStream& tokens) {
  tokens.expect("(");
  ExpressionPtr call =
      parse_call(tokens, parse_qualified_name(tokens, "the name of a table function"));
  tokens.expect(")");
  return call;
}

Unnest parse_unnest(TokenStream& tokens) {
  Unnest unnest;
  tokens.expect("(");
  unnest.collection = parse_expression(tokens);
  tokens.expect(")");
  unnest.with_ordinality = tokens.accept({"WITH", "ORDINALITY"});
  return unnest;
}

TableReferencePtr parse_joins(TokenStream& tokens);

// How many names follow, joined by dots.
size_t length_of_name(const TokenStream& tokens) {
  size_t length = 0;
  while (at_name(tokens, length)) {
    ++length;
    if (!tokens.peek(length).is(".")) {
      break;
    }
    ++length;
  }
  return length;
}

// What stands in parentheses: a query, or joins that are to go first.
TableReferencePtr parse_table_in_parentheses(TokenStream& tokens, bool lateral) {
  const Nesting nesting(tokens);
  auto table = std::make_unique<TableReference>();
  table->position = tokens.position();
  size_t ahead = 1;
  while (tokens.peek(ahead).is("(")) {
    ++ahead;
  }
  const Token& first = tokens.peek(ahead);
  if (first.is("SELECT") || first.is("VALUES") || first.is("WITH")) {
    table->node = DerivedTable{parse_query_in_parentheses(tokens), lateral};
    return table;
  }
  tokens.expect("(");
  table = parse_joins(tokens);
  tokens.expect(")");
  return table;
}

TableReferencePtr parse_table(TokenStream& tokens) {
  auto table = std::make_unique<TableReference>();
  table->position = tokens.position();
  const bool lateral = tokens.accept("LATERAL");
  if (tokens.at("(")) {
    table = parse_table_in_parentheses(tokens, lateral);
  } else if (tokens.at({"TABLE", "("})) {
    tokens.next();
    table->node = FunctionTable{parse_function_in_parentheses(tokens), lateral};
  } else if (tokens.accept("UNNEST")) {
    table->node = parse_unnest(tokens);
  } else if (tokens.peek(length_of_name(tokens)).is("(") && at_name(tokens)) {
    table->node = FunctionTable{parse_call(tokens, parse_qualified_name(tokens)), lateral};
  } else {
    tokens.accept("TABLE");
    table->node = parse_named_table(tokens);
  }
  if (tokens.accept("MATCH_RECOGNIZE")) {
    auto matched = std::make_unique<TableReference>();
    matched->position = table->position;
    matched->node = parse_match_recognize(tokens, std::move(table));
    table = std::move(matched);
  }
  if (std::optional<TableAlias> alias = parse_alias(tokens)) {
    table->alias = std::move(alias);
  }
  return table;
}

// The words of a join, taken; nothing if no join is next.
std::optional<Join> parse_join_words(TokenStream& tokens) {
  Join join;
  if (tokens.accept(",") || tokens.accept({"CROSS", "JOIN"})) {
    join.kind = Join::Kind::cross;
    return join;
  }
  join.natural = tokens.accept("NATURAL");
  if (tokens.accept("LEFT")) {
    join.kind = Join::Kind::left;
  } else if (tokens.accept("RIGHT")) {
    join.kind = Join::Kind::right;
  } else if (tokens.accept("FULL")) {
    join.kind = Join::Kind::full;
  } else if (!tokens.accept("INNER") && !tokens.at("JOIN")) {
    if (join.natural) {
      tokens.fail("JOIN");
    }
    return std::nullopt;
  }
  if (join.kind != Join::Kind::inner) {
    tokens.accept("OUTER");
  }
  tokens.expect("JOIN");
  return join;
}

void parse_join_condition(TokenStream& tokens, Join& join) {
  if (join.kind == Join::Kind::cross || join.natural) {
    return;
  }
  if (tokens.accept("ON")) {
    join.on = parse_expression(tokens);
  } else if (tokens.accept("USING")) {
    join.using_ = parse_names_in_parentheses(tokens);
  } else {
    tokens.fail("ON or USING");
  }
}

TableReferencePtr parse_joins(TokenStream& tokens) {
  Level level(tokens);
  TableReferencePtr left = parse_table(tokens);
  for (;;) {
    const Position position = tokens.position();
    std::optional<Join> join = parse_join_words(tokens);
    if (!join) {
      return left;
    }
    join->left = std::move(left);
    join->right = parse_table(tokens);
    parse_join_condition(tokens, *join);
    left = std::make_unique<TableReference>();
    left->position = position;
    left->node = std::move(*join);
    level.grow();
  }
}

}  // namespace

TableReferencePtr parse_from(TokenStream& tokens) { return parse_joins(tokens); }

}  // namespace millrace::sql
