// millrace topic alter-config | add-partitions | delete-records.

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

constexpr std::array kAlterFlags{
    Flag{"--set", "K=V,...", "settings and their values, as Kafka names them"},
    Flag{"--unset", "K,...", "settings that have their defaults again"}, kDataFlag, kConfigFlag,
    kOutputFlag};
constexpr std::array kPartitionFlags{Flag{"--to", "N", "how many there are to be"}, kDataFlag,
                                     kConfigFlag, kOutputFlag};
constexpr std::array kRecordFlags{
    Flag{"--partition", "N", "only of this one (all)"},
    Flag{"--before", "OFFSET", "the first record to keep (the end: none is kept)"}, kDataFlag,
    kConfigFlag, kOutputFlag};

Json ask(const Context& context, const Arguments& arguments, std::string_view method,
         const std::string& below, const Json& body = {}) {
  const std::string path =
      "/api/v1/topics/" + io::http::percent_encoded(arguments.operands[0]) + "/" + below;
  return open_api(context, load_settings(context, arguments), "topic")->ask(method, path, body);
}

// As JSON where that is asked for, or else this sentence.
int report(Context& context, const Arguments& arguments, const Json& answer,
           const std::string& sentence) {
  const bool as_json = output_format(arguments, "table|json") == OutputFormat::json;
  context.out(as_json ? answer.dump_pretty() + "\n" : sentence);
  return 0;
}

int alter_config(Context& context, const Arguments& arguments) {
  Json changes = settings_in("--set", arguments.get("--set", ""));
  const std::string unset = arguments.get("--unset", "");
  for (std::string_view rest = unset; !rest.empty();) {
    const std::string_view name = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), name.size() + 1));
    changes.set(std::string(name), {});
  }
  if (changes.as_members().empty()) {
    throw UsageError("say what to change: --set KEY=VALUE,... or --unset KEY,...");
  }
  const Json topic = ask(context, arguments, "PATCH", "settings", changes);
  std::string settings;
  for (const auto& [key, value] : topic.at("settings").as_members()) {
    settings += key + " = " + value.as_string() + "\n";
  }
  return report(context, arguments, topic, settings.empty() ? "all defaults\n" : settings);
}

int add_partitions(Context& context, const Arguments& arguments) {
  const auto count = arguments.find_integer("--to", 1, 10'000);
  if (!count) {
    throw UsageError("say how many partitions there are to be: --to N");
  }
  const Json topic =
      ask(context, arguments, "POST", "partitions", Json::object({{"count", *count}}));
  return report(
      context, arguments, topic,
      "topic " + arguments.operands[0] + " has " + std::to_string(*count) + " partitions\n");
}

int delete_records(Context& context, const Arguments& arguments) {
  std::string target = "records";
  const auto add = [&target](std::string_view name, const std::optional<int64_t>& value) {
    if (value) {
      target +=
          (target == "records" ? "?" : "&") + std::string(name) + "=" + std::to_string(*value);
    }
  };
  add("partition", arguments.find_integer("--partition", 0, INT32_MAX));
  add("before", arguments.find_integer("--before", 0, INT64_MAX));
  const Json answer = ask(context, arguments, "DELETE", target);
  TextTable table{.columns = {"partition", "start_offset"}, .rows = {}};
  for (const Json& partition : answer.at("partitions").as_array()) {
    table.rows.push_back({partition.at("partition"), partition.at("start_offset")});
  }
  return report(context, arguments, answer, rendered(table, OutputFormat::table));
}

}  // namespace

Command topic_alter_config_command() {
  return {.name = "topic alter-config",
          .operands = "NAME",
          .summary = "",
          .about =
              "Changes settings of a topic; the others stay. Those that Kafka refuses are refused.",
          .flags = kAlterFlags,
          .examples =
              "  millrace topic alter-config orders --set retention.ms=86400000\n"
              "  millrace topic alter-config orders --set cleanup.policy=compact,delete\n"
              "  millrace topic alter-config orders --unset retention.ms\n",
          .least_operands = 1,
          .most_operands = 1,
          .run = alter_config};
}

Command topic_add_partitions_command() {
  return {
      .name = "topic add-partitions",
      .operands = "NAME",
      .summary = "",
      .about =
          "Gives a topic more partitions. Records stay where they are, and records of a key may\n"
          "go elsewhere from then on.",
      .flags = kPartitionFlags,
      .examples = "  millrace topic add-partitions orders --to 6\n",
      .least_operands = 1,
      .most_operands = 1,
      .run = add_partitions};
}

Command topic_delete_records_command() {
  return {.name = "topic delete-records",
          .operands = "NAME",
          .summary = "",
          .about = "Deletes the oldest records of a topic, or all of them. There is no way back.",
          .flags = kRecordFlags,
          .examples =
              "  millrace topic delete-records orders\n"
              "  millrace topic delete-records orders --partition 0 --before 1200\n",
          .least_operands = 1,
          .most_operands = 1,
          .run = delete_records};
}

}  // namespace millrace::server
