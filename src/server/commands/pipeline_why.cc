// millrace pipeline why NAME: what a pipeline that sends nothing is waiting for.

#include <algorithm>
#include <array>

#include "base/time.h"
#include "io/http/message.h"
#include "server/api_access.h"
#include "server/commands.h"
#include "server/context.h"
#include "server/settings.h"

namespace millrace::server {

namespace {

constexpr std::array kFlags{kDataFlag, kConfigFlag};

std::string words_for(const std::string& state) {
  return state == "reading"  ? "more to read"
         : state == "at_end" ? "read to its end, holds time back until it is called idle"
         : state == "idle"   ? "silent, holds nothing back"
                             : "ended";
}

bool holds_back(const Json& split) {
  const std::string& state = split.at("state").as_string();
  return state == "reading" || state == "at_end";
}

std::string time_of(const Json& watermark) {
  return watermark.is_null() ? "no time yet" : watermark.as_string();
}

// The least time of the splits that count, over all scans. Texts of times are in their order, and
// what has none yet is behind them all.
const Json* furthest_behind(const Json& operators) {
  const Json* found = nullptr;
  for (const Json& each : operators.as_array()) {
    for (const Json& split : each.at("splits").as_array()) {
      const auto text = [](const Json& of) {
        const Json& watermark = of.at("watermark");
        return watermark.is_null() ? "" : watermark.as_string();
      };
      if (holds_back(split) && (found == nullptr || text(split) < text(*found))) {
        found = &split;
      }
    }
  }
  return found;
}

void show_waiting(Context& context, const Json& operators) {
  bool any = false;
  for (const Json& each : operators.as_array()) {
    if (each.at("waits_for").is_null()) {
      continue;
    }
    any = true;
    context.out(each.at("id").as_string() + " waits for " + each.at("waits_for").as_string() +
                "; time has come to: " + time_of(each.at("watermark")) + "\n  " +
                each.at("operator").as_string() + "\n");
  }
  if (!any) {
    context.out("No operator has rows that wait for event time.\n");
  }
}

void show_splits(Context& context, const Json& operators) {
  const Json* behind = furthest_behind(operators);
  for (const Json& each : operators.as_array()) {
    const auto& splits = each.at("splits").as_array();
    if (!splits.empty()) {
      context.out(each.at("id").as_string() + " " + each.at("operator").as_string() + "\n");
    }
    for (const Json& split : splits) {
      context.out("  " + split.at("name").as_string() + ": " + time_of(split.at("watermark")) +
                  ", " + words_for(split.at("state").as_string()) +
                  (&split == behind ? "  <- holds time back" : "") + "\n");
    }
  }
}

int run(Context& context, const Arguments& arguments) {
  const Json pipeline =
      open_api(context, load_settings(context, arguments), "pipeline why")
          ->ask("GET", "/api/v1/pipelines/" + io::http::percent_encoded(arguments.operands[0]));
  const Json& reason = pipeline.at("reason");
  context.out(pipeline.at("name").as_string() + " is " + pipeline.at("state").as_string() +
              (reason.is_null() ? "" : ": " + reason.as_string()) + "\n");
  const Json& operators = pipeline.at("operators");
  show_waiting(context, operators);
  show_splits(context, operators);
  return 0;
}

}  // namespace

Command pipeline_why_command() {
  return {.name = "pipeline why",
          .operands = "NAME",
          .summary = "",
          .about =
              "Says what a pipeline that sends nothing is waiting for: the event time that each\n"
              "window or join needs, how far time has come, and the partition or file that holds\n"
              "it back. Time is the least of the partitions' watermarks; a partition that has\n"
              "been silent for 'scan.watermark.idle-timeout' (5 s) is left out.",
          .flags = kFlags,
          .examples = "  millrace pipeline why telecom-events\n",
          .least_operands = 1,
          .most_operands = 1,
          .run = run};
}

}  // namespace millrace::server
