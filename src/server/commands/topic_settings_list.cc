// millrace topic settings: what can be set of a topic, and which of it has an effect here.

#include <array>
#include <limits>

#include "server/commands.h"
#include "server/context.h"
#include "server/print.h"
#include "topic/settings.h"

namespace millrace::server {

namespace {

constexpr std::array kFlags{Flag{"--output", "FORM", "table, json or markdown (table)"}};

std::string_view type_of(const topic::Setting& setting) {
  using Type = topic::Setting::Type;
  switch (setting.type) {
    case Type::boolean: return "true or false";
    case Type::string: return "text";
    case Type::integer:
    case Type::long_integer: return "whole number";
    case Type::real: return "number";
    case Type::list: return "list";
  }
  return "";
}

std::string choices_of(const topic::Setting& setting) {
  std::string choices;
  for (const char c : setting.choices) {
    choices += c == ',' ? ", " : std::string(1, c);
  }
  if (!choices.empty()) {
    return choices;
  }
  const bool is_bounded = setting.least > std::numeric_limits<double>::lowest();
  return std::string(type_of(setting)) +
         (is_bounded ? ", at least " + std::to_string(static_cast<int64_t>(setting.least)) : "") +
         (setting.type == topic::Setting::Type::real ? ", at most 1" : "");
}

// The page docs/topic-settings.md.
std::string page() {
  std::string page =
      "# Settings of topics\n\n"
      "By Kafka's names, and as Kafka takes them: `millrace topic create --settings`, `millrace "
      "topic alter-config`,\n"
      "`kafka-configs.sh --entity-type topics` and the admin clients' calls set them, and refuse "
      "what is not here.\n"
      "The defaults of all topics that set nothing are changed by `kafka-configs.sh --entity-type "
      "brokers`, under the names that "
      "Kafka's brokers have\n"
      "for them: `log.retention.ms`, `message.max.bytes`; with `--entity-default` or for the one "
      "broker, which counts first.\n"
      "`millrace topic settings --output markdown` prints this page, which a test holds to the "
      "code.\n\n"
      "| setting | default | values | |\n|---|---|---|---|\n";
  for (const topic::Setting& setting : topic::all_settings()) {
    page += "| `" + std::string(setting.name) + "` | " +
            (setting.otherwise.empty() ? "" : "`" + std::string(setting.otherwise) + "`") + " | " +
            choices_of(setting) + " | " + std::string(setting.documentation) + " |\n";
  }
  return page;
}

int run(Context& context, const Arguments& arguments) {
  if (arguments.get("--output", "table") == "markdown") {
    context.out(page());
    return 0;
  }
  const OutputFormat format = output_format(arguments, "table|json|markdown");
  TextTable table{.columns = {"setting", "default", "values", "effect"}, .rows = {}};
  for (const topic::Setting& setting : topic::all_settings()) {
    table.rows.push_back(
        {setting.name, setting.otherwise, choices_of(setting), setting.documentation});
  }
  context.out(rendered(table, format));
  return 0;
}

}  // namespace

Command topic_settings_command() {
  return {.name = "topic settings",
          .operands = "",
          .summary = "",
          .about =
              "Lists what can be set of a topic, by Kafka's names, with the default and what it\n"
              "does here. No server is asked.",
          .flags = kFlags,
          .examples = "  millrace topic settings\n",
          .least_operands = 0,
          .most_operands = 0,
          .run = run};
}

}  // namespace millrace::server
