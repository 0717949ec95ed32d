// millrace topic list | create | describe | delete; produce and consume have files of their own.

#include <array>

#include "io/http/message.h"
#include "server/api_access.h"
#include "server/commands.h"
#include "server/commands/topic_settings.h"
#include "server/context.h"
#include "server/print.h"
#include "server/settings.h"

namespace millrace::server {

namespace {

constexpr std::array kFlags{kDataFlag, kConfigFlag, kOutputFlag};
constexpr std::array kCreateFlags{
    Flag{"--partitions", "N", "how many partitions (1)"},
    Flag{"--settings", "K=V,...", "settings of the topic, as Kafka names them"}, kDataFlag,
    kConfigFlag, kOutputFlag};

std::string path_of(const std::string& topic) {
  return "/api/v1/topics/" + io::http::percent_encoded(topic);
}

Json ask(const Context& context, const Arguments& arguments, std::string_view method,
         const std::string& target, const Json& body = {}) {
  return open_api(context, load_settings(context, arguments), "topic")->ask(method, target, body);
}

int64_t records_in(const Json& partitions) {
  int64_t records = 0;
  for (const Json& partition : partitions.as_array()) {
    if (partition.find("damaged") == nullptr) {
      records += partition.at("end_offset").as_int() - partition.at("start_offset").as_int();
    }
  }
  return records;
}

int list(Context& context, const Arguments& arguments) {
  const OutputFormat format = output_format(arguments, "table|json");
  const Json answer = ask(context, arguments, "GET", "/api/v1/topics");
  if (format == OutputFormat::json) {
    context.out(answer.at("topics").dump_pretty() + "\n");
    return 0;
  }
  TextTable table{.columns = {"topic", "partitions", "records"}, .rows = {}};
  for (const Json& topic : answer.at("topics").as_array()) {
    const Json& partitions = topic.at("partitions");
    table.rows.push_back({topic.at("name"), static_cast<int64_t>(partitions.as_array().size()),
                          records_in(partitions)});
  }
  context.out(rendered(table, format));
  return 0;
}

int describe(Context& context, const Arguments& arguments) {
  const OutputFormat format = output_format(arguments, "table|json");
  const Json topic = ask(context, arguments, "GET", path_of(arguments.operands[0]));
  if (format == OutputFormat::json) {
    context.out(topic.dump_pretty() + "\n");
    return 0;
  }
  TextTable table{.columns = {"partition", "start_offset", "end_offset", "bytes"}, .rows = {}};
  for (const Json& partition : topic.at("partitions").as_array()) {
    std::vector<Json>& row = table.rows.emplace_back();
    for (const std::string& column : table.columns) {
      const Json* value = partition.find(column);
      row.push_back(value == nullptr ? Json("damaged") : *value);
    }
  }
  context.out(rendered(table, format));
  for (const auto& [key, value] : topic.at("settings").as_members()) {
    context.out(key + " = " + value.as_string() + "\n");
  }
  return 0;
}

int create(Context& context, const Arguments& arguments) {
  const OutputFormat format = output_format(arguments, "table|json");
  const Json topic = ask(
      context, arguments, "POST", "/api/v1/topics",
      Json::object({{"name", arguments.operands[0]},
                    {"partitions", arguments.find_integer("--partitions", 1, 10'000).value_or(1)},
                    {"settings", settings_in("--settings", arguments.get("--settings", ""))}}));
  context.out(format == OutputFormat::json
                  ? topic.dump_pretty() + "\n"
                  : "created topic " + topic.at("name").as_string() + " with " +
                        std::to_string(topic.at("partitions").as_array().size()) +
                        " partition(s)\n");
  return 0;
}

int remove(Context& context, const Arguments& arguments) {
  const OutputFormat format = output_format(arguments, "table|json");
  ask(context, arguments, "DELETE", path_of(arguments.operands[0]));
  context.out(format == OutputFormat::json
                  ? Json::object({{"deleted", arguments.operands[0]}}).dump() + "\n"
                  : "deleted topic " + arguments.operands[0] + "\n");
  return 0;
}

}  // namespace

Command topic_command() {
  return {
      .name = "topic",
      .operands =
          "list|create|describe|alter-config|add-partitions|delete-records|delete|produce|consume",
      .summary = "list, create, describe, delete, fill and read topics",
      .about =
          "  topic list                   every topic, its partitions and records\n"
          "  topic create NAME            a new topic\n"
          "  topic describe NAME          its partitions and settings\n"
          "  topic alter-config NAME      other settings\n"
          "  topic settings               what can be set\n"
          "  topic add-partitions NAME    more partitions\n"
          "  topic delete-records NAME    its oldest records\n"
          "  topic delete NAME            the topic and all its records\n"
          "  topic produce NAME           a record from each line of standard input\n"
          "  topic consume NAME           its records, to standard output\n\n"
          "They speak to the server that works on the data directory, or, where none runs,\n"
          "to the directory itself. Any Kafka client can do the same on the Kafka port.",
      .flags = {},
      .examples =
          "  millrace topic list\n"
          "  millrace topic create orders --partitions 3\n"
          "  millrace topic consume orders --tail 5\n",
      .run = nullptr};
}

Command topic_list_command() {
  return {.name = "topic list",
          .operands = "",
          .summary = "",
          .about = "Lists every topic with its partitions and how many records it holds.",
          .flags = kFlags,
          .examples = "  millrace topic list --output json\n",
          .least_operands = 0,
          .most_operands = 0,
          .run = list};
}

Command topic_create_command() {
  return {.name = "topic create",
          .operands = "NAME",
          .summary = "",
          .about = "Creates a topic. Kafka clients create theirs by producing to it.",
          .flags = kCreateFlags,
          .examples =
              "  millrace topic create orders --partitions 3\n"
              "  millrace topic create audit --settings retention.ms=86400000\n",
          .least_operands = 1,
          .most_operands = 1,
          .run = create};
}

Command topic_describe_command() {
  return {.name = "topic describe",
          .operands = "NAME",
          .summary = "",
          .about = "Shows the partitions of a topic, their offsets and sizes, and its settings.",
          .flags = kFlags,
          .examples = "  millrace topic describe telecom_events\n",
          .least_operands = 1,
          .most_operands = 1,
          .run = describe};
}

Command topic_delete_command() {
  return {.name = "topic delete",
          .operands = "NAME",
          .summary = "",
          .about = "Deletes a topic with all its records. There is no way back.",
          .flags = kFlags,
          .examples = "  millrace topic delete orders\n",
          .least_operands = 1,
          .most_operands = 1,
          .run = remove};
}

}  // namespace millrace::server
