// millrace pipeline list | status: what runs in the server, and what became of every row.

#include <array>

#include "io/http/message.h"
#include "server/api_access.h"
#include "server/commands.h"
#include "server/context.h"
#include "server/print.h"
#include "server/settings.h"

namespace millrace::server {

namespace {

constexpr std::array kFlags{kDataFlag, kConfigFlag, kOutputFlag};

int list(Context& context, const Arguments& arguments) {
  const OutputFormat format = output_format(arguments, "table|json");
  const Json answer = open_api(context, load_settings(context, arguments), "pipeline list")
                          ->ask("GET", "/api/v1/pipelines");
  if (format == OutputFormat::json) {
    context.out(answer.at("pipelines").dump_pretty() + "\n");
    return 0;
  }
  TextTable table{
      .columns = {"pipeline", "state", "version", "epoch", "restarts", "behind", "file", "reason"},
      .rows = {}};
  for (const Json& each : answer.at("pipelines").as_array()) {
    const Json& reason = each.at("reason");
    table.rows.push_back({each.at("name"), each.at("state"), each.at("version"), each.at("epoch"),
                          each.at("restarts"), each.at("behind"), each.at("file"),
                          reason.is_null() ? Json("") : reason});
  }
  context.out(rendered(table, format));
  for (const Json& each : answer.at("pipelines").as_array()) {
    if (const Json& advice = each.at("advice"); !advice.is_null()) {
      context.err(each.at("name").as_string() + ": " + advice.as_string() + "\n");
    }
  }
  return 0;
}

int status(Context& context, const Arguments& arguments) {
  const OutputFormat format = output_format(arguments, "table|json");
  const Json pipeline =
      open_api(context, load_settings(context, arguments), "pipeline status")
          ->ask("GET", "/api/v1/pipelines/" + io::http::percent_encoded(arguments.operands[0]));
  if (format == OutputFormat::json) {
    context.out(pipeline.dump_pretty() + "\n");
    return 0;
  }
  TextTable table{.columns = {"id", "operator", "in", "out", "filtered", "grouped", "late",
                              "dead_lettered", "watermark"},
                  .rows = {}};
  for (const Json& each : pipeline.at("operators").as_array()) {
    std::vector<Json>& row = table.rows.emplace_back();
    for (const std::string& column : table.columns) {
      row.push_back(each.at(column));
    }
  }
  const Json& reason = pipeline.at("reason");
  context.out(pipeline.at("name").as_string() + ": " + pipeline.at("state").as_string() +
              ", epoch " + pipeline.at("epoch").dump() +
              (reason.is_null() ? "" : ": " + reason.as_string()) + "\n" + rendered(table, format));
  return 0;
}

}  // namespace

Command pipeline_command() {
  return {.name = "pipeline",
          .operands = "list|status|why|plan|shadow|apply|rollback|cancel",
          .summary = "what runs in the server, what became of every row; another SQL for it",
          .about =
              "  pipeline list           the pipelines of the running server\n"
              "  pipeline status NAME    one of them, operator by operator\n"
              "  pipeline why NAME       what it waits for\n"
              "  pipeline plan FILE      what a changed file would change\n"
              "  pipeline shadow FILE    the results of both over the same input, compared\n"
              "  pipeline apply FILE     change to it, without losing or doubling a row\n"
              "  pipeline rollback NAME  change back to the version before\n"
              "  pipeline cancel NAME    give up a change that is under way",
          .flags = {},
          .examples =
              "  millrace pipeline list\n"
              "  millrace pipeline why real_time_metrics\n"
              "  millrace pipeline plan pipeline.sql && echo 'nothing would change'\n",
          .run = nullptr};
}

Command pipeline_list_command() {
  return {.name = "pipeline list",
          .operands = "",
          .summary = "",
          .about = "Lists the pipelines of the running server with their state.",
          .flags = kFlags,
          .examples = "  millrace pipeline list --output json\n",
          .run = list};
}

Command pipeline_status_command() {
  return {.name = "pipeline status",
          .operands = "NAME",
          .summary = "",
          .about =
              "Shows, for each operator, rows in and out, filtered, grouped, late and\n"
              "dead-lettered, and its watermark. For every operator in = out + filtered +\n"
              "grouped + late + dead-lettered, except that groups come out as rows of their own.",
          .flags = kFlags,
          .examples = "  millrace pipeline status telecom-events\n",
          .least_operands = 1,
          .most_operands = 1,
          .run = status};
}

}  // namespace millrace::server
