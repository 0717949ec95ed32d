#include "base/similar.h"
#include "sql/grammar.h"

namespace millrace::sql {

namespace {

using Node = decltype(Statement::node);

// --- CREATE and DROP ---

CreateView parse_view(TokenStream& tokens) {
  CreateView view;
  view.if_not_exists = accept_if_not_exists(tokens);
  view.name = parse_qualified_name(tokens, "a view name");
  if (tokens.at("(")) {
    view.columns = parse_names_in_parentheses(tokens);
  }
  view.comment = parse_comment(tokens);
  tokens.expect("AS");
  const size_t begin = tokens.peek().begin;
  view.query_position = tokens.position();
  view.query = parse_query(tokens);
  view.query_text = tokens.text_since(begin);
  return view;
}

CreateFunction parse_function(TokenStream& tokens) {
  CreateFunction function;
  function.if_not_exists = accept_if_not_exists(tokens);
  function.name = parse_qualified_name(tokens, "a function name");
  tokens.expect("AS");
  function.implementation = parse_string(tokens, "the implementation, a string");
  if (tokens.accept("LANGUAGE")) {
    if (tokens.peek().kind != TokenKind::word) {
      tokens.fail("a language");
    }
    function.language = tokens.next().upper;
  }
  return function;
}

Node parse_create(TokenStream& tokens) {
  tokens.next();
  if (tokens.at({"OR", "REPLACE"})) {
    throw Error(ErrorCode::unsupported, "CREATE OR REPLACE is not supported", tokens.position());
  }
  const bool temporary = tokens.accept("TEMPORARY");
  const bool system = temporary && tokens.accept("SYSTEM");
  if (tokens.accept("TABLE")) {
    CreateTable table = parse_table_definition(tokens);
    table.temporary = temporary;
    return table;
  }
  if (tokens.accept("VIEW")) {
    CreateView view = parse_view(tokens);
    view.temporary = temporary;
    return view;
  }
  if (tokens.accept("FUNCTION")) {
    CreateFunction function = parse_function(tokens);
    function.temporary = temporary;
    function.system = system;
    return function;
  }
  tokens.fail("TABLE, VIEW or FUNCTION");
}

Node parse_drop(TokenStream& tokens) {
  tokens.next();
  Drop drop;
  drop.temporary = tokens.accept("TEMPORARY");
  if (tokens.accept("VIEW")) {
    drop.kind = ObjectKind::view;
  } else if (tokens.accept("FUNCTION")) {
    drop.kind = ObjectKind::function;
  } else if (!tokens.accept("TABLE")) {
    tokens.fail("TABLE, VIEW or FUNCTION");
  }
  drop.if_exists = tokens.accept({"IF", "EXISTS"});
  drop.name = parse_qualified_name(tokens);
  return drop;
}

// --- INSERT ---

Option parse_partition_value(TokenStream& tokens) {
  Option option;
  const Name column = parse_name(tokens, "a column name");
  option.key_position = column.position;
  option.key = column.text;
  tokens.expect("=");
  option.value_position = tokens.position();
  const TokenKind kind = tokens.peek().kind;
  if (kind != TokenKind::string && kind != TokenKind::integer && kind != TokenKind::decimal) {
    tokens.fail("a value, a string or a number");
  }
  option.value = tokens.next().text;
  return option;
}

Insert::Conflict parse_conflict(TokenStream& tokens) {
  if (!tokens.accept({"ON", "CONFLICT"})) {
    return Insert::Conflict::unspecified;
  }
  tokens.expect("DO");
  if (tokens.accept("DEDUPLICATE")) {
    return Insert::Conflict::deduplicate;
  }
  if (tokens.accept("NOTHING")) {
    return Insert::Conflict::nothing;
  }
  tokens.expect("ERROR");
  return Insert::Conflict::error;
}

Node parse_insert(TokenStream& tokens) {
  tokens.next();
  Insert insert;
  insert.overwrite = tokens.accept("OVERWRITE");
  if (!insert.overwrite) {
    tokens.expect("INTO");
  }
  insert.table = parse_qualified_name(tokens, "a table name");
  insert.hints = parse_hints(tokens);
  if (tokens.accept("PARTITION")) {
    tokens.expect("(");
    insert.partition = parse_list(tokens, parse_partition_value);
    tokens.expect(")");
  }
  // "(" may begin the columns or the query.
  if (tokens.at("(") && at_name(tokens, 1)) {
    insert.columns = parse_names_in_parentheses(tokens);
  }
  insert.query = parse_query(tokens);
  insert.on_conflict = parse_conflict(tokens);
  return insert;
}

// The inserts up to END, each with its semicolon.
StatementSet parse_inserts_to_end(TokenStream& tokens) {
  StatementSet set;
  while (!tokens.accept("END")) {
    if (!tokens.at("INSERT")) {
      tokens.fail("INSERT or END");
    }
    set.inserts.push_back(parse_one_statement(tokens));
    if (!tokens.accept(";")) {
      tokens.fail("';' after the INSERT");
    }
  }
  return set;
}

// EXECUTE STATEMENT SET BEGIN ... END, or EXECUTE before any statement, which says nothing more.
Node parse_execute(TokenStream& tokens) {
  tokens.next();
  if (tokens.accept({"STATEMENT", "SET"})) {
    tokens.expect("BEGIN");
    return parse_inserts_to_end(tokens);
  }
  if (!tokens.at("INSERT") && !at_query(tokens)) {
    tokens.fail("STATEMENT SET, INSERT or a query");
  }
  return std::move(parse_one_statement(tokens)->node);
}

Node parse_begin(TokenStream& tokens) {
  tokens.next();
  tokens.expect({"STATEMENT", "SET", ";"});
  return parse_inserts_to_end(tokens);
}

// STATEMENT SET BEGIN ... END, as it stands after EXPLAIN.
Node parse_statement_set(TokenStream& tokens) {
  tokens.expect({"STATEMENT", "SET", "BEGIN"});
  return parse_inserts_to_end(tokens);
}

// --- The session ---

Node parse_set(TokenStream& tokens) {
  tokens.next();
  Set set;
  if (tokens.peek().kind == TokenKind::string) {
    Option option;
    option.key_position = tokens.position();
    option.key = tokens.next().text;
    tokens.expect("=");
    option.value_position = tokens.position();
    option.value = parse_string(tokens, "the value in single quotes");
    set.option = std::move(option);
  } else if (!tokens.at(";") && tokens.peek().kind != TokenKind::end) {
    tokens.fail("a setting in single quotes, as in SET 'key' = 'value'");
  }
  return set;
}

Node parse_reset(TokenStream& tokens) {
  tokens.next();
  Reset reset;
  if (tokens.peek().kind == TokenKind::string) {
    reset.key = tokens.next().text;
  }
  return reset;
}

Explain::Detail parse_explain_detail(TokenStream& tokens) {
  using Detail = Explain::Detail;
  if (tokens.accept("ESTIMATED_COST")) {
    return Detail::estimated_cost;
  }
  if (tokens.accept("CHANGELOG_MODE")) {
    return Detail::changelog_mode;
  }
  if (tokens.accept("JSON_EXECUTION_PLAN")) {
    return Detail::json_execution_plan;
  }
  if (tokens.accept("PLAN_ADVICE")) {
    return Detail::plan_advice;
  }
  tokens.fail("ESTIMATED_COST, CHANGELOG_MODE, JSON_EXECUTION_PLAN or PLAN_ADVICE");
}

Node parse_explain(TokenStream& tokens) {
  tokens.next();
  Explain explain;
  if (!tokens.accept({"PLAN", "FOR"}) &&
      tokens.at_any({"ESTIMATED_COST", "CHANGELOG_MODE", "JSON_EXECUTION_PLAN", "PLAN_ADVICE"})) {
    explain.details = parse_list(tokens, parse_explain_detail);
  }
  if (!tokens.at_any({"INSERT", "STATEMENT", "EXECUTE", "("}) && !at_query(tokens)) {
    tokens.fail("a query, INSERT or STATEMENT SET");
  }
  explain.statement = parse_one_statement(tokens);
  return explain;
}

Show parse_show_target(TokenStream& tokens) {
  using What = Show::What;
  Show show;
  if (tokens.accept({"CREATE", "TABLE"})) {
    show.what = What::create_table;
    show.name = parse_qualified_name(tokens, "a table name");
  } else if (tokens.accept({"CREATE", "VIEW"})) {
    show.what = What::create_view;
    show.name = parse_qualified_name(tokens, "a view name");
  } else if (tokens.accept("COLUMNS")) {
    show.what = What::columns;
    if (!tokens.accept("IN")) {
      tokens.expect("FROM");
    }
    show.name = parse_qualified_name(tokens, "a table name");
  } else if (tokens.accept({"CURRENT", "CATALOG"})) {
    show.what = What::current_catalog;
  } else if (tokens.accept({"CURRENT", "DATABASE"})) {
    show.what = What::current_database;
  } else if (tokens.accept("TABLES")) {
    show.what = What::tables;
  } else if (tokens.accept("VIEWS")) {
    show.what = What::views;
  } else if (tokens.accept("FUNCTIONS")) {
    show.what = What::functions;
  } else if (tokens.accept("CATALOGS")) {
    show.what = What::catalogs;
  } else if (tokens.accept("DATABASES")) {
    show.what = What::databases;
  } else if (tokens.accept("JOBS")) {
    show.what = What::jobs;
  } else {
    tokens.fail("TABLES, VIEWS, FUNCTIONS, COLUMNS, JOBS, CREATE TABLE or CREATE VIEW");
  }
  return show;
}

Node parse_show(TokenStream& tokens) {
  tokens.next();
  Show show = parse_show_target(tokens);
  show.not_like = tokens.at({"NOT", "LIKE"});
  if (show.not_like) {
    tokens.next();
  }
  if (tokens.accept("LIKE")) {
    show.like = parse_string(tokens, "a pattern, a string");
  }
  return show;
}

Node parse_describe(TokenStream& tokens) {
  tokens.next();
  tokens.accept("EXTENDED");
  return Describe{parse_qualified_name(tokens, "a table name")};
}

Node parse_use(TokenStream& tokens) {
  tokens.next();
  const bool catalog = tokens.accept("CATALOG");
  return Use{catalog, parse_qualified_name(tokens, "the name of a database")};
}

Node parse_query_statement(TokenStream& tokens) { return QueryStatement{parse_query(tokens)}; }

struct Rule {
  std::string_view word;
  Node (*parse)(TokenStream&);
};

constexpr Rule kRules[] = {{"SELECT", parse_query_statement},
                           {"WITH", parse_query_statement},
                           {"VALUES", parse_query_statement},
                           {"TABLE", parse_query_statement},
                           {"(", parse_query_statement},
                           {"INSERT", parse_insert},
                           {"CREATE", parse_create},
                           {"DROP", parse_drop},
                           {"EXECUTE", parse_execute},
                           {"BEGIN", parse_begin},
                           {"STATEMENT", parse_statement_set},
                           {"SET", parse_set},
                           {"RESET", parse_reset},
                           {"EXPLAIN", parse_explain},
                           {"SHOW", parse_show},
                           {"DESCRIBE", parse_describe},
                           {"DESC", parse_describe},
                           {"USE", parse_use}};

// Statements that Flink has and this parser has not.
constexpr std::string_view kUnsupported[] = {"ALTER",    "ANALYZE", "CALL",  "COMPILE",
                                             "DELETE",   "LOAD",    "MERGE", "STOP",
                                             "TRUNCATE", "UNLOAD",  "UPDATE"};

[[noreturn]] void fail_at_statement(const TokenStream& tokens) {
  const Token& token = tokens.peek();
  for (const std::string_view word : kUnsupported) {
    if (token.is(word)) {
      throw Error(ErrorCode::unsupported, std::string(word) + " is not supported", token.position);
    }
  }
  std::vector<std::string> words;
  for (const Rule& rule : kRules) {
    words.emplace_back(rule.word);
  }
  if (token.kind == TokenKind::word) {
    throw Error(
        ErrorCode::syntax,
        "expected a statement, found '" + token.text + "'" + did_you_mean(token.text, words),
        token.position);
  }
  tokens.fail("a statement");
}

}  // namespace

StatementPtr parse_one_statement(TokenStream& tokens) {
  const Nesting nesting(tokens);
  for (const Rule& rule : kRules) {
    if (tokens.at(rule.word)) {
      auto statement = std::make_unique<Statement>();
      const size_t begin = tokens.peek().begin;
      statement->position = tokens.position();
      statement->node = rule.parse(tokens);
      statement->text = tokens.text_since(begin);
      return statement;
    }
  }
  fail_at_statement(tokens);
}

}  // namespace millrace::sql
