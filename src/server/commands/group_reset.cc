// millrace group reset-offsets: where a group goes on, in the forms that Kafka's tool has.

#include <array>
#include <charconv>

#include "base/clock.h"
#include "base/error.h"
#include "io/files.h"
#include "io/http/message.h"
#include "server/api_access.h"
#include "server/commands.h"
#include "server/context.h"
#include "server/print.h"
#include "server/settings.h"

namespace millrace::server {

namespace {

constexpr std::array kFlags{
    Flag{"--to-earliest", "", "the oldest record of each partition"},
    Flag{"--to-latest", "", "behind the newest record"},
    Flag{"--to-current", "", "where it is, brought within the log"},
    Flag{"--to-offset", "N", "this offset"},
    Flag{"--shift-by", "N", "so many records on; a negative number goes back"},
    Flag{"--to-datetime", "TIME", "the first record of 2026-01-31T12:00:00Z or later"},
    Flag{"--by-duration", "TIME", "the first record of the last '90 min'"},
    Flag{"--from-file", "FILE", "what 'group export' printed"},
    Flag{"--topic", "NAME", "of this topic, or of some of its partitions: NAME:0,1 (all it read)"},
    Flag{"--execute", "", "do it; without it what would be done is shown"},
    kDataFlag,
    kConfigFlag,
    kOutputFlag};

int64_t whole_number(std::string_view text, std::string_view what) {
  int64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size()) {
    throw UsageError(std::string(what) + " takes a whole number, not '" + std::string(text) + "'");
  }
  return number;
}

// The parts of `text` between separators.
std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find(separator));
    parts.push_back(part);
    text.remove_prefix(std::min(text.size(), part.size() + 1));
  }
  return parts;
}

// "NAME" or "NAME:0,1".
Json topic_in(const std::string& text) {
  const size_t colon = text.find(':');
  Json topic = Json::object({{"topic", text.substr(0, colon)}});
  if (colon != std::string::npos) {
    Json partitions = Json::array();
    for (const std::string_view number : split(std::string_view(text).substr(colon + 1), ',')) {
      partitions.push(whole_number(number, "--topic NAME:"));
    }
    topic.set("partitions", std::move(partitions));
  }
  return topic;
}

Json offsets_in(std::string_view file) {
  Json offsets = Json::array();
  for (const std::string_view line : split(file, '\n')) {
    const auto fields = split(line, ',');
    if (fields.size() != 3) {
      throw Error(ErrorCode::syntax, "'" + std::string(line) + "' is not topic,partition,offset");
    }
    offsets.push(Json::object({{"topic", fields[0]},
                               {"partition", whole_number(fields[1], "a partition")},
                               {"offset", whole_number(fields[2], "an offset")}}));
  }
  return offsets;
}

Timestamp time_in(const std::string& text) {
  const std::optional<Timestamp> time = parse_iso8601(text);
  if (!time) {
    throw UsageError("--to-datetime takes a time like 2026-01-31T12:00:00Z, not '" + text + "'");
  }
  return *time;
}

Timestamp time_before(const Context& context, const std::string& text) {
  const std::optional<Duration> duration = parse_duration(text);
  if (!duration) {
    throw UsageError("--by-duration takes a time like '90 min', not '" + text + "'");
  }
  return context.clock->now() - *duration;
}

using Target = std::pair<std::string, Json>;

// The member of the request that says where to.
Target target_in(const Context& context, const Arguments& arguments) {
  std::vector<Target> targets;
  for (const std::string_view to : {"earliest", "latest", "current"}) {
    if (arguments.has("--to-" + std::string(to))) {
      targets.emplace_back("to", to);
    }
  }
  if (const auto offset = arguments.find_integer("--to-offset", 0, INT64_MAX)) {
    targets.emplace_back("offset", *offset);
  }
  if (const auto shift = arguments.find_integer("--shift-by", INT64_MIN, INT64_MAX)) {
    targets.emplace_back("shift_by", *shift);
  }
  if (const auto time = arguments.find("--to-datetime")) {
    targets.emplace_back("time_ms", time_in(*time).ms);
  }
  if (const auto duration = arguments.find("--by-duration")) {
    targets.emplace_back("time_ms", time_before(context, *duration).ms);
  }
  if (const auto file = arguments.find("--from-file")) {
    targets.emplace_back("offsets", offsets_in(context.files->read_all(*file)));
  }
  if (targets.size() != 1) {
    throw UsageError(
        "one of --to-earliest, --to-latest, --to-current, --to-offset, --shift-by, "
        "--to-datetime, --by-duration and --from-file says where to");
  }
  return targets.front();
}

int run(Context& context, const Arguments& arguments) {
  const OutputFormat format = output_format(arguments, "table|json");
  Json request = Json::object({{"dry_run", !arguments.has("--execute")}});
  auto [member, value] = target_in(context, arguments);
  if (const auto topic = arguments.find("--topic")) {
    if (member == "offsets") {
      throw UsageError("the file of --from-file names its topics; leave --topic out");
    }
    Json topics = Json::array();
    topics.push(topic_in(*topic));
    request.set("topics", std::move(topics));
  }
  request.set(std::move(member), std::move(value));
  const std::string& group = arguments.operands[0];
  const Json offsets =
      open_api(context, load_settings(context, arguments), "group reset-offsets")
          ->ask("POST", "/api/v1/groups/" + io::http::percent_encoded(group) + "/reset", request)
          .at("offsets");
  if (format == OutputFormat::json) {
    context.out(offsets.dump_pretty() + "\n");
    return 0;
  }
  TextTable table{.columns = {"topic", "partition", "before", "offset"}, .rows = {}};
  for (const Json& offset : offsets.as_array()) {
    const Json& before = offset.at("before");
    table.rows.push_back({offset.at("topic"), offset.at("partition"),
                          before.is_null() ? Json("-") : before, offset.at("offset")});
  }
  context.out(rendered(table, format));
  if (!arguments.has("--execute")) {
    context.err("nothing is changed; --execute does it\n");
  }
  return 0;
}

}  // namespace

Command group_reset_command() {
  return {.name = "group reset-offsets",
          .operands = "NAME",
          .summary = "",
          .about =
              "Says where a group goes on: for each partition of --topic, or of all that it has\n"
              "committed for. The group's consumers must be stopped. An offset outside of the log\n"
              "is brought to its nearest end.",
          .flags = kFlags,
          .examples =
              "  millrace group reset-offsets billing --to-earliest --execute\n"
              "  millrace group reset-offsets billing --topic orders:0,1 --shift-by -100\n"
              "  millrace group reset-offsets billing --to-datetime 2026-01-31T12:00:00Z\n",
          .least_operands = 1,
          .most_operands = 1,
          .run = run};
}

}  // namespace millrace::server
