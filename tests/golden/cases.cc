#include "golden/cases.h"

#include <cstdio>
#include <fstream>
#include <sstream>

namespace millrace::golden {

namespace {

constexpr const char* kDashes = "----";

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    lines.push_back(line);
  }
  return lines;
}

std::string without_last_line_end(std::string text) {
  if (!text.empty()) {
    text.pop_back();
  }
  return text;
}

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void report(const std::string& path, const Case& test, const std::string& answer) {
  std::printf("%s:%zu: the answer differs\n%s\n--- expected\n%s\n--- got\n%s\n\n", path.c_str(),
              test.line, test.input.c_str(), test.expected.c_str(), answer.c_str());
}

}  // namespace

std::vector<Case> read_cases(const std::string& text) {
  std::vector<Case> cases;
  const std::vector<std::string> lines = lines_of(text);
  for (size_t i = 0; i < lines.size();) {
    Case test;
    for (; i < lines.size() && (lines[i].empty() || lines[i][0] == '#'); ++i) {
      test.comments += lines[i] + "\n";
    }
    test.line = i + 1;
    for (; i < lines.size() && lines[i] != kDashes; ++i) {
      test.input += lines[i] + "\n";
    }
    for (++i; i < lines.size() && !lines[i].empty(); ++i) {
      test.expected += lines[i] + "\n";
    }
    test.input = without_last_line_end(std::move(test.input));
    test.expected = without_last_line_end(std::move(test.expected));
    if (!test.input.empty()) {
      cases.push_back(std::move(test));
    }
  }
  return cases;
}

std::string write_cases(const std::vector<Case>& cases) {
  std::string text;
  for (const Case& test : cases) {
    text += test.comments + test.input + "\n" + kDashes + "\n";
    text += test.expected.empty() ? "" : test.expected + "\n";
  }
  return text;
}

Tally run_file(const std::string& path, const Answer& answer, bool rewrite) {
  Tally tally;
  std::vector<Case> cases = read_cases(read_file(path));
  for (Case& test : cases) {
    std::string got = answer(test.input);
    const bool same = got == test.expected;
    if (!same && !rewrite) {
      report(path, test, got);
    }
    ++(same || rewrite ? tally.passed : tally.failed);
    test.expected = std::move(got);
  }
  if (rewrite) {
    std::ofstream(path) << write_cases(cases);
  }
  return tally;
}

}  // namespace millrace::golden
