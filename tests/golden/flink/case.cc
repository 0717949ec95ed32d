#include "golden/flink/case.h"

#include <array>
#include <fstream>
#include <sstream>

#include "base/check.h"

namespace millrace::golden {

namespace {

constexpr std::string_view kDashes = "----";
constexpr std::string_view kArrow = " -> ";
constexpr std::string_view kOtherwise = "otherwise: ";
constexpr std::array<std::string_view, 8> kSections{"compare", "table", "sink",  "function",
                                                    "feed",    "sql",   "query", "expressions"};
constexpr std::array<std::string_view, 4> kKinds{"+I", "-U", "+U", "-D"};  // as RowKind counts

struct Section {
  std::string name;
  std::string argument;  // the rest of its line
  std::vector<std::string> lines;
};

std::vector<std::string> lines_of(const std::string& path) {
  std::ifstream file(path);
  check(file.good(), "the case can be read");
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    lines.push_back(line);
  }
  return lines;
}

std::string joined(std::vector<std::string> lines) {
  while (!lines.empty() && lines.back().empty()) {
    lines.pop_back();
  }
  std::string text;
  for (const std::string& line : lines) {
    text += line + "\n";
  }
  return text;
}

bool begins_section(const std::string& line, Section& section) {
  const size_t space = line.find(' ');
  const std::string word = line.substr(0, space);
  for (const std::string_view name : kSections) {
    if (word == name) {
      section = {word, space == std::string::npos ? "" : line.substr(space + 1), {}};
      return true;
    }
  }
  return false;
}

// A section begins behind a blank line; the first may stand behind the comment.
std::vector<Section> sections_of(const std::vector<std::string>& head) {
  std::vector<Section> sections;
  bool may_begin = true;
  for (const std::string& line : head) {
    Section section;
    if (may_begin && begins_section(line, section)) {
      sections.push_back(std::move(section));
    } else if (!sections.empty()) {
      sections.back().lines.push_back(line);
    }
    may_begin = line.empty() || (may_begin && line.starts_with("#"));
  }
  return sections;
}

CaseTable table_of(const Section& section) {
  CaseTable table;
  std::istringstream words(section.argument);
  words >> table.name;
  for (std::string option; words >> option;) {
    const size_t equals = option.find('=');
    check(equals != std::string::npos, "an option is key=value");
    table.options[option.substr(0, equals)] = option.substr(equals + 1);
  }
  table.body = joined(section.lines);
  return table;
}

FeedRow row_of(size_t step, const std::string& table, const std::string& line) {
  FeedRow row{step, table, RowKind::insert, line};
  for (size_t kind = 0; kind < kKinds.size(); ++kind) {
    if (line.starts_with(kKinds[kind])) {
      row.kind = static_cast<RowKind>(kind);
      row.json = line.substr(kKinds[kind].size() + 1);
    }
  }
  return row;
}

Comparison comparison_of(const std::string& words) {
  check(words == "in order" || words == "as table", "'compare' knows the words");
  return words == "in order" ? Comparison::in_order : Comparison::as_table;
}

void take(const Section& section, size_t& steps, FlinkCase& test) {
  if (section.name == "compare") {
    test.comparison = comparison_of(section.argument);
  } else if (section.name == "table") {
    test.tables.push_back(table_of(section));
  } else if (section.name == "sink") {
    test.sinks.push_back(table_of(section));
  } else if (section.name == "function") {
    test.functions.push_back(section.argument);
  } else if (section.name == "feed") {
    for (const std::string& line : section.lines) {
      if (!line.empty()) {
        test.feed.push_back(row_of(steps, section.argument, line));
      }
    }
    ++steps;
  } else if (section.name == "sql") {
    test.statements = joined(section.lines);
  } else if (section.name == "query") {
    test.query = joined(section.lines);
  }
}

void take_answer(const std::string& line, FlinkCase& test) {
  if (line.starts_with(kOtherwise)) {
    test.otherwise = line.substr(kOtherwise.size());
  } else {
    (test.otherwise.empty() ? test.expected : test.own).push_back(line);
  }
}

CaseExpression expression_of(const std::string& line) {
  const bool differs = line.starts_with("! ");
  const size_t begin = differs ? 2 : 0;
  const size_t arrow = line.find(kArrow, begin);
  check(arrow != std::string::npos, "an expression has an answer");
  return {line.substr(begin, arrow - begin), line.substr(arrow + kArrow.size()), differs};
}

}  // namespace

FlinkCase read_flink_case(const std::string& path) {
  const std::vector<std::string> lines = lines_of(path);
  FlinkCase test;
  test.path = path;
  size_t line = 0;
  std::vector<std::string> head;
  for (; line < lines.size() && lines[line] != kDashes; ++line) {
    head.push_back(lines[line]);
  }
  test.head = joined(head);
  size_t steps = 0;
  for (const Section& section : sections_of(head)) {
    take(section, steps, test);
  }
  const bool is_query = !test.query.empty();
  for (++line; line < lines.size(); ++line) {
    if (is_query) {
      take_answer(lines[line], test);
    } else if (!lines[line].empty()) {
      test.expressions.push_back(expression_of(lines[line]));
    }
  }
  return test;
}

std::string write_flink_case(const FlinkCase& test) {
  std::string text = test.head + std::string(kDashes) + "\n";
  for (const std::string& line : test.expected) {
    text += line + "\n";
  }
  if (!test.otherwise.empty()) {
    text += std::string(kOtherwise) + test.otherwise + "\n" + joined(test.own);
  }
  for (const CaseExpression& expression : test.expressions) {
    text += (expression.differs ? "! " : "") + expression.text + std::string(kArrow) +
            expression.expected + "\n";
  }
  return text;
}

}  // namespace millrace::golden
