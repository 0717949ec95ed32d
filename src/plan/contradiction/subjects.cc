#include "plan/contradiction/subjects.h"

#include <algorithm>

#include "function/evaluate.h"
#include "plan/bind/expressions.h"
#include "plan/contradiction/comparisons.h"

namespace millrace::plan {

using function::Expression;
using function::ExpressionKind;
using function::Predicate;

// More is not looked into: the planning of long lists must stay quick.
static constexpr size_t kMostConstants = 200;
static constexpr size_t kMostSubjects = 200;

static bool comes_before(const Expression* a, const Expression* b) {
  std::vector<Expression> sides = {*a, *b};
  const Expression before = function::folded(call_of("<", std::move(sides), {}));
  return !is_null(before) && before.literal.values<uint8_t>()[0] != 0;
}

bool Subject::is_worth_a_look() const {
  return mentions_ > 1 && constants_.size() <= kMostConstants;
}

void Subject::rank() {
  std::stable_sort(constants_.begin(), constants_.end(), comes_before);
  size_t last = 0;
  for (size_t i = 0; i < constants_.size(); ++i) {
    last += i > 0 && comes_before(constants_[i - 1], constants_[i]) ? 1 : 0;
    places_[constants_[i]] = 2 * last + 1;
  }
  end_ = constants_.empty() ? 1 : 2 * last + 3;
}

std::optional<size_t> Subject::place_of(const Expression& constant) const {
  const auto found = places_.find(&constant);
  return found == places_.end() ? std::nullopt : std::optional(found->second);
}

void Subjects::add_from(const Expression& condition) {
  if (is_literal(condition)) {
    return;
  }
  if (condition.kind == ExpressionKind::and_ || condition.kind == ExpressionKind::or_ ||
      condition.kind == ExpressionKind::case_) {
    for (const Expression& part : condition.arguments) {
      if (is_boolean(part)) {
        add_from(part);
      }
    }
    return;
  }
  const Predicate predicate = predicate_of(condition);
  const bool is_null_test = predicate == Predicate::null || predicate == Predicate::not_null;
  if (predicate == Predicate::negation || predicate == Predicate::is_true ||
      predicate == Predicate::is_false || (is_null_test && is_boolean(condition.arguments[0]))) {
    add_from(condition.arguments[0]);
  } else if (is_null_test) {
    ask(condition.arguments[0], 2);  // other conditions ask that it is there
  } else if (const auto compared = with_constant(condition)) {
    if (is_boolean(*compared->value)) {
      add_from(*compared->value);
    } else if (is_null(*compared->constant)) {
      ask(*compared->value, 1);
    } else {
      ask(*compared->value, 1, compared->constant);
    }
  } else {
    ask(condition, 1);
  }
}

void Subjects::ask(const Expression& what, size_t mentions, const Expression* constant) {
  auto found = std::find_if(subjects_.begin(), subjects_.end(), [&](const Subject& known) {
    return is_boolean(what) ? says_same(known.what(), what).has_value() : known.what().equals(what);
  });
  if (found == subjects_.end()) {
    if (subjects_.size() == kMostSubjects) {
      return;
    }
    found = subjects_.emplace(found, what);
  }
  found->mention(mentions);
  if (constant != nullptr) {
    found->add(*constant);
  }
}

}  // namespace millrace::plan
