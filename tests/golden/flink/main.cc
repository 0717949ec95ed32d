// Runs what was recorded from Flink on Millrace: millrace_flink_tests [FLAG] PATH...
//
//   --shrink     takes what passes off the lists of what is unsupported (lists.h, and the '!' of
//                expressions)
//   --grow       puts what fails on them: for cases newly recorded
//   --messages   writes our message under an error that Flink and we give at the same time: read it
//   --otherwise REASON   writes our answer below Flink's, from which it is meant to differ: read it

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "golden/flink/answer.h"
#include "golden/flink/compare.h"
#include "golden/flink/lists.h"
#include "golden/flink/told.h"

namespace millrace::golden {

namespace {

enum class Update : uint8_t { nothing, shrink, grow, messages, otherwise };

constexpr std::pair<Pace, const char*> kPaces[] = {
    {Pace::whole, "in whole batches"},        {Pace::single, "row by row"},
    {Pace::random, "in random batches"},      {Pace::restarted, "restored behind each batch"},
    {Pace::spilled, "with state on disk"},    {Pace::split, "not fused"},
    {Pace::shared, "beside other statements"}};

struct Tally {
  size_t passed = 0;
  size_t failed = 0;
  size_t unsupported = 0;
};

std::vector<std::string> test_files(const std::string& path) {
  if (!std::filesystem::is_directory(path)) {
    return {path};
  }
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
    if (entry.path().extension() == ".test") {
      files.push_back(entry.path().string());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

class Runner {
 public:
  // `reason`: of Update::otherwise.
  Runner(Update update, std::string reason) : update_(update), reason_(std::move(reason)) {}

  void run_file(const std::string& path) {
    FlinkCase test = read_flink_case(path);
    if (test.query.empty()) {
      run_expressions(test);
    } else if (!test.expected.empty()) {
      run_query(test);
    }
  }

  Tally finish() {
    lists_.save();
    return tally_;
  }

 private:
  // What differs, at the first pace where something does.
  static std::string difference_of(const FlinkCase& test) {
    for (const auto& [pace, name] : kPaces) {
      const std::string differs = difference(test, answer(test, pace), pace);
      if (!differs.empty()) {
        return std::string(name) + "\n" + differs;
      }
    }
    return {};
  }

  void run_query(FlinkCase& test) {
    if (update_ == Update::messages) {
      add_message(test);
    } else if (update_ == Update::otherwise) {
      add_own_answer(test);
    }
    const std::string differs = difference_of(test);
    const std::vector<std::string> own = answer(test, Pace::whole);
    if (!test.otherwise.empty() && is_as_flink(test, own)) {
      return fails(test.path, "the answer is Flink's: take 'otherwise' off\n", [] {});
    }
    if (const std::string wrong = told_wrongly(test, own); !wrong.empty()) {
      return fails(test.path, wrong, [] {});
    }
    const bool listed = lists_.contains(test.path);
    if (differs.empty() == !listed) {
      ++(listed ? tally_.unsupported : tally_.passed);
    } else if (differs.empty()) {
      no_longer_unsupported(test.path, test.path);
    } else {
      fails(test.path, differs, [&] { lists_.add(test.path); });
    }
  }

  void run_expressions(FlinkCase& test) {
    bool changed = false;
    for (CaseExpression& expression : test.expressions) {
      const std::string got = answer(test, expression);
      const bool same = is_same(expression, got);
      const std::string what = test.path + ": " + expression.text;
      if (same != expression.differs) {
        ++(same ? tally_.passed : tally_.unsupported);
      } else if (same) {
        no_longer_unsupported(what, "");
        expression.differs = update_ != Update::shrink;
        changed = true;
      } else {
        fails(what, "--- Flink\n" + expression.expected + "\n--- Millrace\n" + got + "\n",
              [&] { expression.differs = changed = true; });
      }
    }
    if (changed && update_ != Update::nothing) {
      std::ofstream(test.path) << write_flink_case(test);
    }
  }

  void no_longer_unsupported(const std::string& what, const std::string& listed) {
    if (update_ == Update::shrink) {
      if (!listed.empty()) {
        lists_.remove(listed);
      }
      ++tally_.passed;
    } else {
      ++tally_.failed;
      std::printf("%s: passes, yet is marked unsupported; --shrink takes the mark off\n\n",
                  what.c_str());
    }
  }

  template <typename Mark>
  void fails(const std::string& what, const std::string& differs, Mark&& mark) {
    if (update_ == Update::grow) {
      mark();
      ++tally_.unsupported;
    } else {
      ++tally_.failed;
      std::printf("%s: %s\n", what.c_str(), differs.c_str());
    }
  }

  static void add_message(FlinkCase& test) {
    const std::string ours = answer(test, Pace::whole).front();
    if (is_error(test.expected[0]) && is_error(ours) &&
        when_of(ours) == when_of(test.expected[0])) {
      test.expected = {test.expected[0], "millrace: " + message_of(ours)};
      std::ofstream(test.path) << write_flink_case(test);
    }
  }

  void add_own_answer(FlinkCase& test) const {
    test.otherwise = reason_;
    test.own = answer(test, Pace::whole);
    std::ofstream(test.path) << write_flink_case(test);
  }

  Update update_;
  std::string reason_;
  UnsupportedLists lists_;
  Tally tally_;
};

Update update_of(const std::string& flag) {
  return flag == "--shrink"      ? Update::shrink
         : flag == "--grow"      ? Update::grow
         : flag == "--messages"  ? Update::messages
         : flag == "--otherwise" ? Update::otherwise
                                 : Update::nothing;
}

int run(std::vector<std::string> arguments) {
  const Update update = arguments.empty() ? Update::nothing : update_of(arguments[0]);
  if (update != Update::nothing) {
    arguments.erase(arguments.begin());
  }
  std::string reason;
  if (update == Update::otherwise && !arguments.empty()) {
    reason = arguments.front();
    arguments.erase(arguments.begin());
  }
  Runner runner(update, std::move(reason));
  for (const std::string& path : arguments) {
    for (const std::string& file : test_files(path)) {
      runner.run_file(file);
    }
  }
  const Tally tally = runner.finish();
  std::printf("%zu passed, %zu failed, %zu skipped\n", tally.passed, tally.failed,
              tally.unsupported);
  return tally.failed == 0 && tally.passed > 0 ? 0 : 1;
}

}  // namespace

}  // namespace millrace::golden

int main(int count, char** arguments) {
  return millrace::golden::run({arguments + 1, arguments + count});
}
