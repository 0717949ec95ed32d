// millrace topic produce: a record from each line of standard input.

#include <array>

#include "io/http/message.h"
#include "io/terminal.h"
#include "server/api_access.h"
#include "server/commands.h"
#include "server/context.h"
#include "server/settings.h"

namespace millrace::server {

namespace {

constexpr size_t kRecordsInRequest = 5'000;
constexpr size_t kBytesInRequest = 512 * 1024;  // within the broker's largest batch

constexpr std::array kFlags{
    Flag{"--partition", "N", "which partition (0)"},
    Flag{"--key-separator", "TEXT", "what stands before it in a line is the record's key"},
    kDataFlag, kConfigFlag};

Json record_of(std::string_view line, const std::string& separator) {
  const size_t at = separator.empty() ? std::string_view::npos : line.find(separator);
  if (at == std::string_view::npos) {
    return Json::object({{"value", line}});
  }
  return Json::object({{"key", line.substr(0, at)}, {"value", line.substr(at + separator.size())}});
}

int run(Context& context, const Arguments& arguments) {
  const std::string path =
      "/api/v1/topics/" + io::http::percent_encoded(arguments.operands[0]) + "/records";
  const int64_t partition = arguments.find_integer("--partition", 0, INT32_MAX).value_or(0);
  const std::string separator = arguments.get("--key-separator", "");
  const auto api = open_api(context, load_settings(context, arguments), "topic produce");
  const std::string input = io::read_standard_input();
  std::string_view rest = input;
  size_t sent = 0;
  while (!rest.empty()) {
    Json records = Json::array();
    size_t bytes = 0;
    while (!rest.empty() && records.as_array().size() < kRecordsInRequest &&
           bytes < kBytesInRequest) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
      records.push(record_of(line, separator));
      bytes += line.size();
    }
    sent += records.as_array().size();
    api->ask("POST", path,
             Json::object({{"partition", partition}, {"records", std::move(records)}}));
  }
  context.err("wrote " + std::to_string(sent) + " record(s)\n");
  return 0;
}

}  // namespace

Command topic_produce_command() {
  return {.name = "topic produce",
          .operands = "NAME",
          .summary = "",
          .about =
              "Appends a record for each line of standard input. They are durable when it ends.\n"
              "For load, use a Kafka client on the Kafka port.",
          .flags = kFlags,
          .examples =
              "  echo '{\"order\": 1}' | millrace topic produce orders\n"
              "  millrace topic produce orders --key-separator : < pairs.txt\n",
          .least_operands = 1,
          .most_operands = 1,
          .run = run};
}

}  // namespace millrace::server
