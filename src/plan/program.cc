#include "plan/program.h"

#include "base/match.h"
#include "sql/parser.h"

namespace millrace::plan {

// The word that a statement begins with, for messages.
static std::string first_word(const std::string& text) {
  return text.substr(0, text.find_first_of(" \t\r\n("));
}

static void refuse_answer(const sql::Statement& statement) {
  const bool asks = match(
      statement.node, [](const sql::Explain&) { return true; },
      [](const sql::Show&) { return true; }, [](const sql::Describe&) { return true; },
      [](const sql::DescribeJob&) { return true; }, [](const sql::StopJob&) { return true; },
      [](const sql::QueryStatement&) { return true; },
      [](const sql::Set& set) { return !set.option; }, [](const auto&) { return false; });
  if (!asks) {
    return;
  }
  const bool is_query = std::holds_alternative<sql::QueryStatement>(statement.node);
  const bool is_set = std::holds_alternative<sql::Set>(statement.node);
  throw Error(
      ErrorCode::unsupported,
      (is_query ? "a query"
       : is_set ? "SET without a setting"
                : first_word(statement.text)) +
          " has no place in a pipeline file, where nobody reads its answer: millrace run shows it",
      statement.position);
}

static std::optional<Given> given_by(Outcome outcome, const std::string& text) {
  return match(
      outcome, [](Done&) -> std::optional<Given> { return std::nullopt; },
      [&](JobsRequest& request) -> std::optional<Given> {  // whoever runs the jobs is elsewhere
        throw Error(ErrorCode::unsupported,
                    first_word(text) + " of jobs is not supported: millrace pipeline list does it",
                    request.position);
      },
      [](Withdrawn&) -> std::optional<Given> { return std::nullopt; },
      [](auto& given) -> std::optional<Given> { return std::move(given); });
}

// The name of the job that is to run no more as it was given.
static std::string superseded_by(const Outcome& outcome) {
  const auto* withdrawn = std::get_if<Withdrawn>(&outcome);
  const auto* job = std::get_if<Job>(&outcome);
  return withdrawn != nullptr ? withdrawn->job : job != nullptr ? job->name : "";
}

Script plan_script(std::string_view text, const std::string& file,
                   const catalog::Connections& connections) {
  Session session(connections);
  Script script;
  for (sql::Statement& statement : sql::parse_script(text, file)) {
    ++script.statements;
    const std::string written = statement.text;
    Outcome outcome = session.execute(std::move(statement));
    std::erase_if(script.given, [gone = superseded_by(outcome)](const Given& given) {
      const auto* job = std::get_if<Job>(&given);
      return job != nullptr && job->name == gone;
    });
    if (auto given = given_by(std::move(outcome), written)) {
      script.given.push_back(std::move(*given));
    }
  }
  script.warnings = session.take_warnings();
  script.catalog = session.take_catalog();
  return script;
}

Program plan_program(std::string_view text, const std::string& file,
                     const catalog::Connections& connections, Loadable loadable) {
  Session session(connections, std::move(loadable));
  Program program;
  for (sql::Statement& statement : sql::parse_script(text, file)) {
    refuse_answer(statement);
    Outcome outcome = session.execute(std::move(statement));
    std::erase_if(program.jobs,
                  [gone = superseded_by(outcome)](const Job& job) { return job.name == gone; });
    if (Job* job = std::get_if<Job>(&outcome)) {
      program.jobs.push_back(std::move(*job));
    }
  }
  program.warnings = session.take_warnings();
  program.catalog = session.take_catalog();
  return program;
}

}  // namespace millrace::plan
