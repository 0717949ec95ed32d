// Runs tests/functions/*.test: a line `expression -> result` each.

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "base/error.h"
#include "function/manual.h"
#include "function/testing/expression_text.h"

namespace millrace::function {

static std::string outcome_of(const std::string& expression) {
  try {
    return testing::value_of(expression);
  } catch (const Error& error) {  // a wrong line must not hide the ones after it
    return std::string("refused: ") + error.what();
  }
}

TEST_CASE("functions give what the tables in tests/functions say") {
  size_t lines = 0;
  for (const auto& entry : std::filesystem::directory_iterator("tests/functions")) {
    if (entry.path().extension() != ".test") {
      continue;
    }
    std::ifstream file(entry.path());
    std::string line;
    for (size_t number = 1; std::getline(file, line); ++number) {
      const size_t arrow = line.find(" -> ");
      if (line.empty() || line.front() == '#') {
        continue;
      }
      CAPTURE(entry.path().filename().string());
      CAPTURE(number);
      CAPTURE(line);
      REQUIRE(arrow != std::string::npos);
      CHECK(outcome_of(line.substr(0, arrow)) == line.substr(arrow + 4));
      ++lines;
    }
  }
  CHECK(lines > 100);
}

// To bring the file up to date: delete it, run this test, which writes it anew, and look at the
// diff.
TEST_CASE("docs/functions.md lists the functions that there are") {
  const char* path = "docs/functions.md";
  if (!std::filesystem::exists(path)) {
    std::ofstream(path) << manual();
    FAIL("docs/functions.md was missing; it is written now");
  }
  std::ifstream file(path);
  const std::string written((std::istreambuf_iterator<char>(file)), {});
  CHECK(written == manual());
}

}  // namespace millrace::function
