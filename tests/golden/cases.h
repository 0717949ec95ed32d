#pragma once

// Tests as text: an input, a line of four dashes, the answer that is expected, a blank line.
//
//   # What the case is about.
//   SELECT 1
//   ----
//   SELECT 1
//
// The input may hold blank lines, the answer may not. Lines that begin with # before an input are
// comments, kept by --rewrite.

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace millrace::golden {

struct Case {
  size_t line = 0;       // of the first line of the input
  std::string comments;  // with blank lines, as they stand before the input
  std::string input;     // without its last line end
  std::string expected;
};

std::vector<Case> read_cases(const std::string& text);
std::string write_cases(const std::vector<Case>& cases);

struct Tally {
  size_t passed = 0;
  size_t failed = 0;
};

using Answer = std::function<std::string(const std::string& input)>;

// Answers the cases of a file in order; says which differ, or writes the answers into the file.
Tally run_file(const std::string& path, const Answer& answer, bool rewrite);

}  // namespace millrace::golden
