// Patterns made by chance over rows made by chance: the run that the automaton finds from each row
// must be the one that a plain search finds first, which tries what is preferred first and goes
// back where that comes to nothing.

#include "exec/match_steps.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <optional>

#include "base/random.h"
#include "plan/bind/match_steps.h"
#include "sql/printer.h"

namespace millrace::exec {

namespace {

using Written = sql::MatchRecognize::Element;
using Parts = std::vector<Written>;
using Text = std::string;

// A row is written as the variables that it satisfies, a run as those of its rows. Of `d` a run has
// an even number of rows before it.
bool satisfies(const Text& row, char variable, size_t rows_before) {
  return row.find(variable) != Text::npos && (variable != 'd' || rows_before % 2 == 0);
}

// --- The plain search ---

class Search {
 public:
  struct TooLong {};  // going back may take for ever

  explicit Search(const std::vector<Text>& rows) : rows_(rows) {}

  std::optional<Text> from(const Parts& pattern, size_t start) {
    start_ = start;
    path_.clear();
    tries_ = 0;
    const bool found = sequence(pattern, 0, [] { return true; });
    return found ? std::optional(path_) : std::nullopt;
  }

 private:
  // Whether the rest of the pattern is found behind what path_ has.
  using Rest = std::function<bool()>;

  bool sequence(const Parts& parts, size_t at, const Rest& rest) {
    return at == parts.size()
               ? rest()
               : repeated(parts[at], 0, [&] { return sequence(parts, at + 1, rest); });
  }

  bool repeated(const Written& part, int32_t times, const Rest& rest) {
    const size_t before = path_.size();
    const bool may_stop = times >= part.least;
    const auto once_more = [&] {
      return (!part.most || times < *part.most) && once(part, [&] {
               const bool is_empty = path_.size() == before && may_stop;
               return !is_empty && repeated(part, times + 1, rest);
             });
    };
    if (part.reluctant) {
      return (may_stop && rest()) || once_more();
    }
    return once_more() || (may_stop && rest());
  }

  bool once(const Written& part, const Rest& rest) {
    switch (part.kind) {
      case Written::Kind::variable: return variable(part.variable.text[0], rest);
      case Written::Kind::sequence: return sequence(part.parts, 0, rest);
      case Written::Kind::choice:
        return std::any_of(part.parts.begin(), part.parts.end(),
                           [&](const Written& branch) { return once(branch, rest); });
      case Written::Kind::permutation: return permutation(part, rest);
      case Written::Kind::start: return start_ + path_.size() == 0 && rest();
      case Written::Kind::end: return start_ + path_.size() == rows_.size() && rest();
    }
    return false;
  }

  bool permutation(const Written& part, const Rest& rest) {
    std::vector<size_t> order(part.parts.size());
    std::iota(order.begin(), order.end(), 0);
    do {
      Parts ordered;
      for (const size_t one : order) {
        ordered.push_back(part.parts[one]);
      }
      if (sequence(ordered, 0, rest)) {
        return true;
      }
    } while (std::next_permutation(order.begin(), order.end()));
    return false;
  }

  bool variable(char name, const Rest& rest) {
    const size_t row = start_ + path_.size();
    if (++tries_ > kMostTries) {
      throw TooLong();
    }
    if (row == rows_.size() || !satisfies(rows_[row], name, path_.size())) {
      return false;
    }
    path_ += name;
    if (rest()) {
      return true;
    }
    path_.pop_back();
    return false;
  }

  static constexpr size_t kMostTries = 10'000;

  const std::vector<Text>& rows_;
  size_t start_ = 0;
  size_t tries_ = 0;
  Text path_;
};

// --- The automaton ---

std::vector<std::optional<Text>> found_by_steps(const plan::MatchRecognize& node,
                                                const std::vector<Text>& rows) {
  const MatchSteps steps(node);
  state::RowRuns::Group group;
  const auto text_of = [&](const state::RowRun& run) {
    Text text;
    for (const uint32_t element : run.path) {
      text += node.pattern[element].variable;
    }
    return text;
  };
  for (const Text& row : rows) {
    group.rows.emplace_back();
    steps.follow(group, group.end() - 1, [&](const state::RowRun& run) {
      return satisfies(row, node.pattern[run.element].variable[0], run.path.size() - 1);
    });
  }
  steps.end(group);
  std::vector<std::optional<Text>> found(rows.size());
  for (const state::RowRun& run : group.complete) {
    CHECK(!found[run.start]);  // one at most of those that begin with a row
    found[run.start] = text_of(run);
  }
  return found;
}

// --- Chance ---

Written variable(Random& chance) {
  Written written;
  written.variable.text = Text(1, static_cast<char>('a' + chance.below(4)));
  return written;
}

Parts some_parts(Random& chance, int depth);

Written sequence(Random& chance, int depth) {
  Written written;
  written.kind = Written::Kind::sequence;
  written.parts = some_parts(chance, depth);
  return written;
}

void add_sequences(Written& written, Random& chance, int depth) {
  for (int i = 0; i < 2; ++i) {
    written.parts.push_back(sequence(chance, depth));
  }
}

void quantify(Written& written, Random& chance) {
  constexpr std::pair<int32_t, int32_t> kTimes[] = {{0, 1}, {2, 2}, {1, 3}, {0, 2}};
  const uint64_t which = chance.below(10);
  if (which < 4) {
    written.least = kTimes[which].first;
    written.most = kTimes[which].second;
  } else if (which < 6) {
    written.least = static_cast<int32_t>(which) - 4;
    written.most = std::nullopt;
  }
  written.reluctant = which < 6 && chance.below(3) == 0;
}

Written part(Random& chance, int depth) {
  Written written = variable(chance);
  if (chance.below(10) == 0) {
    written.kind = chance.below(2) == 0 ? Written::Kind::start : Written::Kind::end;
    return written;
  }
  if (depth > 0 && chance.below(2) == 0) {
    written = sequence(chance, depth - 1);
  } else if (depth > 0 && chance.below(4) == 0) {
    written.kind = Written::Kind::permutation;
    add_sequences(written, chance, depth - 1);
  }
  quantify(written, chance);
  return written;
}

// Branches stand alone between parentheses.
Parts some_parts(Random& chance, int depth) {
  Parts parts;
  if (depth > 0 && chance.below(3) == 0) {
    parts.emplace_back().kind = Written::Kind::choice;
    add_sequences(parts.front(), chance, depth - 1);
    return parts;
  }
  for (uint64_t left = 1 + chance.below(3); left > 0; --left) {
    parts.push_back(part(chance, depth));
  }
  return parts;
}

std::vector<Text> some_rows(Random& chance) {
  std::vector<Text> rows(1 + chance.below(8));
  for (Text& row : rows) {
    for (const char variable : {'a', 'b', 'c', 'd'}) {
      if (chance.below(2) == 0) {
        row += variable;
      }
    }
  }
  return rows;
}

}  // namespace

TEST_CASE("the run that is preferred is found") {
  Random chance(7);
  size_t patterns = 0;
  while (patterns < 2'000) {
    sql::MatchRecognize match;
    match.pattern = some_parts(chance, 2);
    plan::MatchRecognize node;
    try {
      plan::bind_steps(match, node);
    } catch (const Error&) {  // of no variable, or of too many
      continue;
    }
    ++patterns;
    const std::vector<Text> rows = some_rows(chance);
    const auto found = found_by_steps(node, rows);
    CAPTURE(sql::to_sql(match.pattern));
    CAPTURE(std::accumulate(rows.begin(), rows.end(), Text(),
                            [](const Text& all, const Text& row) { return all + " " + row; }));
    for (size_t start = 0; start < rows.size(); ++start) {
      CAPTURE(start);
      try {
        const Text wanted = Search(rows).from(match.pattern, start).value_or("none");
        CHECK(found[start].value_or("none") == wanted);
      } catch (const Search::TooLong&) {  // is looked for no further
        continue;
      }
    }
  }
}

TEST_CASE("runs that fare alike are one") {
  sql::MatchRecognize match;
  for (const char* branch : {"a", "b"}) {
    Written sequence;
    sequence.kind = Written::Kind::sequence;
    sequence.parts.emplace_back().variable.text = branch;
    match.pattern.resize(1);
    match.pattern[0].parts.push_back(std::move(sequence));
  }
  match.pattern[0].kind = Written::Kind::choice;
  match.pattern[0].least = 0;
  match.pattern[0].most = std::nullopt;
  match.pattern.emplace_back().variable.text = "c";
  plan::MatchRecognize node;
  plan::bind_steps(match, node);
  const MatchSteps steps(node);
  state::RowRuns::Group group;
  for (size_t row = 1; row <= 40; ++row) {
    group.rows.emplace_back();
    steps.follow(group, group.end() - 1, [&](const state::RowRun& run) { return run.element < 2; });
    REQUIRE(group.open.size() == 2 * row);
  }
}

}  // namespace millrace::exec
