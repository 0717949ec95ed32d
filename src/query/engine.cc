#include "query/engine.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>

#include "base/ascii_case.h"
#include "base/error.h"
#include "query/catalog.h"
#include "query/postgres_words.h"
#include "query/sql_text.h"

namespace millrace::query {

// A directory of this machine: DuckDB opens the files itself, and compares whole paths.
static std::string absolute_path(const std::string& path) {
  return std::filesystem::absolute(path).lexically_normal().string();
}

Engine::Engine(const io::World& world, const EngineOptions& options)
    : directory_(absolute_path(options.lake_directory)),
      lake_(world, directory_),
      database_({{"threads", std::to_string(options.threads)},
                 {"memory_limit", options.memory_limit},
                 {"autoinstall_known_extensions", "false"},
                 {"autoload_known_extensions", "false"}}),
      views_(database_) {
  views_.run("ATTACH ':memory:' AS lake");
  views_.run("USE lake");
  for (const std::string& sql : catalog_definitions()) {
    views_.run(sql);
  }
  // Data files never change: their footers are read once.
  views_.run("SET GLOBAL parquet_metadata_cache = true");
  // From here on nothing outside the lake can be opened, whatever a statement says, and this cannot
  // be undone.
  views_.run("SET GLOBAL temp_directory = ''");
  views_.run("SET GLOBAL allowed_directories = [" + quoted_text(directory_ + "/") + "]");
  views_.run("SET GLOBAL enable_external_access = false");
}

void Engine::refresh_view(const TableName& name) {
  const delta::Table& table = lake_.refreshed(name);
  const auto shown = shown_.find(name);
  if (shown != shown_.end() && shown->second == table.snapshot().version()) {
    return;
  }
  views_.run("CREATE SCHEMA IF NOT EXISTS " + quoted_name(name.schema));
  views_.run("CREATE OR REPLACE VIEW " + quoted_name(name.schema) + "." + quoted_name(name.table) +
             " AS " + select_rows(table));
  shown_[name] = table.snapshot().version();
}

void Engine::refresh_catalog(const std::vector<TableName>& tables) {
  std::vector<CatalogTable> rows;
  for (const TableName& name : tables) {
    try {
      const delta::Snapshot& snapshot = lake_.refreshed(name).snapshot();
      rows.push_back({name, snapshot.schema()});
    } catch (const Error& error) {
      // A table that cannot be read hides no other; reading it says why.
      if (error.code() == ErrorCode::internal) {
        throw;
      }
    }
  }
  const std::vector<std::string> statements = catalog_contents(rows);
  std::string all;
  for (const std::string& sql : statements) {
    all += sql;
  }
  if (all == catalog_shown_) {
    return;
  }
  for (const std::string& sql : statements) {
    views_.run(sql);
  }
  catalog_shown_ = all;
}

// Every name in a statement, in small letters, without quotes: more than those of tables, but none
// of those is missing.
static std::set<std::string> names_in(const std::string& sql) {
  std::set<std::string> names;
  for (const Token& token : tokens_of(sql)) {
    if (token.kind == Token::Kind::word) {
      names.insert(lower_case(token.text));
    } else if (token.kind == Token::Kind::quoted_word && token.text.size() >= 2) {
      names.insert(lower_case(token.text.substr(1, token.text.size() - 2)));
    }
  }
  return names;
}

void Engine::refresh(const std::string& sql) {
  const std::set<std::string> wanted = names_in(sql);
  const std::vector<TableName> tables = lake_.tables();
  for (const TableName& name : tables) {
    if (wanted.contains(lower_case(name.table))) {
      refresh_view(name);
    }
  }
  if (std::any_of(wanted.begin(), wanted.end(), is_catalog_table)) {
    refresh_catalog(tables);
  }
}

Session::Session(Engine& engine) : engine_(engine), connection_(engine.database_) {
  connection_.run("SET search_path = 'lake.main,lake.pg'");
  connection_.run("SET TimeZone = 'UTC'");
}

// Said before DuckDB looks, whose words for these would be about its own tables.
static void check_first_word(const std::string& sql) {
  static constexpr std::array<std::string_view, 20> kWriting = {
      "alter",  "attach", "call",   "checkpoint", "copy",   "create",  "delete",
      "detach", "drop",   "export", "import",     "insert", "install", "load",
      "merge",  "pragma", "set",    "truncate",   "update", "vacuum"};
  const std::vector<Token> tokens = tokens_of(sql);
  for (const std::string_view word : kWriting) {
    if (!tokens.empty() && is_word(tokens[0], word)) {
      throw Error(ErrorCode::forbidden, "cannot run " + std::string(tokens[0].text) +
                                            ": ad-hoc SQL on the lake only reads");
    }
  }
}

static void check_reads_only(codec::DuckConnection& connection, const std::string& sql,
                             codec::DuckStatementKind kind) {
  if (kind == codec::DuckStatementKind::explain) {
    // EXPLAIN ANALYZE runs what it explains.
    const std::vector<Token> tokens = tokens_of(sql);
    const size_t from = tokens.size() > 1 && is_word(tokens[1], "analyze") ? 2 : 1;
    const char* inner_from = tokens.at(from).text.data();
    const std::string inner(inner_from, sql.data() + sql.size());
    check_first_word(inner);
    check_reads_only(connection, inner, connection.prepare(inner).kind());
  } else if (kind != codec::DuckStatementKind::select) {
    throw Error(ErrorCode::forbidden, "cannot run this: ad-hoc SQL on the lake only reads");
  }
}

static std::string with_conversions(const std::string& sql,
                                    const std::vector<codec::DuckColumn>& columns) {
  std::string list;
  std::string names;
  for (size_t i = 0; i < columns.size(); ++i) {
    const std::string name = "c" + std::to_string(i);
    const bool readable = columns[i].type.kind != TypeKind::null_;
    const auto& [before, after] = columns[i].conversion;
    names += (i > 0 ? ", " : "") + name;
    list += (i > 0 ? ", " : "") + (readable ? name : before + name + after);
  }
  return "SELECT " + list + " FROM (" + sql + "\n) AS given(" + names + ")";
}

// Postgres calls the column of sum(x) "sum", and that of count(*) "count"; DuckDB calls them by the
// whole text. A name that the statement itself gives stays.
static std::string shown_name(const std::string& name, const std::string& sql) {
  const size_t bracket = name.find('(');
  if (bracket == std::string::npos || bracket == 0 || name.back() != ')' ||
      sql.find(quoted_name(name)) != std::string::npos) {
    return name;
  }
  const std::vector<Token> tokens = tokens_of(std::string_view(name).substr(0, bracket));
  if (tokens.size() != 1 || is_word(tokens[0], "cast")) {
    return name;
  }
  const bool quoted = tokens[0].kind == Token::Kind::quoted_word;
  const std::string function(quoted ? tokens[0].text.substr(1, tokens[0].text.size() - 2)
                                    : tokens[0].text);
  return function == "count_star" ? "count" : function;
}

Statement Session::prepare(const std::string& sql) {
  check_first_word(sql);
  const std::string local = localized(sql);
  const std::lock_guard lock(engine_.mutex_);
  engine_.refresh(local);
  codec::DuckStatement given = connection_.prepare(local);
  check_reads_only(connection_, local, given.kind());
  Statement statement;
  statement.sql_ = sql;
  statement.runnable_ = local;
  statement.parameter_types_ = given.parameters();
  bool all_readable = true;
  for (const codec::DuckColumn& column : given.columns()) {
    const bool readable = column.type.kind != TypeKind::null_;
    all_readable = all_readable && readable;
    const bool nested = column.conversion.first.find("json") != std::string::npos;
    statement.columns_.push_back({shown_name(column.name, sql),
                                  readable ? column.type : Type::string(),
                                  column.alias == "JSON" || (!readable && nested)});
  }
  if (!all_readable) {
    statement.runnable_ = with_conversions(local, given.columns());
    const codec::DuckStatement converted = connection_.prepare(statement.runnable_);
    for (size_t i = 0; i < statement.columns_.size(); ++i) {
      statement.columns_[i].type = converted.columns()[i].type;
    }
  }
  return statement;
}

static void bind(codec::DuckStatement& statement, size_t i, const Parameter& value) {
  if (const auto* text = std::get_if<std::string>(&value)) {
    statement.bind_text(i, *text);
  } else if (const auto* integer = std::get_if<int64_t>(&value)) {
    statement.bind_integer(i, *integer);
  } else if (const auto* number = std::get_if<double>(&value)) {
    statement.bind_double(i, *number);
  } else if (const auto* truth = std::get_if<bool>(&value)) {
    statement.bind_boolean(i, *truth);
  } else {
    statement.bind_null(i);
  }
}

Cursor Session::run(const Statement& statement, const std::vector<Parameter>& parameters) {
  if (parameters.size() != statement.parameters()) {
    throw Error(ErrorCode::invalid_argument,
                "the statement has " + std::to_string(statement.parameters()) +
                    " parameters, and " + std::to_string(parameters.size()) + " were given");
  }
  const std::lock_guard lock(engine_.mutex_);
  engine_.refresh(statement.runnable_);
  codec::DuckStatement prepared = connection_.prepare(statement.runnable_);
  for (size_t i = 0; i < parameters.size(); ++i) {
    bind(prepared, i, parameters[i]);
  }
  return Cursor(prepared.run());
}

}  // namespace millrace::query
