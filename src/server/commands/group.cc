// millrace group list | describe | delete | export; reset-offsets has a file of its own.

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
constexpr std::array kExportFlags{kDataFlag, kConfigFlag};

Json ask(const Context& context, const Arguments& arguments, std::string_view method) {
  const std::string path =
      arguments.operands.empty()
          ? "/api/v1/groups"
          : "/api/v1/groups/" + io::http::percent_encoded(arguments.operands[0]);
  return open_api(context, load_settings(context, arguments), "group")->ask(method, path);
}

std::vector<Json> row_of(const Json& object, const std::vector<std::string>& columns) {
  std::vector<Json> row;
  for (const std::string& column : columns) {
    const Json& value = object.at(column);
    row.push_back(value.is_null() ? Json("-") : value);
  }
  return row;
}

TextTable table_of(const Json& objects, std::vector<std::string> columns) {
  TextTable table{.columns = std::move(columns), .rows = {}};
  for (const Json& object : objects.as_array()) {
    table.rows.push_back(row_of(object, table.columns));
  }
  return table;
}

int list(Context& context, const Arguments& arguments) {
  const OutputFormat format = output_format(arguments, "table|json");
  const Json groups = ask(context, arguments, "GET").at("groups");
  context.out(format == OutputFormat::json
                  ? groups.dump_pretty() + "\n"
                  : rendered(table_of(groups, {"group", "state", "members", "lag"}), format));
  return 0;
}

int describe(Context& context, const Arguments& arguments) {
  const OutputFormat format = output_format(arguments, "table|json");
  const Json group = ask(context, arguments, "GET");
  if (format == OutputFormat::json) {
    context.out(group.dump_pretty() + "\n");
    return 0;
  }
  const Json& lag = group.at("lag");
  context.out("state " + group.at("state").as_string() + ", lag " +
              (lag.is_null() ? "unknown: not every partition has a committed offset yet"
                             : std::to_string(lag.as_int())) +
              "\n");
  context.out(rendered(table_of(group.at("partitions"), {"topic", "partition", "committed_offset",
                                                         "end_offset", "lag", "member"}),
                       format));
  if (!group.at("members").as_array().empty()) {
    context.out(
        rendered(table_of(group.at("members"), {"member", "instance", "client", "host"}), format));
  }
  return 0;
}

int remove(Context& context, const Arguments& arguments) {
  const OutputFormat format = output_format(arguments, "table|json");
  ask(context, arguments, "DELETE");
  context.out(format == OutputFormat::json
                  ? Json::object({{"deleted", arguments.operands[0]}}).dump() + "\n"
                  : "deleted group " + arguments.operands[0] + "\n");
  return 0;
}

int export_offsets(Context& context, const Arguments& arguments) {
  const Json group = ask(context, arguments, "GET");
  for (const Json& partition : group.at("partitions").as_array()) {
    if (!partition.at("committed_offset").is_null()) {
      context.out(partition.at("topic").as_string() + "," +
                  std::to_string(partition.at("partition").as_int()) + "," +
                  std::to_string(partition.at("committed_offset").as_int()) + "\n");
    }
  }
  return 0;
}

}  // namespace

Command group_command() {
  return {.name = "group",
          .operands = "list|describe|delete|export|reset-offsets",
          .summary = "see how far consumer groups have read, and say where they go on",
          .about =
              "  group list                  every group, its members and lag\n"
              "  group describe NAME         its lag in each partition, its members\n"
              "  group delete NAME           a group that nobody is in, with its offsets\n"
              "  group export NAME           its offsets, a line each: topic,partition,offset\n"
              "  group reset-offsets NAME    where it goes on\n\n"
              "They speak to the server that works on the data directory. Pipelines with\n"
              "'properties.group.id' are groups too; they go by their checkpoints, and a reset\n"
              "does not move them.",
          .flags = {},
          .examples =
              "  millrace group list\n"
              "  millrace group describe billing\n"
              "  millrace group reset-offsets billing --to-earliest --execute\n",
          .run = nullptr};
}

Command group_list_command() {
  return {.name = "group list",
          .operands = "",
          .summary = "",
          .about = "Lists every consumer group with its state, members and lag.",
          .flags = kFlags,
          .examples = "  millrace group list --output json\n",
          .least_operands = 0,
          .most_operands = 0,
          .run = list};
}

Command group_describe_command() {
  return {.name = "group describe",
          .operands = "NAME",
          .summary = "",
          .about =
              "Shows how far the group has read in each partition and how far that is behind, who\n"
              "reads it now, and the members.",
          .flags = kFlags,
          .examples = "  millrace group describe billing\n",
          .least_operands = 1,
          .most_operands = 1,
          .run = describe};
}

Command group_delete_command() {
  return {.name = "group delete",
          .operands = "NAME",
          .summary = "",
          .about = "Deletes a group that nobody is in, with all its offsets. There is no way back.",
          .flags = kFlags,
          .examples = "  millrace group delete billing\n",
          .least_operands = 1,
          .most_operands = 1,
          .run = remove};
}

Command group_export_command() {
  return {.name = "group export",
          .operands = "NAME",
          .summary = "",
          .about =
              "Prints the group's offsets as topic,partition,offset, which\n"
              "'group reset-offsets --from-file' reads.",
          .flags = kExportFlags,
          .examples = "  millrace group export billing > offsets.csv\n",
          .least_operands = 1,
          .most_operands = 1,
          .run = export_offsets};
}

}  // namespace millrace::server
