#include "golden/flink/compare.h"

#include <algorithm>
#include <map>

namespace millrace::golden {

namespace {

constexpr std::string_view kError = "error when ";
constexpr std::string_view kOurs = "millrace: ";
constexpr size_t kHeader = 2;  // lines "columns" and "changelog"

using Lines = std::vector<std::string>;
using KindsByRow = std::map<std::string, std::vector<std::string>>;

std::string joined(const Lines& lines) {
  std::string text;
  for (const std::string& line : lines) {
    text += line + "\n";
  }
  return text;
}

// The changes, behind the header; Flink's has no "changelog" where no sink takes the types.
Lines changes_of(const Lines& lines) {
  Lines changes;
  for (const std::string& line : lines) {
    if (!line.starts_with("columns ") && !line.starts_with("changelog ")) {
      changes.push_back(line);
    }
  }
  return changes;
}

KindsByRow by_row(const Lines& changes) {
  KindsByRow kinds;
  for (const std::string& change : changes) {
    kinds[change.substr(2)].push_back(change.substr(0, 2));
  }
  return kinds;
}

std::map<std::string, int> table_of(const Lines& changes) {
  std::map<std::string, int> table;
  for (const std::string& change : changes) {
    table[change.substr(2)] += change[0] == '+' ? 1 : -1;
  }
  std::erase_if(table, [](const auto& row) { return row.second == 0; });
  return table;
}

bool same_changes(Comparison comparison, const Lines& flink, const Lines& ours) {
  switch (comparison) {
    case Comparison::by_row: return by_row(flink) == by_row(ours);
    case Comparison::in_order: return flink == ours;
    case Comparison::as_table: return table_of(flink) == table_of(ours);
  }
  return false;
}

bool same_header(const Lines& flink, const Lines& ours, bool with_changelog) {
  for (size_t i = 0; i < std::min(kHeader, flink.size()); ++i) {
    const bool counts =
        flink[i].starts_with("columns ") || (with_changelog && flink[i].starts_with("changelog "));
    if (counts && flink[i] != ours[i]) {
      return false;
    }
  }
  return true;
}

bool same_error(const Lines& flink, const std::string& ours) {
  return is_error(ours) && when_of(flink[0]) == when_of(ours) && flink.size() > 1 &&
         flink[1] == std::string(kOurs) + message_of(ours);
}

// What we are to answer.
bool same_answer(const Lines& expected, const Lines& answer, Comparison comparison,
                 bool is_other_plan) {
  if (is_error(expected[0]) || is_error(answer[0])) {
    return is_error(expected[0]) && is_error(answer[0]) &&
           (is_other_plan || expected == answer || same_error(expected, answer[0]));
  }
  return same_header(expected, answer, comparison != Comparison::as_table) &&
         same_changes(comparison, changes_of(expected), changes_of(answer));
}

}  // namespace

bool is_error(const std::string& line) { return line.starts_with(kError); }

std::string when_of(const std::string& error) {
  return error.substr(kError.size(), error.find(':') - kError.size());
}

std::string message_of(const std::string& error) { return error.substr(error.find(": ") + 2); }

std::string difference(const FlinkCase& test, const Lines& answer, Pace pace) {
  const bool is_other_plan = pace == Pace::split || pace == Pace::shared;
  const Comparison comparison = is_other_plan ? Comparison::as_table : test.comparison;
  const Lines& expected = test.otherwise.empty() ? test.expected : test.own;
  if (same_answer(expected, answer, comparison, is_other_plan)) {
    return "";
  }
  return (test.otherwise.empty() ? "--- Flink\n" : "--- Otherwise than Flink\n") +
         joined(expected) + "--- Millrace\n" + joined(answer);
}

bool is_as_flink(const FlinkCase& test, const Lines& answer) {
  return same_answer(test.expected, answer, test.comparison, false);
}

bool is_same(const CaseExpression& expression, const std::string& answer) {
  return expression.expected == answer || (is_error(expression.expected) && is_error(answer));
}

}  // namespace millrace::golden
