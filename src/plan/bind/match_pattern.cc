#include "plan/bind/match_pattern.h"

#include <algorithm>

#include "function/evaluate.h"
#include "plan/bind/expressions.h"
#include "plan/bind/match_steps.h"
#include "plan/bind/scope.h"
#include "plan/refuse_like_flink.h"

namespace millrace::plan {

using function::Expression;
using Element = MatchRecognize::Element;

[[noreturn]] static void refuse(const std::string& what, const Position& at) {
  throw Error(ErrorCode::unsupported, what, at);
}

using Written = sql::MatchRecognize::Element;

static bool is_of_flink(const sql::MatchRecognize& match) {
  const auto is_variable = [](const Written& part) { return part.kind == Written::Kind::variable; };
  const auto has_rows = [](const Written& part) { return part.least > 0; };
  return match.shown != sql::MatchRecognize::Shown::all_and_unmatched &&
         std::all_of(match.pattern.begin(), match.pattern.end(), is_variable) &&
         std::any_of(match.pattern.begin(), match.pattern.end(), has_rows);
}

// A variable's name may have a dollar sign, and then it is no anchor.
static void refuse_dollar(const std::vector<Written>& pattern, const sql::MatchRecognize& match) {
  for (const Written& part : pattern) {
    refuse_dollar(part.parts, match);
    const std::string& name = part.variable.text;
    const auto defines = [&](const auto& definition) { return definition.variable.text == name; };
    if (name.ends_with('$') &&
        std::none_of(match.definitions.begin(), match.definitions.end(), defines)) {
      refuse("'" + name + "' is not defined: write a space ahead of an anchor, " +
                 name.substr(0, name.size() - 1) + " $",
             part.variable.position);
    }
  }
}

static const Written* find_end(const std::vector<Written>& pattern) {
  for (const Written& part : pattern) {
    const Written* end = part.kind == Written::Kind::end ? &part : find_end(part.parts);
    if (end != nullptr) {
      return end;
    }
  }
  return nullptr;
}

// `?` and `*`, however they are written: {0,3} is none to Flink, though it may be left out as well.
static bool is_optional(const Element& element) {
  return element.least == 0 && (element.most == 1 || element.most == Element::kAnyNumber);
}

// What Flink refuses of a variable behind those ahead of it.
static void refuse_beyond_flink(const Element& element, const std::vector<Element>& ahead,
                                const Position& at) {
  if (std::any_of(ahead.begin(), ahead.end(),
                  [&](const Element& other) { return other.variable == element.variable; })) {
    refuse_like_flink("Duplicate pattern name: " + element.variable + ". Names must be unique.",
                      at);
  }
  if (is_optional(element) && !ahead.empty() && ahead.back().keeps_rows()) {
    refuse_like_flink("Optional pattern cannot be preceded by greedy pattern", at);
  }
  if (element.reluctant && element.least == 0 && element.most == 1) {
    refuse_like_flink("Reluctant optional variables are not supported yet.", at);
  }
}

void bind_pattern(const sql::MatchRecognize& match, RuntimeMode mode, MatchRecognize& node) {
  refuse_dollar(match.pattern, match);
  const Written* end = find_end(match.pattern);
  if (end != nullptr && mode == RuntimeMode::streaming) {
    refuse(
        "the anchor $ stands behind the last row of a partition, and a stream may always have "
        "another one: SET 'execution.runtime-mode' = 'batch', over input that ends",
        end->variable.position);
  }
  if (!is_of_flink(match)) {
    return bind_steps(match, node);
  }
  for (const Written& written : match.pattern) {
    const Position& at = written.variable.position;
    Element element;
    element.variable = written.variable.text;
    element.least = static_cast<uint32_t>(written.least);
    element.most = written.most ? static_cast<uint32_t>(*written.most) : Element::kAnyNumber;
    element.reluctant = written.reluctant;
    element.excluded = written.excluded;
    refuse_beyond_flink(element, node.pattern, at);
    node.pattern.push_back(std::move(element));
  }
  const Position& last = match.pattern.back().variable.position;
  if (node.pattern.back().keeps_rows()) {
    refuse_like_flink(
        "Greedy quantifiers are not allowed as the last element of a Pattern yet. Finish your "
        "pattern with either a simple variable or reluctant quantifier.",
        last);
  }
}

int64_t bind_within(const sql::Expression& written) {
  const Scope none(nullptr);
  const Expression within = function::folded(ExpressionBinder(&none).bind(written));
  if (within.kind != function::ExpressionKind::literal ||
      within.type.kind != TypeKind::interval_ms || within.literal.is_null(0)) {
    refuse_like_flink(
        "Only constant intervals with millisecond resolution are supported as time constraints of "
        "patterns.",
        written.position);
  }
  return within.literal.values<int64_t>()[0];
}

MatchRecognize::Shown shown_of(sql::MatchRecognize::Shown shown) {
  switch (shown) {
    case sql::MatchRecognize::Shown::one_row: break;
    case sql::MatchRecognize::Shown::all_rows: return MatchRecognize::Shown::all_rows;
    case sql::MatchRecognize::Shown::all_but_empty: return MatchRecognize::Shown::all_but_empty;
    case sql::MatchRecognize::Shown::all_and_unmatched:
      return MatchRecognize::Shown::all_and_unmatched;
  }
  return MatchRecognize::Shown::one_row;
}

MatchRecognize::Skip skip_of(sql::MatchRecognize::Skip skip) {
  switch (skip) {
    case sql::MatchRecognize::Skip::to_next_row: break;
    case sql::MatchRecognize::Skip::past_last_row: return MatchRecognize::Skip::past_last_row;
    case sql::MatchRecognize::Skip::to_first: return MatchRecognize::Skip::to_first;
    case sql::MatchRecognize::Skip::to_last: return MatchRecognize::Skip::to_last;
  }
  return MatchRecognize::Skip::to_next_row;
}

}  // namespace millrace::plan
