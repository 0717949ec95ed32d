// millrace sql: one read-only statement over the lake's tables.

#include <array>

#include "base/error.h"
#include "io/files.h"
#include "io/terminal.h"
#include "server/api_access.h"
#include "server/commands.h"
#include "server/context.h"
#include "server/print.h"
#include "server/settings.h"

namespace millrace::server {

namespace {

constexpr std::array kFlags{
    Flag{"--file", "FILE", "read the statement from a file; - is standard input", "-f"},
    Flag{"--output", "FORM", "table, json or csv (table)"}, kDataFlag, kConfigFlag};

struct Text {
  std::string sql;
  std::string file;  // empty where it stood on the command line
};

Text statement_of(const Context& context, const Arguments& arguments) {
  const std::optional<std::string> file = arguments.find("--file");
  if (file.has_value() != arguments.operands.empty()) {
    throw UsageError("one statement is needed: millrace sql 'SELECT ...', or millrace sql -f FILE");
  }
  if (!file) {
    return {.sql = arguments.operands[0], .file = ""};
  }
  return {.sql = *file == "-" ? io::read_standard_input() : context.files->read_all(*file),
          .file = *file};
}

// The same error, with the file that the text came from.
Json ask(ApiAccess& api, const Text& text) {
  try {
    return api.ask("POST", "/api/v1/sql", Json::object({{"sql", text.sql}}));
  } catch (const Error& error) {
    // The API knows the line and the column, the file is known here alone.
    std::optional<Position> position = error.position();
    if (position) {
      position->file = text.file;
    }
    throw Error(error.code(), error.message(), position);
  }
}

int run(Context& context, const Arguments& arguments) {
  const OutputFormat format = output_format(arguments, "table|json|csv");
  const Text text = statement_of(context, arguments);
  const auto api = open_api(context, load_settings(context, arguments), "sql");
  const Json answer = ask(*api, text);
  TextTable table;
  for (const Json& column : answer.at("columns").as_array()) {
    table.columns.push_back(column.at("name").as_string());
  }
  for (const Json& row : answer.at("rows").as_array()) {
    table.rows.push_back(row.as_array());
  }
  context.out(rendered(table, format));
  if (answer.at("truncated").as_bool()) {
    context.err("only the first " + std::to_string(table.rows.size()) +
                " rows are shown: psql on the Postgres port takes them all\n");
  }
  return 0;
}

}  // namespace

Command sql_command() {
  return {.name = "sql",
          .operands = "'SELECT ...'",
          .summary = "ask the lake's tables",
          .about =
              "Runs one read-only statement over the Delta tables that pipelines write, by the\n"
              "server that works on the data directory or, where none runs, on the directory\n"
              "itself. Joins, windows and aggregates are DuckDB's. The same answers come from\n"
              "psql -h 127.0.0.1 -p 5439 -U millrace.",
          .flags = kFlags,
          .examples =
              "  millrace sql 'SELECT metric_key, sum(metric_value) FROM real_time_metrics GROUP "
              "BY 1'\n"
              "  millrace sql --output csv 'SELECT * FROM anomalies' > anomalies.csv\n"
              "  millrace sql -f report.sql --output json\n",
          .least_operands = 0,
          .most_operands = 1,
          .run = run};
}

}  // namespace millrace::server
