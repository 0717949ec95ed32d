#include "plan/contradiction/contradiction.h"

#include <algorithm>

#include "function/evaluate.h"
#include "plan/conjuncts.h"
#include "plan/contradiction/subjects.h"
#include "plan/contradiction/supposition.h"

namespace millrace::plan {

namespace {

using function::Expression;
using function::ExpressionKind;

// More is not looked into: the planning of long lists must stay quick.
constexpr size_t kMostAlternatives = 16;
constexpr ptrdiff_t kMostChoices = 8;
constexpr int kMostNested = 2;

bool may_hold(const std::vector<Expression>& conditions, const Supposition& supposition) {
  return std::all_of(conditions.begin(), conditions.end(), [&](const Expression& condition) {
    return (supposition.of(condition) & kTrue) != 0;
  });
}

// Whether the conditions may all hold wherever the subject is.
bool may_hold_somewhere(const std::vector<Expression>& conditions, const Subject& subject) {
  if (is_boolean(subject.what())) {
    return may_hold(conditions, Supposition::condition(subject, kTrue)) ||
           may_hold(conditions, Supposition::condition(subject, kFalse)) ||
           may_hold(conditions, Supposition::condition(subject, kUnknown));
  }
  for (size_t place = 0; place < subject.end(); ++place) {
    if (may_hold(conditions, Supposition::at(subject, place))) {
      return true;
    }
  }
  return subject.what().type.nullable && may_hold(conditions, Supposition::null(subject));
}

bool contradict(const std::vector<Expression>& conditions, int nested);

// An OR of which each part contradicts the others of these conditions.
bool has_no_alternative(const std::vector<Expression>& conditions, size_t either, int nested) {
  const std::vector<Expression>& parts = conditions[either].arguments;
  return parts.size() <= kMostAlternatives &&
         std::all_of(parts.begin(), parts.end(), [&](const Expression& part) {
           std::vector<Expression> all = conditions;
           all.erase(all.begin() + static_cast<ptrdiff_t>(either));
           std::vector<Expression> chosen = conjuncts_of(part);
           std::move(chosen.begin(), chosen.end(), std::back_inserter(all));
           return contradict(all, nested + 1);
         });
}

bool contradict(const std::vector<Expression>& conditions, int nested) {
  if (!may_hold(conditions, Supposition())) {
    return true;
  }
  Subjects subjects;
  for (const Expression& condition : conditions) {
    subjects.add_from(condition);
  }
  for (Subject& subject : subjects.all()) {
    if (!subject.is_worth_a_look()) {
      continue;
    }
    subject.rank();
    if (!may_hold_somewhere(conditions, subject)) {
      return true;
    }
  }
  const auto is_choice = [](const Expression& condition) {
    return condition.kind == ExpressionKind::or_;
  };
  const bool is_quick = nested < kMostNested && std::count_if(conditions.begin(), conditions.end(),
                                                              is_choice) <= kMostChoices;
  for (size_t i = 0; is_quick && i < conditions.size(); ++i) {
    if (is_choice(conditions[i]) && has_no_alternative(conditions, i, nested)) {
      return true;
    }
  }
  return false;
}

}  // namespace

bool contradict(const std::vector<Expression>& conditions) {
  if (conditions.empty()) {
    return false;
  }
  // As one, for what only rows reach that meet another condition may fail to be computed. Instants
  // and clocks are compared as they are written, whatever the session's zone, as Flink's planner
  // does.
  const Expression folded = function::folded(*conjunction_of(conditions));
  return contradict(conjuncts_of(folded), 0);
}

}  // namespace millrace::plan
