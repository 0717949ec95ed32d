// millrace explain: the plan of each job and each query of a file, nothing is run.

#include "plan/explain.h"

#include <algorithm>
#include <array>

#include "plan/explain_state.h"
#include "server/commands.h"
#include "server/context.h"
#include "server/pipelines.h"
#include "server/print.h"

namespace millrace::server {

static constexpr std::array kFlags{
    Flag{"--changelog-mode", "", "show which changes leave each operator: [I,UB,UA,D]"},
    Flag{"--state", "", "show what each operator must remember, and what lets it go"}, kOutputFlag};

namespace {

struct NamedPlan {
  std::string file;
  std::string name;  // of the pipeline; "query" of a query by itself
  const plan::Plan* plan;
};

std::vector<NamedPlan> plans_of(const std::vector<PlannedFile>& files) {
  std::vector<NamedPlan> plans;
  for (const PlannedFile& file : files) {
    for (const Step& step : file.steps) {
      if (const auto* planned = std::get_if<PlannedJob>(&step)) {
        plans.push_back({file.path, planned->job.name, planned->job.plan.get()});
      } else if (const auto* question = std::get_if<plan::Question>(&step)) {
        plans.push_back({file.path, "query", question->plan.get()});
      }
    }
  }
  return plans;
}

// For those who wonder why nothing is shown.
void say_what_has_no_plan(Context& context, const PlannedFile& file) {
  const bool has_plan = std::any_of(file.steps.begin(), file.steps.end(), [](const Step& step) {
    return std::holds_alternative<PlannedJob>(step) || std::holds_alternative<plan::Question>(step);
  });
  if (!has_plan) {
    context.err(file.path + ": " + std::to_string(file.statements) +
                (file.statements == 1 ? " statement" : " statements") +
                " without a mistake; no INSERT and no query among them, so there is no plan to "
                "show\n");
  }
}

int run(Context& context, const Arguments& arguments) {
  const OutputFormat format = output_format(arguments, "table|json");
  const std::vector<PlannedFile> files = plan_steps(context, arguments.operands);
  const plan::ExplainDetails details{.changelog_mode = arguments.has("--changelog-mode")};
  Json list = Json::array();
  for (const NamedPlan& each : plans_of(files)) {
    std::string plan = plan::explain(*each.plan, details);
    if (arguments.has("--state")) {
      plan += "\n" + plan::explain_state(*each.plan);
    }
    if (format == OutputFormat::json) {
      list.push(Json::object({{"file", each.file}, {"pipeline", each.name}, {"plan", plan}}));
    } else {
      context.out("-- " + each.file + ": " + each.name + "\n" + plan + "\n");
    }
  }
  if (format == OutputFormat::json) {
    context.out(list.dump_pretty() + "\n");
  }
  for (const PlannedFile& file : files) {
    say_what_has_no_plan(context, file);
  }
  return 0;
}

}  // namespace

Command explain_command() {
  return {.name = "explain",
          .operands = "FILE.sql...",
          .summary = "check SQL files and show their plans; nothing is run",
          .about =
              "Parses, checks and plans the files, and prints the operators of each pipeline and\n"
              "each query, sources at the bottom. A mistake is shown as file:line:column and ends\n"
              "it with exit code 1, so it also serves as a check before a deployment.",
          .flags = kFlags,
          .examples =
              "  millrace explain systems/telecom-events/pipeline.sql\n"
              "  millrace explain --state systems/telecom-lakehouse/pipeline.sql\n",
          .least_operands = 1,
          .most_operands = kAnyNumber,
          .run = run};
}

}  // namespace millrace::server
