// Random queries over random tables: Millrace against itself, with its input cut in other ways, and
// against DuckDB over what the tables hold in the end.
//
//   millrace_random_queries [--seed N] [--queries N] [--as-they-are]
//
// Query n is made from the seed N + n alone, so `--seed N --queries 1` is that query again. One
// that fails is made smaller, and shown as a golden case that scripts/flink/record.py can ask
// Flink.

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "codec/duckdb/database.h"
#include "duckdb/trial.h"

namespace millrace::random_queries {

namespace {

struct Options {
  uint64_t seed = 1;
  uint64_t queries = 500;
  bool shrink = true;
};

Options options_of(const std::vector<std::string>& arguments) {
  Options options;
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--as-they-are") {
      options.shrink = false;
    } else if (i + 1 < arguments.size()) {
      (arguments[i] == "--seed" ? options.seed : options.queries) =
          std::strtoull(arguments[i + 1].c_str(), nullptr, 10);
      ++i;
    }
  }
  return options;
}

void show(uint64_t seed, Trial trial, const Finding& finding, const Options& options,
          codec::DuckConnection& duckdb) {
  if (options.shrink) {
    trial = shrunk(std::move(trial), finding.verdict, duckdb);
  }
  std::printf("--- seed %llu\n%s\nDuckDB: %s\n%s\n\n", static_cast<unsigned long long>(seed),
              case_text(trial).c_str(), text_of(trial.query, Dialect::duckdb).c_str(),
              judge(trial, duckdb).report.c_str());
}

int run(const Options& options) {
  const codec::DuckDatabase::Settings settings{{"threads", "1"}};
  codec::DuckDatabase database(settings);
  codec::DuckConnection duckdb(database);
  size_t passed = 0;
  size_t failed = 0;
  size_t without_answer = 0;
  for (uint64_t seed = options.seed; seed < options.seed + options.queries; ++seed) {
    const Trial trial = random_trial(seed);
    const Finding finding = judge(trial, duckdb);
    if (finding.verdict == Verdict::same) {
      ++passed;
    } else if (finding.verdict == Verdict::no_answer) {
      ++without_answer;
    } else {
      ++failed;
      show(seed, trial, finding, options, duckdb);
    }
  }
  std::printf("%zu have no answer of DuckDB\n%zu passed, %zu failed\n", without_answer, passed,
              failed);
  return failed == 0 && passed > without_answer ? 0 : 1;
}

}  // namespace

}  // namespace millrace::random_queries

int main(int count, char** arguments) {
  return millrace::random_queries::run(
      millrace::random_queries::options_of({arguments + 1, arguments + count}));
}
