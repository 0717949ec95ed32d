#include "rehearsal/script.h"

#include <algorithm>

#include "base/error.h"
#include "base/split.h"

namespace millrace::rehearsal {

namespace {

std::string_view without_blanks(std::string_view text) { return trimmed(text, " \t\r"); }

std::vector<std::string> cells_of(std::string_view line) {
  std::vector<std::string> cells;
  for (const std::string_view cell : split(line, '|')) {
    cells.emplace_back(without_blanks(cell));
  }
  return cells;
}

class Parser {
 public:
  Parser(const std::string& path, std::string_view text) : rest_(text) { script_.path = path; }

  Script parse() {
    while (next_line()) {
      if (!line_.empty() && !line_.starts_with("--")) {
        script_.steps.push_back(step());
      }
    }
    if (script_.steps.empty() || (script_.steps.front().kind != StepKind::pipeline &&
                                  script_.steps.front().kind != StepKind::sql)) {
      line_number_ = 1;
      fail("the first step of a pipeline test is 'pipeline FILE.sql' or 'sql'");
    }
    return std::move(script_);
  }

 private:
  bool next_line() {
    if (rest_.empty()) {
      return false;
    }
    const size_t end = std::min(rest_.find('\n'), rest_.size());
    line_ = without_blanks(rest_.substr(0, end));
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    ++line_number_;
    return true;
  }

  [[noreturn]] void fail(const std::string& message) const {
    throw Error(ErrorCode::syntax, message, Position{script_.path, line_number_, 1});
  }

  Step step() {
    const size_t space = std::min(line_.find(' '), line_.size());
    const std::string_view verb = line_.substr(0, space);
    const std::string_view argument = without_blanks(line_.substr(space));
    Step step;
    step.line = line_number_;
    if (verb == "pipeline") {
      step.kind = StepKind::pipeline;
      step.name = argument;
    } else if (verb == "sql" || verb == "apply") {
      step.kind = verb == "sql" ? StepKind::sql : StepKind::apply;
      read_statements(step);
    } else if (verb == "rollback") {
      step.kind = StepKind::rollback;
      step.name = argument;
    } else if (verb == "feed" || verb == "abort" || verb == "expect" || verb == "changes") {
      step.kind = verb == "feed"     ? StepKind::feed
                  : verb == "abort"  ? StepKind::abort
                  : verb == "expect" ? StepKind::expect
                                     : StepKind::changes;
      read_table(argument, step);
    } else if (verb == "wait") {
      step.kind = StepKind::wait;
      step.wait = duration(argument);
    } else if (verb == "kill" || verb == "crash" || verb == "restart") {
      step.kind = verb == "kill"    ? StepKind::kill
                  : verb == "crash" ? StepKind::crash
                                    : StepKind::restart;
    } else {
      fail("unknown step '" + std::string(verb) +
           "': expected pipeline, sql, feed, abort, expect, changes, kill, crash, restart, wait, "
           "apply or rollback");
    }
    return step;
  }

  Duration duration(std::string_view text) const {
    const auto parsed = parse_duration(text);
    if (!parsed) {
      fail("expected a duration such as '5 s', found '" + std::string(text) + "'");
    }
    return *parsed;
  }

  void read_table(std::string_view argument, Step& step) {
    const size_t colon = argument.find(':');
    step.name = without_blanks(argument.substr(0, colon));
    if (colon != std::string_view::npos) {
      step.columns = cells_of(argument.substr(colon + 1));
    } else if (step.kind != StepKind::feed && step.kind != StepKind::abort) {
      fail("name the columns to compare: expect " + step.name + ": column | column");
    }
    while (next_line() && !line_.empty()) {
      if (line_ == "(none)") {
        continue;
      }
      step.rows.push_back(row_of(step));
    }
  }

  std::vector<std::string> row_of(const Step& step) {
    if (step.columns.empty()) {
      return {std::string(line_)};
    }
    const std::string sign = step.kind == StepKind::changes ? take_sign() : "";
    std::vector<std::string> cells = cells_of(line_);
    if (cells.size() != step.columns.size()) {
      fail("expected " + std::to_string(step.columns.size()) + " cells, found " +
           std::to_string(cells.size()));
    }
    if (!sign.empty()) {
      cells.insert(cells.begin(), sign);
    }
    return cells;
  }

  std::string take_sign() {
    const std::string sign(line_.substr(0, 2));
    if (sign != "+I" && sign != "-U" && sign != "+U" && sign != "-D") {
      fail("a change begins with +I, -U, +U or -D");
    }
    line_ = without_blanks(line_.substr(2));
    return sign;
  }

  // With line ends before them, so that places in them are places in the script.
  void read_statements(Step& step) {
    step.name.assign(line_number_, '\n');
    while (next_line() && !line_.empty()) {
      step.name.append(line_).append("\n");
    }
  }

  Script script_;
  std::string_view rest_;
  std::string_view line_;
  uint32_t line_number_ = 0;
};

bool matches(const std::vector<std::string>& expected, const std::vector<std::string>& found) {
  return std::equal(expected.begin(), expected.end(), found.begin(), found.end(),
                    [](const std::string& e, const std::string& f) {
                      return e == "*" || e == f || (e == "null" && f == "NULL");
                    });
}

std::string joined(const std::vector<std::string>& cells) {
  std::string text;
  for (const std::string& cell : cells) {
    text += (text.empty() ? "" : " | ") + cell;
  }
  return text;
}

std::string lines_of(const char* sign, const std::vector<std::vector<std::string>>& rows,
                     size_t from, size_t to) {
  std::string text;
  for (size_t i = from; i < to; ++i) {
    text += sign + joined(rows[i]) + "\n";
  }
  return text;
}

size_t wildcards(const std::vector<std::string>& row) {
  return static_cast<size_t>(std::count(row.begin(), row.end(), "*"));
}

}  // namespace

Script parse_script(const std::string& path, std::string_view text) {
  return Parser(path, text).parse();
}

std::string difference(const std::vector<std::vector<std::string>>& expected,
                       const std::vector<std::vector<std::string>>& found) {
  // The most specific expectations choose first, so that "* | 7" takes no row that another names.
  std::vector<std::vector<std::string>> wanted = expected;
  std::sort(wanted.begin(), wanted.end(),
            [](const auto& a, const auto& b) { return wildcards(a) < wildcards(b); });
  std::vector<bool> taken(found.size(), false);
  std::vector<std::string> lines;
  bool differs = false;
  for (const auto& row : wanted) {
    size_t i = 0;
    while (i < found.size() && (taken[i] || !matches(row, found[i]))) {
      ++i;
    }
    const bool present = i < found.size();
    if (present) {
      taken[i] = true;
    }
    differs = differs || !present;
    lines.push_back((present ? "  " : "- ") + joined(row));
  }
  for (size_t i = 0; i < found.size(); ++i) {
    if (!taken[i]) {
      differs = true;
      lines.push_back("+ " + joined(found[i]));
    }
  }
  if (!differs) {
    return "";
  }
  std::sort(lines.begin(), lines.end(), [](const auto& a, const auto& b) {
    return std::string_view(a).substr(2) < std::string_view(b).substr(2);
  });
  std::string text;
  for (const std::string& line : lines) {
    text += line + "\n";
  }
  return text;
}

std::string difference_in_order(const std::vector<std::vector<std::string>>& expected,
                                const std::vector<std::vector<std::string>>& found) {
  // What agrees at both ends stands around what differs.
  const size_t shorter = std::min(expected.size(), found.size());
  size_t before = 0;
  while (before < shorter && matches(expected[before], found[before])) {
    ++before;
  }
  if (before == expected.size() && before == found.size()) {
    return "";
  }
  size_t after = 0;
  while (after < shorter - before &&
         matches(expected[expected.size() - 1 - after], found[found.size() - 1 - after])) {
    ++after;
  }
  return lines_of("  ", found, 0, before) +
         lines_of("- ", expected, before, expected.size() - after) +
         lines_of("+ ", found, before, found.size() - after) +
         lines_of("  ", found, found.size() - after, found.size());
}

}  // namespace millrace::rehearsal
