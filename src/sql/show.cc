// SHOW and DESCRIBE.

#include "sql/grammar.h"

namespace millrace::sql {

namespace {

using What = Show::What;

// What stands behind the words of a SHOW.
enum class Operand : uint8_t { nothing, object, from_object, perhaps_from };

struct Form {
  std::initializer_list<std::string_view> words;
  What what;
  Operand operand;
};

const Form kForms[] = {
    {{"CREATE", "TABLE"}, What::create_table, Operand::object},
    {{"CREATE", "MATERIALIZED", "TABLE"}, What::create_materialized_table, Operand::object},
    {{"CREATE", "VIEW"}, What::create_view, Operand::object},
    {{"CREATE", "MODEL"}, What::create_model, Operand::object},
    {{"CREATE", "CATALOG"}, What::create_catalog, Operand::object},
    {{"CURRENT", "CATALOG"}, What::current_catalog, Operand::nothing},
    {{"CURRENT", "DATABASE"}, What::current_database, Operand::nothing},
    {{"COLUMNS"}, What::columns, Operand::from_object},
    {{"PARTITIONS"}, What::partitions, Operand::object},
    {{"TABLES"}, What::tables, Operand::perhaps_from},
    {{"MATERIALIZED", "TABLES"}, What::materialized_tables, Operand::perhaps_from},
    {{"VIEWS"}, What::views, Operand::perhaps_from},
    {{"MODELS"}, What::models, Operand::perhaps_from},
    {{"FUNCTIONS"}, What::functions, Operand::perhaps_from},
    {{"USER", "FUNCTIONS"}, What::user_functions, Operand::perhaps_from},
    {{"DATABASES"}, What::databases, Operand::perhaps_from},
    {{"CATALOGS"}, What::catalogs, Operand::nothing},
    {{"MODULES"}, What::modules, Operand::nothing},
    {{"FULL", "MODULES"}, What::full_modules, Operand::nothing},
    {{"JOBS"}, What::jobs, Operand::nothing},
    {{"JARS"}, What::jars, Operand::nothing},
};

bool accept_from(TokenStream& tokens) { return tokens.accept("FROM") || tokens.accept("IN"); }

Show parse_form(TokenStream& tokens) {
  for (const Form& form : kForms) {
    if (!tokens.accept(form.words)) {
      continue;
    }
    Show show;
    show.what = form.what;
    const bool from = form.operand == Operand::from_object || form.operand == Operand::perhaps_from;
    const bool has_from = from && accept_from(tokens);
    if (form.operand == Operand::from_object && !has_from) {
      tokens.fail("FROM");
    }
    if (form.operand == Operand::object || has_from) {
      show.name = parse_qualified_name(tokens);
    }
    return show;
  }
  if (tokens.at("PROCEDURES")) {
    throw Error(ErrorCode::unsupported, "SHOW PROCEDURES is not supported: there are none",
                tokens.position());
  }
  if (tokens.accept("CREATE")) {
    tokens.fail("TABLE, MATERIALIZED TABLE, VIEW, MODEL or CATALOG");
  }
  tokens.fail(
      "TABLES, MATERIALIZED TABLES, VIEWS, COLUMNS, FUNCTIONS, USER FUNCTIONS, MODELS, MODULES, "
      "CATALOGS, DATABASES, CURRENT CATALOG, CURRENT DATABASE, CREATE, JARS or JOBS");
}

}  // namespace

StatementNode parse_show(TokenStream& tokens) {
  tokens.next();
  Show show = parse_form(tokens);
  show.not_like = tokens.at("NOT");
  if (show.not_like) {
    tokens.next();
  }
  show.ignore_case = tokens.at("ILIKE");
  if (tokens.accept("LIKE") || tokens.accept("ILIKE")) {
    show.like = parse_string(tokens, "a pattern, a string");
  } else if (show.not_like) {
    tokens.fail("LIKE or ILIKE");
  }
  return show;
}

StatementNode parse_describe(TokenStream& tokens) {
  tokens.next();
  if (tokens.accept("JOB")) {
    return DescribeJob{parse_string(tokens, "the job's id, a string")};
  }
  Describe describe;
  // A table may be called like any of these words, so a name must follow.
  if (tokens.at("CATALOG")) {
    describe.kind = ObjectKind::catalog;
  } else if (tokens.at("DATABASE") && !tokens.peek(1).is(".")) {
    describe.kind = ObjectKind::database;
  } else if (tokens.at("FUNCTION")) {
    describe.kind = ObjectKind::function;
  } else if (tokens.at("MODEL") && (at_name(tokens, 1) || tokens.peek(1).is("EXTENDED"))) {
    describe.kind = ObjectKind::model;
  }
  if (describe.kind != ObjectKind::table) {
    tokens.next();
  }
  describe.extended = tokens.accept("EXTENDED");
  describe.name = parse_qualified_name(tokens);
  return describe;
}

}  // namespace millrace::sql
