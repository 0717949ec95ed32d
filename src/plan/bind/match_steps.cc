#include "plan/bind/match_steps.h"

#include <algorithm>
#include <map>
#include <numeric>

namespace millrace::plan {

using Element = MatchRecognize::Element;
using Step = MatchRecognize::Step;

namespace {

// Each open run asks all that may come next of each row.
constexpr size_t kMaxElements = 1'000;

// A pattern of which nothing is left that is not one of these. A part that is written once may
// stand there several times. An optional part may have another one behind it, for where it is not
// left out.
struct Part {
  enum class Kind : uint8_t { element, sequence, choice, optional, repeated, start, end };
  Kind kind = Kind::sequence;
  uint32_t element = 0;
  bool reluctant = false;  // of `optional` and `repeated`, which is once or more often
  std::vector<Part> parts;
};

class Expander {
 public:
  explicit Expander(MatchRecognize& node) : node_(node) {}

  Part sequence(const std::vector<sql::MatchRecognize::Element>& written, bool excluded) {
    Part sequence;
    for (const auto& element : written) {
      sequence.parts.push_back(quantified(element, excluded || element.excluded));
    }
    return sequence;
  }

 private:
  using Written = sql::MatchRecognize::Element;

  static Part around(Part::Kind kind, bool reluctant, Part inner) {
    Part part;
    part.kind = kind;
    part.reluctant = reluctant;
    part.parts.push_back(std::move(inner));
    return part;
  }

  // So often as it must be; then once more or not, and so on; or as often as there are rows.
  Part quantified(const Written& written, bool excluded) {
    Part sequence;
    const bool endless = !written.most;
    const int32_t copies = endless ? std::max(written.least, 1) : *written.most;
    for (int32_t i = 0; i + 1 < written.least || (!endless && i < written.least); ++i) {
      sequence.parts.push_back(once(written, excluded));
    }
    if (endless) {
      Part repeated = around(Part::Kind::repeated, written.reluctant, once(written, excluded));
      sequence.parts.push_back(
          written.least > 0 ? std::move(repeated)
                            : around(Part::Kind::optional, written.reluctant, std::move(repeated)));
      return sequence;
    }
    std::optional<Part> more;
    for (int32_t i = written.least; i < copies; ++i) {
      Part longer = around(Part::Kind::optional, written.reluctant, once(written, excluded));
      if (more) {
        longer.parts.push_back(std::move(*more));
      }
      more = std::move(longer);
    }
    if (more) {
      sequence.parts.push_back(std::move(*more));
    }
    return sequence;
  }

  Part once(const Written& written, bool excluded) {
    switch (written.kind) {
      case Written::Kind::variable: return element(written, excluded);
      case Written::Kind::sequence: return sequence(written.parts, excluded);
      case Written::Kind::choice: return choice(written, excluded);
      case Written::Kind::permutation: return permutations(written, excluded);
      case Written::Kind::start: return anchor(Part::Kind::start);
      case Written::Kind::end: return anchor(Part::Kind::end);
    }
    return {};
  }

  Part element(const Written& written, bool excluded) {
    if (node_.pattern.size() == kMaxElements) {
      throw Error(ErrorCode::unsupported,
                  "the PATTERN has more than " + std::to_string(kMaxElements) +
                      " variables, each counted as often as it is repeated: write the repetition "
                      "without bounds, or fewer variables in PERMUTE",
                  written.variable.position);
    }
    Element element;
    element.variable = written.variable.text;
    element.excluded = excluded;
    Part part;
    part.kind = Part::Kind::element;
    part.element = static_cast<uint32_t>(node_.pattern.size());
    node_.pattern.push_back(std::move(element));
    return part;
  }

  static Part anchor(Part::Kind kind) {
    Part part;
    part.kind = kind;
    return part;
  }

  Part choice(const Written& written, bool excluded) {
    Part choice;
    choice.kind = Part::Kind::choice;
    for (const Written& branch : written.parts) {
      choice.parts.push_back(once(branch, excluded));
    }
    return choice;
  }

  // Of all orders the one that is written is preferred, then as a dictionary has them.
  Part permutations(const Written& written, bool excluded) {
    std::vector<size_t> order(written.parts.size());
    std::iota(order.begin(), order.end(), 0);
    Part choice;
    choice.kind = Part::Kind::choice;
    do {
      Part one;
      for (const size_t part : order) {
        one.parts.push_back(once(written.parts[part], excluded));
      }
      choice.parts.push_back(std::move(one));
    } while (std::next_permutation(order.begin(), order.end()));
    return choice;
  }

  MatchRecognize& node_;
};

// --- What may follow ---

// An element that may come next, or the end of the match.
struct Way {
  static constexpr uint32_t kEnd = UINT32_MAX;
  uint32_t element = kEnd;
  bool at_start = false;  // with the first row of a partition alone
  bool at_end = false;    // behind the last one alone

  bool is_end() const { return element == kEnd; }
  bool operator==(const Way&) const = default;
};

// In the order in which they are preferred. One that is there already is preferred as that.
using Ways = std::vector<Way>;

void append(Ways& ways, const Ways& more) {
  for (const Way& way : more) {
    if (std::find(ways.begin(), ways.end(), way) == ways.end()) {
      ways.push_back(way);
    }
  }
}

// What is less preferred than an end is never taken, but for one that depends on what comes.
Step step_of(const Ways& ways) {
  Step step;
  for (const Way& way : ways) {
    if (way.is_end() && !way.at_end) {
      step.may_end = true;
      break;
    }
    if (way.is_end()) {
      step.may_end_last = true;
    } else if (std::find(step.next.begin(), step.next.end(), way.element) == step.next.end()) {
      step.next.push_back(way.element);
    }
  }
  return step;
}

class Linker {
 public:
  explicit Linker(MatchRecognize& node) : node_(node), steps_(node.steps) {
    steps_.resize(node.pattern.size() + 1);
  }

  void link(const Part& pattern) {
    Ways ways = enter(pattern, {Way()}, Links::made);
    // A match of no rows has one behind it.
    std::erase_if(ways, [](const Way& way) { return way.is_end() && way.at_end; });
    const Step at_start = step_of(ways);
    if (std::erase_if(ways, is_at_start) > 0) {
      node_.at_start = at_start;
    }
    steps_[0] = step_of(ways);
  }

 private:
  // Whether what comes behind the part's elements is being said, or was already.
  enum class Links : uint8_t { made, none };

  static bool is_at_start(const Way& way) { return way.at_start; }

  // Behind a row no other one is the first.
  static void set(Step& step, Ways ways) {
    std::erase_if(ways, is_at_start);
    step = step_of(ways);
  }

  // The ways into a part behind which `then` follows.
  Ways enter(const Part& part, const Ways& then, Links links) {
    switch (part.kind) {
      case Part::Kind::element:
        if (links == Links::made) {
          set(steps_[part.element + 1], then);
        }
        return {Way{part.element}};
      case Part::Kind::sequence: {
        Ways ways = then;
        for (auto at = part.parts.rbegin(); at != part.parts.rend(); ++at) {
          ways = enter(*at, ways, links);
        }
        return ways;
      }
      case Part::Kind::choice: {
        Ways ways;
        for (const Part& branch : part.parts) {
          append(ways, enter(branch, then, links));
        }
        return ways;
      }
      case Part::Kind::optional:
        if (links == Links::made) {
          const bool goes_on = part.parts.size() > 1;
          enter(part.parts[0], goes_on ? enter(part.parts[1], then, links) : then, links);
        }
        return either(firsts_of(part.parts[0]), then, part.reluctant);
      case Part::Kind::start: return anchored(then, &Way::at_start);
      case Part::Kind::end: {
        Ways ends = then;
        std::erase_if(ends, [](const Way& way) { return !way.is_end(); });
        return anchored(ends, &Way::at_end);
      }
      case Part::Kind::repeated: break;
    }
    // Behind it once more, or what follows.
    const Ways again = either(firsts_of(part.parts[0]), then, part.reluctant);
    return enter(part.parts[0], again, links);
  }

  // The elements that a part may begin with. What may be left out takes a row where it is not, and
  // so does what comes once more: of no rows a loop has no end.
  const Ways& firsts_of(const Part& part) {
    const auto known = firsts_.find(&part);
    return known != firsts_.end()
               ? known->second
               : firsts_.emplace(&part, enter(part, {}, Links::none)).first->second;
  }

  static Ways anchored(Ways ways, bool Way::* where) {
    for (Way& way : ways) {
      way.*where = true;
    }
    return ways;
  }

  static Ways either(const Ways& part, const Ways& then, bool reluctant) {
    Ways ways = reluctant ? then : part;
    append(ways, reluctant ? part : then);
    return ways;
  }

  MatchRecognize& node_;
  std::vector<Step>& steps_;
  std::map<const Part*, Ways> firsts_;  // found once: parts are in each other ever so deep
};

}  // namespace

void bind_steps(const sql::MatchRecognize& match, MatchRecognize& node) {
  const Part pattern = Expander(node).sequence(match.pattern, false);
  Linker(node).link(pattern);
  if (node.pattern.empty()) {
    throw Error(ErrorCode::unsupported, "the PATTERN has no variable",
                match.pattern.front().variable.position);
  }
}

}  // namespace millrace::plan
