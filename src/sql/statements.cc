#include "base/similar.h"
#include "sql/grammar.h"

namespace millrace::sql {

namespace {

using Node = StatementNode;

// What there is in place of statements that Flink has and this parser has not.
constexpr std::string_view kNoJava =
    "there is no Java here, and CREATE FUNCTION ... LANGUAGE C USING LIBRARY names its library";
constexpr std::string_view kInsertsAlone =
    "a table changes by what INSERT brings, which may be updates and deletions where it takes them "
    "('upsert-kafka', 'debezium-json'); a table of the lake takes new rows alone, and is otherwise "
    "changed by another writer of Delta";
constexpr std::string_view kNoModules = "there is the module core, with all functions";

// --- INSERT ---

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
    insert.partition = parse_partition(tokens);
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
  if (tokens.at("PLAN")) {
    throw Error(ErrorCode::unsupported,
                "EXECUTE PLAN is not supported: a pipeline keeps its text, and plans it again",
                tokens.position());
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

bool at_end_of_statement(const TokenStream& tokens) {
  return tokens.at(";") || tokens.peek().kind == TokenKind::end;
}

// A key or a value of a setting: in single quotes, or, as Flink's client takes them too, without,
// up to a blank.
std::string parse_of_setting(TokenStream& tokens) {
  const Token& first = tokens.peek();
  if (first.kind == TokenKind::string) {
    return tokens.next().text;
  }
  if (first.kind == TokenKind::invalid || first.kind == TokenKind::symbol ||
      at_end_of_statement(tokens)) {
    throw Error(ErrorCode::syntax, "a setting stands in single quotes, as in SET 'key' = 'value'",
                first.position);
  }
  do {
    tokens.next();
  } while (tokens.peek().begin == tokens.previous().end && !at_end_of_statement(tokens) &&
           !tokens.at("=") && tokens.peek().kind != TokenKind::invalid);
  return std::string(tokens.text_since(first.begin));
}

Node parse_set(TokenStream& tokens) {
  tokens.next();
  Set set;
  if (!at_end_of_statement(tokens)) {
    Option option;
    option.key_position = tokens.position();
    option.key = parse_of_setting(tokens);
    tokens.expect("=");
    option.value_position = tokens.position();
    option.value = parse_of_setting(tokens);
    set.option = std::move(option);
  }
  return set;
}

Node parse_reset(TokenStream& tokens) {
  tokens.next();
  Reset reset;
  if (!at_end_of_statement(tokens)) {
    reset.key = parse_of_setting(tokens);
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
  if (tokens.accept("STATE")) {
    return Detail::state;
  }
  tokens.fail("ESTIMATED_COST, CHANGELOG_MODE, JSON_EXECUTION_PLAN, PLAN_ADVICE or STATE");
}

Node parse_explain(TokenStream& tokens) {
  tokens.next();
  Explain explain;
  if (!tokens.accept({"PLAN", "FOR"}) &&
      tokens.at_any(
          {"ESTIMATED_COST", "CHANGELOG_MODE", "JSON_EXECUTION_PLAN", "PLAN_ADVICE", "STATE"})) {
    explain.details = parse_list(tokens, parse_explain_detail);
  }
  if (!tokens.at_any({"INSERT", "STATEMENT", "EXECUTE", "CREATE", "("}) && !at_query(tokens)) {
    tokens.fail("a query, INSERT, STATEMENT SET or CREATE TABLE AS");
  }
  explain.statement = parse_one_statement(tokens);
  return explain;
}

Name parse_module(TokenStream& tokens) {
  Name name = parse_name(tokens, "the name of a module");
  if (name.text != "core") {
    throw Error(ErrorCode::unsupported,
                "No module with name '" + name.text + "' exists: " + std::string(kNoModules),
                name.position);
  }
  return name;
}

// In Flink the order of several is the one in which functions are looked for.
Node parse_use_modules(TokenStream& tokens) {
  const std::vector<Name> names = parse_list(tokens, parse_module);
  if (names.size() > 1) {
    throw Error(ErrorCode::invalid_argument, "Module 'core' appears more than once",
                names[1].position);
  }
  return UseModules{};
}

Node parse_use(TokenStream& tokens) {
  tokens.next();
  if (tokens.accept("MODULES")) {
    return parse_use_modules(tokens);
  }
  const bool catalog = tokens.accept("CATALOG");
  return Use{catalog, parse_qualified_name(tokens, "the name of a database")};
}

Node parse_stop(TokenStream& tokens) {
  tokens.next();
  tokens.expect("JOB");
  StopJob stop;
  stop.id = parse_string(tokens, "the job's id, a string");
  stop.with_savepoint = tokens.accept({"WITH", "SAVEPOINT"});
  stop.with_drain = tokens.accept({"WITH", "DRAIN"});
  return stop;
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
                           {"USE", parse_use},
                           {"ALTER", parse_alter},
                           {"STOP", parse_stop}};

struct Unsupported {
  std::string_view word;
  std::string_view instead;
};
constexpr Unsupported kUnsupported[] = {
    {"ADD", kNoJava},
    {"ANALYZE", "plans are made without statistics"},
    {"CALL", "there are no procedures"},
    {"COMPILE", "a pipeline keeps its text, and plans it again"},
    {"DELETE", kInsertsAlone},
    {"LOAD", kNoModules},
    {"MERGE", kInsertsAlone},
    {"REMOVE", kNoJava},
    {"TRUNCATE", kInsertsAlone},
    {"UNLOAD", kNoModules},
    {"UPDATE", kInsertsAlone}};

[[noreturn]] void fail_at_statement(const TokenStream& tokens) {
  const Token& token = tokens.peek();
  for (const Unsupported& form : kUnsupported) {
    if (token.is(form.word)) {
      throw Error(ErrorCode::unsupported,
                  std::string(form.word) + " is not supported: " + std::string(form.instead),
                  token.position);
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
