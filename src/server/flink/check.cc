#include "server/flink/check.h"

#include <algorithm>

#include "base/ascii_case.h"
#include "base/match.h"
#include "sql/parser.h"
#include "sql/token_stream.h"

namespace millrace::server::flink {

namespace {

// Of what a later statement can name; empty where the statement defines nothing.
std::string defined_by(const sql::Statement& statement) {
  return match(
      statement.node, [](const sql::CreateTable& made) { return made.name.last().text; },
      [](const sql::CreateView& made) { return made.name.last().text; },
      [](const sql::CreateFunction& made) { return made.name.last().text; },
      [](const sql::CreateModel& made) { return made.name.last().text; },
      [](const sql::CreateDatabase& made) { return made.name.last().text; },
      [](const sql::CreateCatalog& made) { return made.name.text; },
      [](const auto&) { return std::string(); });
}

bool same_place(const Position& a, const Position& b) {
  return a.line == b.line && a.column == b.column;
}

// The parts of the name that stands at a place of the statement's text.
std::vector<std::string> name_at(const Position& place, sql::TokenStream tokens) {
  while (tokens.peek().kind != sql::TokenKind::end && !same_place(tokens.position(), place)) {
    tokens.next();
  }
  std::vector<std::string> parts;
  do {
    parts.push_back(tokens.next().text);
  } while (tokens.accept("."));
  return parts;
}

enum class FlinkSays : uint8_t { the_same, nobody_knows };

// Connectors, options and settings are not all here which Flink has: then it is not known what
// Flink would say.
FlinkSays said_of(const Error& error, bool sets) {
  return sets || error.code() == ErrorCode::unsupported ? FlinkSays::nobody_knows
                                                        : FlinkSays::the_same;
}

Finding finding(const Error& error, FlinkSays says, const Position& begin) {
  const bool is_placed = error.position() && error.position()->line > 0;
  Position at = is_placed ? *error.position() : begin;
  at.file = at.file.empty() ? begin.file : at.file;  // an option's table may be of a file before
  return says == FlinkSays::nobody_knows
             ? Finding{Weight::unknown, at, "cannot be checked here: " + error.message()}
             : Finding{Weight::refused, at, error.message()};
}

const plan::Plan* plan_of(const plan::Outcome& outcome) {
  const auto* job = std::get_if<plan::Job>(&outcome);
  const auto* question = std::get_if<plan::Question>(&outcome);
  return job != nullptr ? job->plan.get() : question != nullptr ? question->plan.get() : nullptr;
}

void append(std::vector<Finding>& findings, const std::vector<Finding>& more) {
  findings.insert(findings.end(), more.begin(), more.end());
}

}  // namespace

Check::Check(const catalog::Connections& connections) : session_(connections) {}

std::vector<Finding> Check::findings_in(std::string_view text, const std::string& file,
                                        const Places& places) {
  std::vector<sql::Statement> statements;
  try {
    statements = sql::parse_script(text, file);
  } catch (const Error& error) {  // all syntax of Flink's is not here either
    return {finding(error, FlinkSays::nobody_knows, {file, 1, 1})};
  }
  if (statements.empty()) {
    throw Error(ErrorCode::invalid_argument, "there is no statement in " + file);
  }
  return findings_in(std::move(statements), places);
}

std::vector<Finding> Check::findings_in(std::vector<sql::Statement> statements,
                                        const Places& places) {
  std::vector<Finding> findings;
  for (sql::Statement& statement : statements) {
    append(findings,
           findings_of(statement, places.lake.empty() ? Lake::as_written : Lake::replaced));
    if (const auto why = not_handed_over(statement)) {
      findings.push_back({Weight::ignored, statement.position, *why});
    }
    append(findings, planned(std::move(statement), places));
    for (const plan::BeyondFlink& note : session_.take_beyond_flink()) {
      findings.push_back(finding_of(note));
    }
  }
  return findings;
}

// The statement is planned as Flink is given it: a lake table that becomes files takes no changes.
std::vector<Finding> Check::planned(sql::Statement statement, const Places& places) {
  const Position begin = statement.position;
  const std::string text = statement.text;
  const std::string defined = defined_by(statement);
  const bool sets = std::holds_alternative<sql::Set>(statement.node);
  move_tables(statement, places);
  try {
    const plan::Outcome outcome = session_.execute(std::move(statement));
    const plan::Plan* plan = plan_of(outcome);
    return plan != nullptr ? findings_in_plan(*plan, begin) : std::vector<Finding>();
  } catch (const Error& error) {  // the next statement may have a mistake of its own
    std::vector<Finding> findings;
    if (!follows(error, sql::TokenStream(text, begin))) {
      findings.push_back(finding(error, said_of(error, sets), begin));
    }
    if (!defined.empty()) {
      missing_.insert(upper_case(defined));
    }
    return findings;
  }
}

// That a thing is not there, of which it has been said why.
bool Check::follows(const Error& error, sql::TokenStream statement) const {
  if (error.code() != ErrorCode::not_found || !error.position()) {
    return false;
  }
  const std::vector<std::string> parts = name_at(*error.position(), std::move(statement));
  return std::any_of(parts.begin(), parts.end(),
                     [&](const std::string& part) { return missing_.contains(upper_case(part)); });
}

}  // namespace millrace::server::flink
