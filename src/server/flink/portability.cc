#include "server/flink/portability.h"

#include <array>

#include "base/match.h"
#include "io/files.h"
#include "sql/parser.h"
#include "sql/printer.h"
#include "sql/token_stream.h"

namespace millrace::server::flink {

namespace {

constexpr std::string_view kOwn = "millrace.";
// Options of ours that a connector of Flink's refuses, as it does every option it does not know.
constexpr std::array<std::string_view, 1> kOwnOptions{"visibility"};

const sql::Option* find_option(const sql::CreateTable& table, std::string_view key) {
  for (const sql::Option& option : table.options) {
    if (option.key == key) {
      return &option;
    }
  }
  return nullptr;
}

bool has_connector(const sql::CreateTable& table, std::string_view name) {
  const sql::Option* connector = find_option(table, "connector");
  return connector != nullptr && connector->value == name;
}

// Here a materialized table lies in the lake where it does not say otherwise.
bool is_lake_table(const sql::CreateTable& table) {
  return has_connector(table, "delta") ||
         (table.refresh && find_option(table, "connector") == nullptr);
}

std::string why_refused(const sql::CreateTable& lake_table) {
  const bool is_default = find_option(lake_table, "connector") == nullptr;
  return (is_default ? "Flink asks for the option 'connector' of a materialized table: write one"
                     : "Flink itself has no connector 'delta': put Delta's on the cluster's class "
                       "path") +
         std::string(", or let --lake DIR write JSON files instead");
}

// Here the program's own broker is meant, and a topic of records may have a key.
void look_at_topic(const sql::CreateTable& table, std::vector<Finding>& findings) {
  const bool by_key = has_connector(table, "upsert-kafka");
  if (!by_key && !has_connector(table, "kafka")) {
    return;
  }
  const Position& at = find_option(table, "connector")->value_position;
  if (find_option(table, "properties.bootstrap.servers") == nullptr && !table.like) {
    findings.push_back({Weight::refused, at,
                        "Flink asks for the option 'properties.bootstrap.servers': write where the "
                        "topic's brokers are"});
  }
  const sql::Option* format = find_option(table, "format");
  const bool changes = format != nullptr && format->value == "debezium-json";
  if (!by_key && table.primary_key && format != nullptr && !changes) {
    findings.push_back({Weight::refused, at,
                        "Flink's connector 'kafka' takes no PRIMARY KEY with the format '" +
                            format->value +
                            "', whose rows are only inserted: 'upsert-kafka' does"});
  }
}

void look_at(const sql::CreateTable& table, Lake lake, std::vector<Finding>& findings) {
  if (is_lake_table(table) && lake == Lake::as_written) {
    const sql::Option* connector = find_option(table, "connector");
    findings.push_back({Weight::refused,
                        connector != nullptr ? connector->value_position : table.name.position(),
                        why_refused(table)});
  }
  look_at_topic(table, findings);
  for (const sql::Option& option : table.options) {
    const bool ours =
        std::find(kOwnOptions.begin(), kOwnOptions.end(), option.key) != kOwnOptions.end();
    if (ours || option.key.starts_with(kOwn)) {
      findings.push_back({Weight::refused, option.key_position,
                          "option '" + option.key + "' is Millrace's own: Flink refuses it"});
    }
  }
}

void look_at(const sql::Set& set, std::vector<Finding>& findings) {
  if (set.option && set.option->key.starts_with(kOwn)) {
    findings.push_back({Weight::ignored, set.option->key_position,
                        "setting '" + set.option->key + "' is Millrace's own: Flink ignores it"});
  }
}

// In Flink functions are Java's, Scala's or Python's.
void look_at(const sql::CreateFunction& function, std::vector<Finding>& findings) {
  const Position& at = function.name.last().position;
  if (function.body != nullptr) {
    findings.push_back({Weight::refused, at,
                        "functions in SQL are Millrace's own: write the expression where it is "
                        "used, or a view"});
  } else if (function.language == "C") {
    findings.push_back(
        {Weight::refused, at, "functions of C libraries are Millrace's own: Flink wants a class"});
  }
}

void look_at(const sql::Explain& explain, const Position& at, std::vector<Finding>& findings) {
  const auto& details = explain.details;
  if (std::find(details.begin(), details.end(), sql::Explain::Detail::state) != details.end()) {
    findings.push_back({Weight::refused, at, "EXPLAIN STATE is Millrace's own"});
  }
}

// Whether one is between the parentheses of MATCH_RECOGNIZE (...).
class Clause {
 public:
  void pass(const sql::TokenStream& tokens) {
    if (tokens.at({"MATCH_RECOGNIZE", "("})) {
      begun_ = true;
    } else if (begun_ && tokens.at("(")) {
      ++depth_;
    } else if (begun_ && tokens.at(")")) {
      --depth_;
      begun_ = depth_ > 0;
    }
  }
  bool is_open() const { return begun_; }

 private:
  bool begun_ = false;
  size_t depth_ = 0;
};

// What of MATCH_RECOGNIZE runs here alone; Flink refuses it, but for SUBSET, whose columns it takes
// for NULL.
void look_at_patterns(const sql::Statement& statement, std::vector<Finding>& findings) {
  sql::TokenStream tokens(statement.text, statement.position);
  Clause clause;
  const auto find = [&](const std::string& what) {
    findings.push_back({Weight::refused, tokens.position(),
                        what + " of MATCH_RECOGNIZE is not in Flink, which refuses it"});
  };
  for (; tokens.peek().kind != sql::TokenKind::end; tokens.next()) {
    clause.pass(tokens);
    if (!clause.is_open()) {
      continue;
    }
    if (tokens.at({"ALL", "ROWS", "PER", "MATCH"})) {
      find("ALL ROWS PER MATCH");
    } else if (tokens.at({"CLASSIFIER", "("})) {
      find("CLASSIFIER");
    } else if (tokens.at({"PREV", "("})) {
      find("PREV");
    } else if (tokens.at({"NEXT", "("})) {
      find("NEXT");
    } else if (tokens.at({"MATCH_NUMBER", "("})) {
      find("MATCH_NUMBER");
    } else if (tokens.at("SUBSET") && tokens.peek(2).is("=")) {
      findings.push_back({Weight::otherwise, tokens.position(),
                          "Flink takes the columns of SUBSET of MATCH_RECOGNIZE for NULL"});
    } else if (tokens.at("RUNNING") && tokens.peek(2).is("(")) {
      find("RUNNING");
    }
  }
}

}  // namespace

std::vector<Finding> findings_of(const sql::Statement& statement, Lake lake) {
  std::vector<Finding> findings;
  if (const auto* table = std::get_if<sql::CreateTable>(&statement.node)) {
    look_at(*table, lake, findings);
  } else if (const auto* set = std::get_if<sql::Set>(&statement.node)) {
    look_at(*set, findings);
  } else if (const auto* function = std::get_if<sql::CreateFunction>(&statement.node)) {
    look_at(*function, findings);
  } else if (const auto* explain = std::get_if<sql::Explain>(&statement.node)) {
    look_at(*explain, statement.position, findings);
  }
  look_at_patterns(statement, findings);
  return findings;
}

static sql::Option option(std::string key, std::string value) {
  return {
      .key_position = {}, .value_position = {}, .key = std::move(key), .value = std::move(value)};
}

static bool is_relative(std::string_view path) {
  return !path.starts_with('/') && !path.starts_with("file:") &&
         path.find("://") == std::string_view::npos;
}

// False where the table stays as it is.
static bool move(sql::CreateTable& table, const Places& places) {
  if (is_lake_table(table) && !places.lake.empty()) {
    table.options = {option("connector", "filesystem"),
                     option("path", io::join(places.lake, table.name.last().text)),
                     option("format", "json")};
    return true;
  }
  const sql::Option* connector = find_option(table, "connector");
  if (connector == nullptr || connector->value != "filesystem") {
    return false;
  }
  for (sql::Option& option : table.options) {
    if (option.key == "path" && is_relative(option.value)) {
      option.value = io::join(places.folder, option.value);
      return true;
    }
  }
  return false;
}

bool move_tables(sql::Statement& statement, const Places& places) {
  auto* table = std::get_if<sql::CreateTable>(&statement.node);
  return table != nullptr && move(*table, places);
}

std::string for_flink(const sql::Statement& statement, const Places& places) {
  if (!std::holds_alternative<sql::CreateTable>(statement.node)) {
    return statement.text;
  }
  sql::Statement moved = sql::parse_statement(statement.text);
  return move_tables(moved, places) ? sql::to_sql(moved) : statement.text;
}

// A query's job would run on without a reader.
std::optional<std::string> not_handed_over(const sql::Statement& statement) {
  const auto told = [](const std::string& what) {
    return what + " is not handed to Flink, as nobody would read its answer: millrace run shows it";
  };
  return match(
      statement.node,
      [&](const sql::QueryStatement&) -> std::optional<std::string> {
        return "this query is not handed to Flink, as nobody would read its rows: INSERT them into "
               "a table, or let millrace run show them";
      },
      [&](const sql::Show&) -> std::optional<std::string> { return told("SHOW"); },
      [&](const sql::Describe&) -> std::optional<std::string> { return told("DESCRIBE"); },
      [&](const sql::DescribeJob&) -> std::optional<std::string> { return told("DESCRIBE JOB"); },
      [&](const sql::Explain&) -> std::optional<std::string> { return told("EXPLAIN"); },
      [](const auto&) -> std::optional<std::string> { return std::nullopt; });
}

}  // namespace millrace::server::flink
