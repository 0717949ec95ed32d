// millrace test: pipeline tests, calm and with crashes.

#include <algorithm>
#include <array>

#include "base/clock.h"
#include "base/error.h"
#include "codec/parquet/parquet.h"
#include "connector/connectors.h"
#include "io/files.h"
#include "rehearsal/find_scripts.h"
#include "rehearsal/rehearsal.h"
#include "server/commands.h"
#include "server/context.h"
#include "server/print.h"

namespace millrace::server {

namespace {

constexpr std::array kFlags{
    Flag{"--crashes", "N", "then run each test N more times, with crashes at random writes (0)"},
    Flag{"--seed", "S", "the seed of the first of those runs; a seed replays its run (1)"},
    Flag{"--crash-at", "N|each",
         "run each test once more for that write, crashing there; or for each"},
    Flag{"--at-once", "N",
         "feed N records at a time, and kill and restart behind them; in every run"},
    Flag{"--spill", "", "let state leave memory behind each turn where it can; in every run"},
    kOutputFlag};

using rehearsal::Crashes;
using rehearsal::Loss;

struct Result {
  std::string path;
  uint64_t runs = 0;
  uint64_t crashes = 0;
  Duration took;
  std::string report;  // of the first failure
};

// The runs of each test after the calm one, and the pace of them all.
struct Shaken {
  rehearsal::Pace pace;
  uint64_t runs = 0;
  uint64_t first_seed = 1;
  bool each_step = false;
  std::optional<uint64_t> step;

  std::vector<Crashes> of(uint64_t steps) const;
};

std::vector<Crashes> Shaken::of(uint64_t steps) const {
  std::vector<Crashes> all;
  for (uint64_t i = 0; i < runs; ++i) {
    all.push_back(Crashes::at_random(first_seed + i, steps));
  }
  const uint64_t first = each_step ? 0 : step.value_or(steps);
  const uint64_t end = each_step ? steps : std::min(first + 1, steps);
  for (uint64_t at = first; at < end; ++at) {
    all.push_back(Crashes::once(at, Loss::process));
    all.push_back(Crashes::once(at, Loss::power));
  }
  return all;
}

// The run's report, empty where it passed. An Error out of it is a failure of that run.
std::string run_shaken(const rehearsal::Script& script, const rehearsal::Surroundings& surroundings,
                       const Crashes& crashes, const rehearsal::Pace& pace, Result& result) {
  std::string report;
  ++result.runs;
  try {
    const rehearsal::Outcome outcome = rehearsal::rehearse(script, surroundings, crashes, pace);
    result.crashes += outcome.crashes;
    report = outcome.report;
  } catch (const Error& error) {  // as in play(): of this run, whose flags belong to it
    report = std::string(error.what()) + "\n";
  }
  const std::string paced =
      (pace.at_once == SIZE_MAX ? "" : " --at-once " + std::to_string(pace.at_once)) +
      (pace.spills == exec::Spills::each_turn ? " --spill" : "");
  return report.empty() ? ""
                        : report + "again with: millrace test " + script.path + " " +
                              crashes.flags() + paced + "\n";
}

Result play(Context& context, const rehearsal::Surroundings& surroundings, const std::string& path,
            const Shaken& shaken) {
  Result result;
  result.path = path;
  const Instant began = context.clock->monotonic();
  try {
    const rehearsal::Script script = rehearsal::parse_script(path, context.files->read_all(path));
    const rehearsal::Outcome calm =
        rehearsal::rehearse(script, surroundings, Crashes::none(), shaken.pace);
    result.runs = 1;
    result.report = calm.report;
    for (const Crashes& crashes : shaken.of(calm.steps)) {
      if (!result.report.empty()) {
        break;
      }
      result.report = run_shaken(script, surroundings, crashes, shaken.pace, result);
    }
  } catch (const Error& error) {  // a pipeline test ends here, as a statement does
    result.report = std::string(error.what()) + "\n";
  }
  result.took = context.clock->monotonic() - began;
  return result;
}

Json as_json(const Result& result) {
  return Json::object({{"test", result.path},
                       {"passed", result.report.empty()},
                       {"runs", result.runs},
                       {"crashes", result.crashes},
                       {"milliseconds", result.took.ms()},
                       {"report", result.report}});
}

void show(Context& context, const Result& result) {
  context.out((result.report.empty() ? "ok      " : "FAILED  ") + result.path + "  (" +
              std::to_string(result.took.ms()) + " ms" +
              (result.runs > 1 ? ", " + std::to_string(result.runs) + " runs, " +
                                     std::to_string(result.crashes) + " crashes"
                               : "") +
              ")\n" + result.report);
}

Shaken shaken_of(const Arguments& arguments) {
  Shaken shaken{
      .pace = {},
      .runs = static_cast<uint64_t>(arguments.find_integer("--crashes", 0, 1'000'000).value_or(0)),
      .first_seed =
          static_cast<uint64_t>(arguments.find_integer("--seed", 0, INT64_MAX).value_or(1)),
      .each_step = arguments.find("--crash-at") == "each",
      .step = std::nullopt};
  if (const auto records = arguments.find_integer("--at-once", 1, 1'000'000)) {
    shaken.pace.at_once = static_cast<size_t>(*records);
    shaken.pace.behind = rehearsal::Pace::Behind::restart;
  }
  if (arguments.has("--spill")) {
    shaken.pace.spills = exec::Spills::each_turn;
  }
  if (!shaken.each_step) {
    if (const auto step = arguments.find_integer("--crash-at", 0, INT64_MAX)) {
      shaken.step = static_cast<uint64_t>(*step);
    }
  }
  return shaken;
}

int run(Context& context, const Arguments& arguments) {
  const OutputFormat format = output_format(arguments, "table|json");
  const Shaken shaken = shaken_of(arguments);
  std::vector<std::string> paths;
  for (const std::string& operand : arguments.operands) {
    for (std::string& path : rehearsal::find_scripts(*context.files, operand)) {
      paths.push_back(std::move(path));
    }
  }
  codec::Parquet parquet;
  const rehearsal::Surroundings surroundings{context.files, &parquet, connector::connections()};
  uint64_t failed = 0;
  Json list = Json::array();
  for (const std::string& path : paths) {
    const Result result = play(context, surroundings, path, shaken);
    failed += result.report.empty() ? 0 : 1;
    if (format == OutputFormat::json) {
      list.push(as_json(result));
    } else {
      show(context, result);
    }
  }
  context.out(format == OutputFormat::json ? list.dump_pretty() + "\n"
                                           : std::to_string(paths.size() - failed) + " passed, " +
                                                 std::to_string(failed) + " failed\n");
  return failed == 0 ? 0 : 1;
}

}  // namespace

Command test_command() {
  return {
      .name = "test",
      .operands = "PATH...",
      .summary = "run pipeline tests: what goes in, what must come out, what crashes",
      .about =
          "Runs every NAME.test.sql at or below the paths: a script that feeds a pipeline,\n"
          "kills or crashes it, and says what its tables must hold. Broker, engine and lake\n"
          "run in this process on virtual time and a disk in memory, so a test takes\n"
          "milliseconds and touches nothing.\n"
          "\n"
          "With --crashes each test is run again and again, crashing at random writes, syncs\n"
          "and renames; the same must come out. --crash-at each does so once at each of them,\n"
          "with the process lost and with the machine. A failing run prints how to replay it.\n"
          "\n"
          "With --at-once 1 each record is a batch, an epoch and a life of the process of its\n"
          "own, and the same must come out. With --spill, so it must where state that can be on\n"
          "disk is nowhere else.",
      .flags = kFlags,
      .examples =
          "  millrace test systems/\n"
          "  millrace test systems/telecom-events --crashes 200\n"
          "  millrace test systems/telecom-events --crash-at each\n",
      .least_operands = 1,
      .most_operands = kAnyNumber,
      .run = run};
}

}  // namespace millrace::server
