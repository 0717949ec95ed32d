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
  throw Error(ErrorCode::unsupported,
              (is_query ? "a query"
               : is_set ? "SET without a setting"
                        : first_word(statement.text)) +
                  " has no place in a pipeline file, where nobody reads its answer",
              statement.position);
}

Program plan_program(std::string_view text, const std::string& file,
                     const catalog::Connections& connections) {
  Session session(connections);
  Program program;
  for (sql::Statement& statement : sql::parse_script(text, file)) {
    refuse_answer(statement);
    Outcome outcome = session.execute(std::move(statement));
    if (Job* job = std::get_if<Job>(&outcome)) {
      program.jobs.push_back(std::move(*job));
    }
  }
  program.warnings = session.take_warnings();
  program.catalog = session.take_catalog();
  return program;
}

}  // namespace millrace::plan
