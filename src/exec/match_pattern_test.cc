// What runs a pattern makes of rows that are written as letters: "ab" is a row that satisfies the
// conditions of both a and b.

#include "exec/match_pattern.h"

#include <doctest/doctest.h>

#include <set>

namespace millrace::exec {

namespace {

using Element = plan::MatchRecognize::Element;
constexpr uint32_t kAny = Element::kAnyNumber;

Element element(const char* variable, uint32_t least, uint32_t most, bool reluctant = false) {
  Element element;
  element.variable = variable;
  element.least = least;
  element.most = most;
  element.reluctant = reluctant;
  return element;
}

// All matches that begin with any row: their rows and how many are of each element, "1-3: 2 1".
std::set<std::string> matches(std::vector<Element> pattern, const std::vector<std::string>& rows) {
  plan::MatchRecognize node;
  node.pattern = std::move(pattern);
  const MatchPattern automaton(node);
  state::RunList open;
  std::set<std::string> found;
  for (uint64_t row = 0; row < rows.size(); ++row) {
    const MatchPattern::Holds holds = [&](const state::RowRun& run) {
      return rows[row].find(node.pattern[run.element].variable) != std::string::npos;
    };
    MatchPattern::Next next;
    for (const state::RowRun& run : open) {
      automaton.follow(run, holds, next);
    }
    automaton.begin(row, holds, next);
    for (const state::RowRun& match : next.complete) {
      std::string text = std::to_string(match.start) + "-" + std::to_string(row) + ":";
      for (const uint32_t count : match.counts) {
        text += " " + std::to_string(count);
      }
      CHECK(match.start + match.size() == row + 1);
      found.insert(text);
    }
    open = std::move(next.open);
  }
  return found;
}

using Found = std::set<std::string>;

}  // namespace

TEST_CASE("variables follow one another without a gap") {
  CHECK(matches({element("a", 1, 1), element("b", 1, 1)}, {"a", "b", "a", "c", "b"}) ==
        Found{"0-1: 1 1"});
  CHECK(matches({element("a", 2, 2), element("b", 1, 1)}, {"a", "a", "a", "b"}) ==
        Found{"1-3: 2 1"});
}

TEST_CASE("a greedy variable keeps its rows from the next one") {
  CHECK(matches({element("a", 1, kAny), element("b", 1, 1)}, {"a", "ab", "b"}) ==
        Found{"0-2: 2 1", "1-2: 1 1"});
  CHECK(matches({element("a", 1, kAny), element("b", 1, 1)}, {"a", "ab", "c"}).empty());
  CHECK(matches({element("a", 0, kAny), element("b", 1, 1)}, {"b", "ab", "c"}) ==
        Found{"0-0: 0 1"});
}

TEST_CASE("a reluctant one leaves them") {
  CHECK(matches({element("a", 1, kAny, true), element("b", 1, 1)}, {"a", "ab", "b"}) ==
        Found{"0-1: 1 1", "0-2: 2 1", "1-2: 1 1"});
}

TEST_CASE("so do an optional variable and one of a fixed number") {
  CHECK(matches({element("a", 0, 1), element("b", 1, 1)}, {"ab", "b"}) ==
        Found{"0-0: 0 1", "0-1: 1 1", "1-1: 0 1"});
  CHECK(matches({element("a", 2, 2), element("b", 1, 1)}, {"a", "a", "ab"}) == Found{"0-2: 2 1"});
}

TEST_CASE("what is left of a pattern may be optional") {
  CHECK(matches({element("a", 1, 1), element("b", 0, kAny, true)}, {"a", "b", "b"}) ==
        Found{"0-0: 1 0", "0-1: 1 1", "0-2: 1 2"});
}

TEST_CASE("so many and no more") {
  CHECK(matches({element("a", 2, 3, true), element("b", 1, 1)}, {"a", "a", "a", "a", "b"}) ==
        Found{"1-4: 3 1", "2-4: 2 1"});
}

}  // namespace millrace::exec
