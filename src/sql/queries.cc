#include "sql/grammar.h"

namespace millrace::sql {

void DeleteQuery::operator()(Query* query) const { delete query; }

namespace {

QueryPtr make_query(Position position) {
  QueryPtr query(new Query());
  query->position = std::move(position);
  return query;
}

// --- Hints ---

Hint::Argument parse_hint_argument(TokenStream& tokens) {
  Hint::Argument argument;
  argument.position = tokens.position();
  const auto text = [&] {
    return tokens.peek().kind == TokenKind::string || tokens.peek().kind == TokenKind::integer
               ? tokens.next().text
               : parse_name(tokens, "a name or a string").text;
  };
  argument.key = text();
  while (tokens.accept(".")) {
    argument.key += "." + parse_name(tokens).text;
  }
  if (tokens.accept("=")) {
    argument.value = text();
  }
  return argument;
}

Hint parse_hint(TokenStream& tokens) {
  Hint hint{parse_name(tokens, "the name of a hint"), {}};
  if (tokens.accept("(")) {
    hint.arguments = parse_list(tokens, parse_hint_argument);
    tokens.expect(")");
  }
  return hint;
}

// --- SELECT ---

bool at_qualified_star(const TokenStream& tokens) {
  size_t ahead = 0;
  while (at_name(tokens, ahead) && tokens.peek(ahead + 1).is(".")) {
    ahead += 2;
  }
  return tokens.peek(ahead).is("*");
}

ExpressionPtr parse_star(TokenStream& tokens) {
  const Position position = tokens.position();
  Star star;
  while (!tokens.accept("*")) {
    star.qualifier.push_back(parse_name(tokens));
    tokens.expect(".");
  }
  return make_expression(position, std::move(star));
}

SelectItem parse_select_item(TokenStream& tokens) {
  SelectItem item;
  if (at_qualified_star(tokens)) {
    item.expression = parse_star(tokens);
    return item;
  }
  item.expression = parse_expression(tokens);
  if (tokens.accept("AS")) {
    item.alias = parse_name(tokens, "an alias, a name");
  } else if (at_name(tokens)) {
    item.alias = parse_name(tokens);
  }
  return item;
}

std::vector<Grouping> parse_groupings(TokenStream& tokens);

Grouping parse_grouping(TokenStream& tokens) {
  const Nesting nesting(tokens);
  Grouping grouping;
  grouping.position = tokens.position();
  if (tokens.accept({"GROUPING", "SETS"})) {
    grouping.kind = Grouping::Kind::grouping_sets;
  } else if (tokens.accept("ROLLUP")) {
    grouping.kind = Grouping::Kind::rollup;
  } else if (tokens.accept("CUBE")) {
    grouping.kind = Grouping::Kind::cube;
  } else if (tokens.at({"(", ")"})) {
    grouping.kind = Grouping::Kind::set;
  } else {
    grouping.expression = parse_expression(tokens);
    auto* row = std::get_if<RowConstructor>(&grouping.expression->node);
    if (row == nullptr) {
      return grouping;
    }
    // (a, b) reads as a row; here it is a set of two.
    grouping.kind = Grouping::Kind::set;
    for (ExpressionPtr& field : row->fields) {
      const Position position = field->position;
      grouping.members.push_back({position, Grouping::Kind::expression, std::move(field), {}});
    }
    grouping.expression = nullptr;
    return grouping;
  }
  tokens.expect("(");
  if (!tokens.at(")")) {
    grouping.members = parse_groupings(tokens);
  }
  tokens.expect(")");
  return grouping;
}

std::vector<Grouping> parse_groupings(TokenStream& tokens) {
  return parse_list(tokens, parse_grouping);
}

NamedWindow parse_named_window(TokenStream& tokens) {
  NamedWindow window;
  window.name = parse_name(tokens, "the name of a window");
  tokens.expect("AS");
  window.specification = parse_window_specification(tokens);
  return window;
}

// After SELECT.
Select parse_select(TokenStream& tokens) {
  Select select;
  select.hints = parse_hints(tokens);
  select.distinct = tokens.accept("DISTINCT");
  tokens.accept("ALL");
  select.items = parse_list(tokens, parse_select_item);
  if (tokens.accept("FROM")) {
    select.from = parse_from(tokens);
  }
  if (tokens.accept("WHERE")) {
    select.where = parse_expression(tokens);
  }
  if (accept_by(tokens, "GROUP")) {
    select.group_by = parse_groupings(tokens);
  }
  if (tokens.accept("HAVING")) {
    select.having = parse_expression(tokens);
  }
  if (tokens.accept("WINDOW")) {
    select.windows = parse_list(tokens, parse_named_window);
  }
  if (tokens.accept("QUALIFY")) {
    select.qualify = parse_expression(tokens);
  }
  return select;
}

// --- VALUES ---

std::vector<ExpressionPtr> parse_values_row(TokenStream& tokens) {
  tokens.accept("ROW");
  std::vector<ExpressionPtr> row;
  if (tokens.accept("(")) {
    row = parse_list(tokens, parse_expression);
    tokens.expect(")");
  } else {
    row.push_back(parse_expression(tokens));
  }
  return row;
}

// --- Set operations ---

QueryPtr parse_term(TokenStream& tokens) {
  if (tokens.at("(")) {
    return parse_query_in_parentheses(tokens);
  }
  QueryPtr query = make_query(tokens.position());
  if (tokens.accept("SELECT")) {
    query->body = parse_select(tokens);
  } else if (tokens.accept("VALUES")) {
    query->body = Values{parse_list(tokens, parse_values_row)};
  } else if (tokens.accept("TABLE")) {
    query->body = TableQuery{parse_qualified_name(tokens, "a table name")};
  } else {
    tokens.fail("a query: SELECT, VALUES, WITH or '('");
  }
  return query;
}

std::optional<SetOperation::Kind> set_operation_at(const TokenStream& tokens) {
  if (tokens.at("UNION")) {
    return SetOperation::Kind::union_;
  }
  if (tokens.at("INTERSECT")) {
    return SetOperation::Kind::intersect;
  }
  return tokens.at("EXCEPT") ? std::optional(SetOperation::Kind::except) : std::nullopt;
}

QueryPtr parse_set_operand(TokenStream& tokens, QueryPtr left, SetOperation::Kind kind);

// INTERSECT binds tighter than UNION and EXCEPT.
QueryPtr parse_intersections(TokenStream& tokens, QueryPtr left, Level& level) {
  while (tokens.at("INTERSECT")) {
    left = parse_set_operand(tokens, std::move(left), SetOperation::Kind::intersect);
    level.grow();
  }
  return left;
}

// The operation at hand with `left`.
QueryPtr parse_set_operand(TokenStream& tokens, QueryPtr left, SetOperation::Kind kind) {
  QueryPtr query = make_query(tokens.next().position);
  SetOperation operation;
  operation.kind = kind;
  operation.all = tokens.accept("ALL");
  tokens.accept("DISTINCT");
  operation.left = std::move(left);
  operation.right = parse_term(tokens);
  if (kind != SetOperation::Kind::intersect) {
    Level level(tokens);
    operation.right = parse_intersections(tokens, std::move(operation.right), level);
  }
  query->body = std::move(operation);
  return query;
}

QueryPtr parse_set_operations(TokenStream& tokens, QueryPtr left) {
  Level level(tokens);
  left = parse_intersections(tokens, std::move(left), level);
  while (const auto kind = set_operation_at(tokens)) {
    left = parse_set_operand(tokens, std::move(left), *kind);
    level.grow();
  }
  return left;
}

// --- ORDER BY, LIMIT ---

void parse_offset(TokenStream& tokens, Query& query) {
  if (!query.offset && tokens.accept("OFFSET")) {
    query.offset = parse_expression(tokens);
    if (!tokens.accept("ROW")) {
      tokens.accept("ROWS");
    }
  }
}

void parse_limit(TokenStream& tokens, Query& query) {
  if (tokens.accept("LIMIT")) {
    if (!tokens.accept("ALL")) {
      query.limit = parse_expression(tokens);
    }
  } else if (tokens.accept("FETCH")) {
    if (!tokens.accept("FIRST")) {
      tokens.expect("NEXT");
    }
    query.limit = parse_expression(tokens);
    if (!tokens.accept("ROW")) {
      tokens.expect("ROWS");
    }
    tokens.expect("ONLY");
  }
}

bool at_order_or_limit(const TokenStream& tokens) {
  return tokens.at_any({"ORDER", "OFFSET", "LIMIT", "FETCH"});
}

// A query that has its own ORDER BY or LIMIT and stood in parentheses stays as it is, inside of
// SELECT * FROM (...).
QueryPtr wrap(QueryPtr inner) {
  QueryPtr query = make_query(inner->position);
  Select select;
  SelectItem star;
  star.expression = make_expression(inner->position, Star{});
  select.items.push_back(std::move(star));
  select.from = std::make_unique<TableReference>();
  select.from->position = inner->position;
  select.from->node = DerivedTable{std::move(inner), false};
  query->body = std::move(select);
  return query;
}

QueryPtr parse_order_and_limit(TokenStream& tokens, QueryPtr query) {
  if (!at_order_or_limit(tokens)) {
    return query;
  }
  if (!query->order_by.empty() || query->limit || query->offset) {
    query = wrap(std::move(query));
  }
  if (accept_by(tokens, "ORDER")) {
    query->order_by = parse_order_items(tokens);
  }
  parse_offset(tokens, *query);
  if (query->offset && tokens.at("LIMIT")) {
    throw Error(
        ErrorCode::syntax,
        "'OFFSET start LIMIT count' is not allowed under the current SQL conformance level: "
        "write LIMIT ahead of OFFSET",
        tokens.position());
  }
  parse_limit(tokens, *query);
  parse_offset(tokens, *query);
  return query;
}

// --- WITH ---

CommonTable parse_common_table(TokenStream& tokens) {
  CommonTable table;
  table.name = parse_name(tokens, "the name of a common table");
  if (tokens.at("(")) {
    table.columns = parse_names_in_parentheses(tokens);
  }
  tokens.expect("AS");
  table.query = parse_query_in_parentheses(tokens);
  return table;
}

}  // namespace

std::vector<Hint> parse_hints(TokenStream& tokens) {
  std::vector<Hint> hints;
  if (tokens.accept("/*+")) {
    do {
      hints.push_back(parse_hint(tokens));
      tokens.accept(",");
    } while (!tokens.accept("*/"));
  }
  return hints;
}

bool at_query(const TokenStream& tokens) {
  return tokens.at_any({"SELECT", "VALUES", "WITH", "TABLE"});
}

bool at_query_tail(const TokenStream& tokens) {
  return set_operation_at(tokens).has_value() || at_order_or_limit(tokens);
}

QueryPtr parse_query_tail(TokenStream& tokens, QueryPtr first) {
  return parse_order_and_limit(tokens, parse_set_operations(tokens, std::move(first)));
}

QueryPtr parse_query(TokenStream& tokens) {
  const Nesting nesting(tokens);
  std::vector<CommonTable> with;
  if (tokens.at("WITH")) {
    tokens.next();
    if (tokens.at("RECURSIVE")) {
      throw Error(ErrorCode::unsupported, "WITH RECURSIVE is not supported", tokens.position());
    }
    with = parse_list(tokens, parse_common_table);
  }
  QueryPtr query = parse_query_tail(tokens, parse_term(tokens));
  if (!with.empty()) {
    if (!query->with.empty()) {
      query = wrap(std::move(query));
    }
    query->with = std::move(with);
  }
  return query;
}

QueryPtr parse_query_in_parentheses(TokenStream& tokens) {
  const Nesting nesting(tokens);
  tokens.expect("(");
  QueryPtr query = parse_query(tokens);
  if (!tokens.accept(")")) {
    tokens.fail("')' or the next clause of the query");
  }
  return query;
}

}  // namespace millrace::sql
