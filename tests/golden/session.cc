#include "golden/session.h"

#include <sstream>

#include "base/match.h"
#include "connector/connectors.h"
#include "golden/connections.h"
#include "plan/explain.h"
#include "plan/session/session.h"
#include "sql/parser.h"

namespace millrace::golden {

namespace {

template <typename Cells, typename Text>
std::string line_of(const Cells& cells, Text text) {
  std::string line;
  for (const auto& cell : cells) {
    line += (line.empty() ? "" : " | ") + text(cell);
  }
  return line + "\n";
}

std::string text_of(const plan::Answer& answer) {
  std::string text = line_of(answer.columns, [](const std::string& name) { return name; });
  for (const auto& row : answer.rows) {
    text += line_of(row, [](const auto& cell) { return cell.value_or("NULL"); });
  }
  return text;
}

// An answer in a test has no empty lines.
std::string without_empty_lines(const std::string& text) {
  std::istringstream lines(text);
  std::string kept;
  for (std::string line; std::getline(lines, line);) {
    kept += line.empty() ? "" : line + "\n";
  }
  return kept;
}

std::string text_of(const plan::Outcome& outcome) {
  return match(
      outcome, [](const plan::Done&) { return std::string(); },
      [](const plan::Answer& answer) { return text_of(answer); },
      [](const plan::Text& lines) { return without_empty_lines(lines.text); },
      [](const plan::Job& job) { return "job " + job.name + "\n" + plan::explain(*job.plan, {}); },
      [](const plan::Question& question) { return "query\n" + plan::explain(*question.plan, {}); },
      [](const plan::JobsRequest&) { return std::string("for whoever runs the jobs\n"); },
      [](const plan::Withdrawn& withdrawn) { return "no job " + withdrawn.job + "\n"; });
}

using TextOf = std::string (*)(const plan::Outcome& outcome);

std::string execute(plan::Session& session, sql::Statement statement, TextOf text_of) {
  std::string text;
  try {
    text = text_of(session.execute(std::move(statement)));
  } catch (const Error& error) {  // the error is the answer under test
    text = "error " + std::string(error.what()) + "\n";
  }
  for (const std::string& warning : session.take_warnings()) {
    text += "warning " + warning + "\n";
  }
  return text;
}

std::string answer(const std::string& input, const catalog::Connections& connections,
                   TextOf text_of) {
  plan::Session session(connections);
  std::string text;
  try {
    for (sql::Statement& statement : sql::parse_script(input, "")) {
      text += execute(session, std::move(statement), text_of);
    }
  } catch (const Error& error) {  // likewise
    text += "error " + std::string(error.what()) + "\n";
  }
  return text.empty() ? "OK" : text.substr(0, text.size() - 1);
}

}  // namespace

std::string answer_session(const std::string& input) {
  return answer(input, connections(), text_of);
}

std::string answer_refusals(const std::string& input) {
  return answer(input, connector::connections(),
                [](const plan::Outcome&) { return std::string(); });
}

}  // namespace millrace::golden
