#include "base/match.h"
#include "sql/definition_printer.h"
#include "sql/printer.h"

namespace millrace::sql {

namespace {

template <typename Definition>
std::string print(const Definition& definition) {
  return definition_to_sql(definition);
}

std::string columns_clause(const std::vector<Name>& columns) {
  return columns.empty() ? "" : " (" + to_sql(columns) + ")";
}

// --- INSERT ---

const char* text_of(Insert::Conflict conflict) {
  switch (conflict) {
    case Insert::Conflict::unspecified: return "";
    case Insert::Conflict::deduplicate: return " ON CONFLICT DO DEDUPLICATE";
    case Insert::Conflict::nothing: return " ON CONFLICT DO NOTHING";
    case Insert::Conflict::error: return " ON CONFLICT DO ERROR";
  }
  return "";
}

std::string print(const Insert& insert) {
  std::string partition;
  for (const Option& value : insert.partition) {
    partition += (partition.empty() ? "" : ", ") + quoted_if_needed(value.key) + " = " +
                 string_literal(value.value);
  }
  return (insert.overwrite ? "INSERT OVERWRITE " : "INSERT INTO ") + to_sql(insert.table) +
         to_sql(insert.hints) + (partition.empty() ? "" : " PARTITION (" + partition + ")") +
         columns_clause(insert.columns) + " " + to_sql(*insert.query) + text_of(insert.on_conflict);
}

std::string print(const StatementSet& set) {
  std::string text = "EXECUTE STATEMENT SET BEGIN\n";
  for (const StatementPtr& insert : set.inserts) {
    text += to_sql(*insert) + ";\n";
  }
  return text + "END";
}

// --- The session ---

std::string print(const Set& set) {
  return set.option
             ? "SET " + string_literal(set.option->key) + " = " + string_literal(set.option->value)
             : "SET";
}

std::string print(const Reset& reset) {
  return reset.key ? "RESET " + string_literal(*reset.key) : "RESET";
}

const char* word_of(Explain::Detail detail) {
  switch (detail) {
    case Explain::Detail::estimated_cost: return "ESTIMATED_COST";
    case Explain::Detail::changelog_mode: return "CHANGELOG_MODE";
    case Explain::Detail::json_execution_plan: return "JSON_EXECUTION_PLAN";
    case Explain::Detail::plan_advice: return "PLAN_ADVICE";
    case Explain::Detail::state: return "STATE";
  }
  return "";
}

std::string print(const Explain& explain) {
  std::string details;
  for (const Explain::Detail detail : explain.details) {
    details += (details.empty() ? "" : ", ") + std::string(word_of(detail));
  }
  return "EXPLAIN " + (details.empty() ? "PLAN FOR" : details) + " " + to_sql(*explain.statement);
}

const char* words_of(Show::What what) {
  switch (what) {
    case Show::What::tables: return "TABLES";
    case Show::What::views: return "VIEWS";
    case Show::What::functions: return "FUNCTIONS";
    case Show::What::catalogs: return "CATALOGS";
    case Show::What::databases: return "DATABASES";
    case Show::What::current_catalog: return "CURRENT CATALOG";
    case Show::What::current_database: return "CURRENT DATABASE";
    case Show::What::columns: return "COLUMNS FROM";
    case Show::What::jobs: return "JOBS";
    case Show::What::jars: return "JARS";
    case Show::What::models: return "MODELS";
    case Show::What::modules: return "MODULES";
    case Show::What::full_modules: return "FULL MODULES";
    case Show::What::partitions: return "PARTITIONS";
    case Show::What::user_functions: return "USER FUNCTIONS";
    case Show::What::materialized_tables: return "MATERIALIZED TABLES";
    case Show::What::create_table: return "CREATE TABLE";
    case Show::What::create_materialized_table: return "CREATE MATERIALIZED TABLE";
    case Show::What::create_view: return "CREATE VIEW";
    case Show::What::create_model: return "CREATE MODEL";
    case Show::What::create_catalog: return "CREATE CATALOG";
  }
  return "";
}

bool takes_from(Show::What what) {
  return what == Show::What::tables || what == Show::What::views || what == Show::What::models ||
         what == Show::What::functions || what == Show::What::user_functions ||
         what == Show::What::databases || what == Show::What::materialized_tables;
}

std::string print(const Show& show) {
  std::string text = std::string("SHOW ") + words_of(show.what);
  if (show.name) {
    text += (takes_from(show.what) ? " FROM " : " ") + to_sql(*show.name);
  }
  if (show.like) {
    text += std::string(show.not_like ? " NOT" : "") + (show.ignore_case ? " ILIKE " : " LIKE ") +
            string_literal(*show.like);
  }
  return text;
}

std::string print(const Describe& describe) {
  return std::string("DESCRIBE ") +
         (describe.kind == ObjectKind::table ? "" : word_of(describe.kind)) +
         (describe.extended ? "EXTENDED " : "") + to_sql(describe.name);
}

std::string print(const DescribeJob& describe) {
  return "DESCRIBE JOB " + string_literal(describe.id);
}

std::string print(const StopJob& stop) {
  return "STOP JOB " + string_literal(stop.id) + (stop.with_savepoint ? " WITH SAVEPOINT" : "") +
         (stop.with_drain ? " WITH DRAIN" : "");
}

std::string print(const Use& use) {
  return (use.catalog ? "USE CATALOG " : "USE ") + to_sql(use.name);
}

std::string print(const UseModules&) { return "USE MODULES core"; }

std::string print(const QueryStatement& statement) { return to_sql(*statement.query); }

}  // namespace

std::string to_sql(const Statement& statement) {
  return match(statement.node, [](const auto& node) { return print(node); });
}

}  // namespace millrace::sql
