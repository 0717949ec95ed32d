// millrace topic consume: the records of a partition, a line each.

#include <array>

#include "io/http/message.h"
#include "server/api_access.h"
#include "server/commands.h"
#include "server/context.h"
#include "server/print.h"
#include "server/settings.h"

namespace millrace::server {

namespace {

constexpr std::array kFlags{
    Flag{"--partition", "N", "which partition (0)"},
    Flag{"--offset", "N", "the first record wanted (the oldest)"},
    Flag{"--tail", "N", "the newest N records, instead of an offset"},
    Flag{"--limit", "N", "stop after so many (all there are now)"},
    Flag{"--output", "FORM", "table: the values alone; json: whole records, a line each (table)"},
    kDataFlag,
    kConfigFlag};

constexpr int64_t kRecordsInRequest = 1'000;

std::string line_of(const Json& record, OutputFormat format) {
  if (format == OutputFormat::json) {
    return record.dump() + "\n";
  }
  const Json& value = record.at("value");
  return (value.is_null() ? "" : value.as_string()) + "\n";
}

int run(Context& context, const Arguments& arguments) {
  const OutputFormat format = output_format(arguments, "table|json");
  const int64_t partition = arguments.find_integer("--partition", 0, INT32_MAX).value_or(0);
  int64_t left = arguments.find_integer("--limit", 0, INT64_MAX).value_or(INT64_MAX);
  const auto api = open_api(context, load_settings(context, arguments), "topic consume");
  const std::string path = "/api/v1/topics/" + io::http::percent_encoded(arguments.operands[0]) +
                           "/records?partition=" + std::to_string(partition);
  std::string from;
  if (const auto tail = arguments.find_integer("--tail", 0, INT64_MAX)) {
    from = "&tail=" + std::to_string(*tail);
  } else if (const auto offset = arguments.find_integer("--offset", 0, INT64_MAX)) {
    from = "&offset=" + std::to_string(*offset);
  }
  while (left > 0) {
    const Json answer = api->ask(
        "GET", path + from + "&limit=" + std::to_string(std::min(left, kRecordsInRequest)));
    const Json::Array& records = answer.at("records").as_array();
    for (const Json& record : records) {
      context.out(line_of(record, format));
    }
    left -= static_cast<int64_t>(records.size());
    if (records.empty() || answer.at("next_offset").as_int() >= answer.at("end_offset").as_int()) {
      break;
    }
    from = "&offset=" + std::to_string(answer.at("next_offset").as_int());
  }
  return 0;
}

}  // namespace

Command topic_consume_command() {
  return {
      .name = "topic consume",
      .operands = "NAME",
      .summary = "",
      .about =
          "Prints the committed records of one partition, oldest first, and ends with the newest.",
      .flags = kFlags,
      .examples =
          "  millrace topic consume telecom_events --tail 5\n"
          "  millrace topic consume orders --offset 100 --limit 10 --output json\n",
      .least_operands = 1,
      .most_operands = 1,
      .run = run};
}

}  // namespace millrace::server
