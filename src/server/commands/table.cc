// millrace table list: the tables of the lake.

#include <array>

#include "server/api_access.h"
#include "server/commands.h"
#include "server/context.h"
#include "server/print.h"
#include "server/settings.h"

namespace millrace::server {

static constexpr std::array kFlags{kDataFlag, kConfigFlag, kOutputFlag};

static std::string columns_of(const Json& table) {
  std::string text;
  for (const Json& column : table.at("columns").as_array()) {
    text += (text.empty() ? "" : ", ") + column.at("name").as_string() + " " +
            column.at("type").as_string();
  }
  return text;
}

static int list(Context& context, const Arguments& arguments) {
  const OutputFormat format = output_format(arguments, "table|json");
  const Json answer = open_api(context, load_settings(context, arguments), "table list")
                          ->ask("GET", "/api/v1/tables");
  if (format == OutputFormat::json) {
    context.out(answer.at("tables").dump_pretty() + "\n");
    return 0;
  }
  TextTable table{.columns = {"table", "version", "files", "columns"}, .rows = {}};
  for (const Json& each : answer.at("tables").as_array()) {
    if (const Json* error = each.find("error")) {
      table.rows.push_back({each.at("name"), Json(), Json(), *error});
    } else {
      table.rows.push_back(
          {each.at("name"), each.at("version"), each.at("files"), columns_of(each)});
    }
  }
  context.out(rendered(table, format));
  return 0;
}

Command table_command() {
  return {.name = "table",
          .operands = "list",
          .summary = "list the lake's tables",
          .about = "  table list    every Delta table below DIR/lake, its version and columns",
          .flags = {},
          .examples = "  millrace table list\n",
          .run = nullptr};
}

Command table_list_command() {
  return {.name = "table list",
          .operands = "",
          .summary = "",
          .about = "Lists every Delta table below DIR/lake with its version and columns.",
          .flags = kFlags,
          .examples = "  millrace table list --output json\n",
          .run = list};
}

}  // namespace millrace::server
