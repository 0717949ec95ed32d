// millrace explain: the plan of each job of a file, nothing is run.

#include "plan/explain.h"

#include <array>

#include "server/commands.h"
#include "server/context.h"
#include "server/pipelines.h"
#include "server/print.h"

namespace millrace::server {

static constexpr std::array kFlags{
    Flag{"--changelog-mode", "", "show which changes leave each operator: [I,UB,UA,D]"},
    kOutputFlag};

static int run(Context& context, const Arguments& arguments) {
  const OutputFormat format = output_format(arguments, "table|json");
  const std::vector<PlannedJob> jobs = plan_files(context, arguments.operands);
  const plan::ExplainDetails details{.changelog_mode = arguments.has("--changelog-mode")};
  Json list = Json::array();
  for (const PlannedJob& planned : jobs) {
    const std::string plan = plan::explain(*planned.job.plan, details);
    if (format == OutputFormat::json) {
      list.push(
          Json::object({{"file", planned.file}, {"pipeline", planned.job.name}, {"plan", plan}}));
    } else {
      context.out("-- " + planned.file + ": " + planned.job.name + "\n" + plan + "\n");
    }
  }
  if (format == OutputFormat::json) {
    context.out(list.dump_pretty() + "\n");
  }
  return 0;
}

Command explain_command() {
  return {.name = "explain",
          .operands = "FILE.sql...",
          .summary = "check SQL files and show their plans; nothing is run",
          .about =
              "Parses, checks and plans the files as a server would, and prints each pipeline's\n"
              "operators, sources at the bottom. A mistake is shown as file:line:column and\n"
              "ends it with exit code 1, so it also serves as a check before a deployment.",
          .flags = kFlags,
          .examples = "  millrace explain systems/telecom-events/pipeline.sql\n",
          .least_operands = 1,
          .most_operands = kAnyNumber,
          .run = run};
}

}  // namespace millrace::server
