#include "golden/plan.h"

#include "base/error.h"
#include "golden/connections.h"
#include "plan/explain.h"
#include "plan/program.h"

namespace millrace::golden {

static std::string plans_of(const std::string& input, plan::ExplainDetails details) {
  const plan::Program program = plan::plan_program(input, "", connections());
  std::string text;
  for (const plan::Job& job : program.jobs) {
    const auto& letters = job.letters.dead_letters;
    text += "job " + job.name + (letters ? ", dead letters to " + letters->name : "");
    text += "\n" + plan::explain(*job.plan, details);
  }
  if (!text.empty()) {
    text.pop_back();
  }
  return text;
}

static std::string answer(const std::string& input, plan::ExplainDetails details) {
  try {
    return plans_of(input, details);
  } catch (const Error& error) {  // the error is the answer under test
    return "error " + std::string(error.what());
  }
}

std::string answer_plan(const std::string& input) { return answer(input, {}); }

std::string answer_plan_with_changes(const std::string& input) {
  return answer(input, {.changelog_mode = true});
}

}  // namespace millrace::golden
