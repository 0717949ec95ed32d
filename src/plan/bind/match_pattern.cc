#include "plan/bind/match_pattern.h"

#include <algorithm>

#include "function/evaluate.h"
#include "plan/bind/expressions.h"
#include "plan/bind/match_steps.h"
#include "plan/bind/scope.h"

namespace millrace::plan {

using function::Expression;
using Element = MatchRecognize::Element;

[[noreturn]] static void refuse(const std::string& what, const Position& at) {
  throw Error(ErrorCode::unsupported, what, at);
}

static bool has_groups(const sql::MatchRecognize& match) {
  return std::any_of(match.pattern.begin(), match.pattern.end(), [](const auto& part) {
    return part.kind != sql::MatchRecognize::Element::Kind::variable;
  });
}

void bind_pattern(const sql::MatchRecognize& match, MatchRecognize& node) {
  if (has_groups(match)) {
    return bind_steps(match, node);
  }
  bool matches_nothing = true;
  for (const sql::MatchRecognize::Element& written : match.pattern) {
    const Position& at = written.variable.position;
    Element element;
    element.variable = written.variable.text;
    element.least = static_cast<uint32_t>(written.least);
    element.most = written.most ? static_cast<uint32_t>(*written.most) : Element::kAnyNumber;
    element.reluctant = written.reluctant;
    element.excluded = written.excluded;
    if (element.reluctant && element.least == 0 && element.most == 1) {
      refuse("Reluctant optional variables are not supported yet.", at);
    }
    if (std::any_of(node.pattern.begin(), node.pattern.end(),
                    [&](const Element& other) { return other.variable == element.variable; })) {
      refuse("Duplicate pattern name: " + element.variable + ". Names must be unique.", at);
    }
    matches_nothing = matches_nothing && element.least == 0;
    node.pattern.push_back(std::move(element));
  }
  const Position& last = match.pattern.back().variable.position;
  if (matches_nothing) {
    refuse(
        "Patterns that can produce empty matches are not supported. There must be at least one "
        "non-optional state.",
        last);
  }
  if (node.pattern.back().keeps_rows()) {
    refuse(
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
    refuse(
        "Only constant intervals with millisecond resolution are supported as time constraints of "
        "patterns.",
        written.position);
  }
  return within.literal.values<int64_t>()[0];
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
