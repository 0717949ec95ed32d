// CREATE and DROP of everything but tables, whose elements are in table_definitions.cc.

#include "sql/grammar.h"

namespace millrace::sql {

namespace {

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

// --- Functions ---

CreateFunction::Parameter parse_parameter(TokenStream& tokens) {
  Name name = parse_name(tokens, "the name of a parameter");
  return {std::move(name), parse_type(tokens)};
}

// (a INT, ...) RETURNS type RETURN expression.
void parse_body(TokenStream& tokens, CreateFunction& function) {
  tokens.expect("(");
  if (!tokens.at(")")) {
    function.parameters = parse_list(tokens, parse_parameter);
  }
  tokens.expect(")");
  tokens.expect("RETURNS");
  function.returns = parse_type(tokens);
  tokens.expect("RETURN");
  function.body = parse_expression(tokens);
}

CreateFunction::Library parse_library(TokenStream& tokens) {
  if (tokens.at("JAR")) {
    throw Error(ErrorCode::unsupported, "USING JAR is not supported: there is no Java here",
                tokens.position());
  }
  if (!tokens.accept("LIBRARY")) {
    tokens.fail("LIBRARY");
  }
  Position at = tokens.position();
  return {std::move(at), parse_string(tokens, "the path of a shared library, a string")};
}

CreateFunction parse_function(TokenStream& tokens) {
  CreateFunction function;
  function.if_not_exists = accept_if_not_exists(tokens);
  function.name = parse_qualified_name(tokens, "a function name");
  if (tokens.at("(")) {
    parse_body(tokens, function);
    return function;
  }
  tokens.expect("AS");
  function.implementation_position = tokens.position();
  function.implementation = parse_string(tokens, "the implementation, a string");
  if (tokens.accept("LANGUAGE")) {
    if (tokens.peek().kind != TokenKind::word) {
      tokens.fail("a language");
    }
    function.language = tokens.next().upper;
  }
  if (tokens.accept("USING")) {
    function.libraries = parse_list(tokens, parse_library);
  }
  return function;
}

// --- Catalogs and databases ---

std::vector<Option> parse_optional_options(TokenStream& tokens) {
  return tokens.accept("WITH") ? parse_options(tokens) : std::vector<Option>();
}

CreateCatalog parse_catalog(TokenStream& tokens) {
  CreateCatalog catalog;
  catalog.if_not_exists = accept_if_not_exists(tokens);
  catalog.name = parse_name(tokens, "the name of a catalog");
  catalog.comment = parse_comment(tokens);
  catalog.options = parse_optional_options(tokens);
  return catalog;
}

CreateDatabase parse_database(TokenStream& tokens) {
  CreateDatabase database;
  database.if_not_exists = accept_if_not_exists(tokens);
  database.name = parse_qualified_name(tokens, "the name of a database");
  database.comment = parse_comment(tokens);
  database.options = parse_optional_options(tokens);
  return database;
}

// --- Models ---

ColumnDefinition parse_model_column(TokenStream& tokens) {
  ColumnDefinition column;
  column.name = parse_column_name(tokens);
  column.type = parse_type(tokens);
  column.comment = parse_comment(tokens);
  return column;
}

std::vector<ColumnDefinition> parse_model_columns(TokenStream& tokens, std::string_view word) {
  if (!tokens.accept(word)) {
    return {};
  }
  tokens.expect("(");
  std::vector<ColumnDefinition> columns = parse_list(tokens, parse_model_column);
  tokens.expect(")");
  return columns;
}

CreateModel parse_model(TokenStream& tokens) {
  CreateModel model;
  model.if_not_exists = accept_if_not_exists(tokens);
  model.name = parse_qualified_name(tokens, "the name of a model");
  model.inputs = parse_model_columns(tokens, "INPUT");
  model.outputs = parse_model_columns(tokens, "OUTPUT");
  model.comment = parse_comment(tokens);
  tokens.expect("WITH");
  model.options = parse_options(tokens);
  return model;
}

// The kinds by their word.
struct Kind {
  std::string_view word;
  ObjectKind kind;
};
constexpr Kind kKinds[] = {{"TABLE", ObjectKind::table},       {"VIEW", ObjectKind::view},
                           {"FUNCTION", ObjectKind::function}, {"CATALOG", ObjectKind::catalog},
                           {"DATABASE", ObjectKind::database}, {"MODEL", ObjectKind::model}};

ObjectKind parse_kind(TokenStream& tokens) {
  if (tokens.accept({"MATERIALIZED", "TABLE"})) {
    return ObjectKind::materialized_table;
  }
  if (tokens.at("CONNECTION")) {
    throw Error(ErrorCode::unsupported, "CONNECTION is not supported", tokens.position());
  }
  for (const Kind& kind : kKinds) {
    if (tokens.accept(kind.word)) {
      return kind.kind;
    }
  }
  tokens.fail("TABLE, VIEW, FUNCTION, MODEL, DATABASE or CATALOG");
}

// TEMPORARY [SYSTEM], which catalogs and databases do not take.
struct Scope {
  bool temporary = false;
  bool system = false;
};
Scope parse_scope(TokenStream& tokens) {
  Scope scope;
  scope.temporary = tokens.accept("TEMPORARY");
  scope.system = scope.temporary && tokens.accept("SYSTEM");
  if (scope.system && !tokens.at("FUNCTION")) {
    tokens.fail("FUNCTION");
  }
  if (scope.temporary && tokens.at_any({"CATALOG", "DATABASE", "MATERIALIZED"})) {
    tokens.fail("TABLE, VIEW, FUNCTION or MODEL");
  }
  return scope;
}

StatementNode parse_table(TokenStream& tokens, const Scope& scope, bool or_replace) {
  CreateTable table = parse_table_definition(tokens);
  table.temporary = scope.temporary;
  table.or_replace = or_replace;
  return table;
}

}  // namespace

StatementNode parse_create(TokenStream& tokens) {
  tokens.next();
  const Position at = tokens.position();
  const bool or_replace = tokens.accept({"OR", "REPLACE"});
  const bool or_alter = !or_replace && tokens.accept({"OR", "ALTER"});
  const Scope scope = parse_scope(tokens);
  const ObjectKind kind = parse_kind(tokens);
  if (or_alter && kind != ObjectKind::materialized_table) {
    throw Error(ErrorCode::unsupported, "OR ALTER belongs to CREATE MATERIALIZED TABLE alone", at);
  }
  if (or_replace && kind != ObjectKind::table) {
    throw Error(ErrorCode::unsupported, "OR REPLACE belongs to CREATE TABLE ... AS alone", at);
  }
  switch (kind) {
    case ObjectKind::table: return parse_table(tokens, scope, or_replace);
    case ObjectKind::materialized_table: {
      CreateTable table = parse_materialized_table(tokens);
      table.refresh->or_alter = or_alter;
      return table;
    }
    case ObjectKind::catalog: return parse_catalog(tokens);
    case ObjectKind::database: return parse_database(tokens);
    case ObjectKind::view: {
      CreateView view = parse_view(tokens);
      view.temporary = scope.temporary;
      return view;
    }
    case ObjectKind::model: {
      CreateModel model = parse_model(tokens);
      model.temporary = scope.temporary;
      return model;
    }
    case ObjectKind::function: break;
  }
  CreateFunction function = parse_function(tokens);
  function.temporary = scope.temporary;
  function.system = scope.system;
  return function;
}

StatementNode parse_drop(TokenStream& tokens) {
  tokens.next();
  Drop drop;
  const Scope scope = parse_scope(tokens);
  drop.temporary = scope.temporary;
  drop.system = scope.system;
  drop.kind = parse_kind(tokens);
  drop.if_exists = tokens.accept({"IF", "EXISTS"});
  drop.name = parse_qualified_name(tokens);
  if (drop.kind == ObjectKind::database && !tokens.accept("RESTRICT")) {
    drop.cascade = tokens.accept("CASCADE");
  }
  return drop;
}

}  // namespace millrace::sql
