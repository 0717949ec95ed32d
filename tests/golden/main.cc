// Runs the tests of tests/ that are text: millrace_golden_tests [--rewrite] PATH...
//
// A file's folder says how its inputs are answered: sql-syntax, plan, plan/changelog, session or
// connectors.

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "golden/cases.h"
#include "golden/plan.h"
#include "golden/session.h"
#include "golden/syntax.h"

namespace millrace::golden {

static std::vector<std::string> test_files(const std::string& path) {
  std::vector<std::string> files;
  if (!std::filesystem::is_directory(path)) {
    return {path};
  }
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
    if (entry.path().extension() == ".test") {
      files.push_back(entry.path().string());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

// By the file's folder.
static Answer answer_of(const std::string& file) {
  if (file.find("plan/changelog/") != std::string::npos) {
    return answer_plan_with_changes;
  }
  if (file.find("session/") != std::string::npos) {
    return answer_session;
  }
  if (file.find("connectors/") != std::string::npos) {
    return answer_refusals;
  }
  return file.find("plan/") != std::string::npos ? Answer(answer_plan) : Answer(answer_syntax);
}

static int run(const std::vector<std::string>& arguments) {
  Tally total;
  const bool rewrite =
      std::find(arguments.begin(), arguments.end(), "--rewrite") != arguments.end();
  for (const std::string& path : arguments) {
    if (path == "--rewrite") {
      continue;
    }
    for (const std::string& file : test_files(path)) {
      const Tally tally = run_file(file, answer_of(file), rewrite);
      total.passed += tally.passed;
      total.failed += tally.failed;
    }
  }
  std::printf("%zu passed, %zu failed\n", total.passed, total.failed);
  return total.failed == 0 && total.passed > 0 ? 0 : 1;
}

}  // namespace millrace::golden

int main(int count, char** arguments) {
  return millrace::golden::run({arguments + 1, arguments + count});
}
