#include "plan/contradiction/supposition.h"

#include <algorithm>

#include "function/scalar.h"
#include "plan/columns.h"
#include "plan/conjuncts.h"

namespace millrace::plan {

using function::Expression;
using function::ExpressionKind;
using function::Predicate;

static Truths any_of_type(const Type& type) {
  return type.nullable ? kTrue | kFalse | kUnknown : kTrue | kFalse;
}
static Truths only(bool holds) { return holds ? kTrue : kFalse; }
static Truths negated(Truths truths) {
  return static_cast<Truths>((truths & kUnknown) | ((truths & kTrue) != 0 ? kFalse : 0) |
                             ((truths & kFalse) != 0 ? kTrue : 0));
}

static Truths is_exactly(Truths wanted, Truths truths) {
  return static_cast<Truths>(((truths & wanted) != 0 ? kTrue : 0) |
                             ((truths & ~wanted) != 0 ? kFalse : 0));
}

static bool holds(Predicate predicate, size_t place, size_t constant) {
  const bool below = predicate == Predicate::less || predicate == Predicate::less_or_equal;
  const bool above = predicate == Predicate::greater || predicate == Predicate::greater_or_equal;
  const bool differs = predicate == Predicate::not_equal || predicate == Predicate::distinct;
  if (place == constant) {
    return !differs && predicate != Predicate::less && predicate != Predicate::greater;
  }
  return differs || (place < constant ? below : above);
}

Truths Supposition::of(const Expression& condition) const {
  if (is_literal(condition)) {
    return is_null(condition) ? kUnknown : only(condition.literal.values<uint8_t>()[0] != 0);
  }
  if (condition.kind == ExpressionKind::and_ || condition.kind == ExpressionKind::or_) {
    return of_parts(condition);
  }
  if (condition.kind == ExpressionKind::case_) {
    return of_case(condition);
  }
  if (subject_ != nullptr && truth_ != 0 && is_boolean(subject_->what())) {
    if (const auto same = says_same(subject_->what(), condition)) {
      return *same ? truth_ : negated(truth_);
    }
  }
  return condition.kind == ExpressionKind::call ? of_call(condition) : any_of_type(condition.type);
}

Truths Supposition::of_parts(const Expression& condition) const {
  const Truths deciding = condition.kind == ExpressionKind::and_ ? kFalse : kTrue;
  const Truths other = negated(deciding);
  Truths any = 0;
  bool all_other = true;
  bool none_must_decide = true;
  for (const Expression& part : condition.arguments) {
    const Truths truths = of(part);
    any |= truths;
    all_other = all_other && (truths & other) != 0;
    none_must_decide = none_must_decide && truths != deciding;
  }
  return static_cast<Truths>((any & deciding) | (all_other ? other : 0) |
                             (none_must_decide ? any & kUnknown : 0));
}

Truths Supposition::of_case(const Expression& condition) const {
  Truths truths = 0;
  const std::vector<Expression>& parts = condition.arguments;
  for (size_t i = 0; i + 1 < parts.size(); i += 2) {
    const Truths when = of(parts[i]);
    truths = (when & kTrue) != 0 ? static_cast<Truths>(truths | of(parts[i + 1])) : truths;
    if (when == kTrue) {
      return truths;
    }
  }
  return truths | of(parts.back());
}

Truths Supposition::of_call(const Expression& call) const {
  const Predicate predicate = call.signature->predicate;
  const std::vector<Expression>& arguments = call.arguments;
  if (predicate == Predicate::negation) {
    return negated(of(arguments[0]));
  }
  if (predicate == Predicate::null || predicate == Predicate::not_null) {
    const Truths truths = of_null_test(arguments[0]);
    return predicate == Predicate::null ? truths : negated(truths);
  }
  if (predicate == Predicate::is_true || predicate == Predicate::is_false) {
    return is_exactly(predicate == Predicate::is_true ? kTrue : kFalse, of(arguments[0]));
  }
  if (function::is_comparison(predicate) &&
      std::any_of(arguments.begin(), arguments.end(), is_null)) {
    return kUnknown;
  }
  if (function::is_comparison(predicate) && arguments[0].equals(arguments[1])) {
    const bool holds = predicate == Predicate::equal || predicate == Predicate::less_or_equal ||
                       predicate == Predicate::greater_or_equal;
    return only(holds) | (call.type.nullable ? kUnknown : 0);
  }
  if (const auto compared = with_constant(call)) {
    return of_comparison(*compared, call);
  }
  return of_other(call);
}

Truths Supposition::of_null_test(const Expression& value) const {
  if (is_supposed(value)) {
    return only(!place_ && truth_ == kUnknown);
  }
  if (is_boolean(value)) {
    return is_exactly(kUnknown, of(value));
  }
  return value.type.nullable ? kTrue | kFalse : kFalse;
}

Truths Supposition::of_comparison(const WithConstant& compared, const Expression& call) const {
  const bool nulls_are_values =
      compared.predicate == Predicate::same || compared.predicate == Predicate::distinct;
  const bool says_equal =
      compared.predicate == Predicate::same || compared.predicate == Predicate::equal;
  if (is_boolean(*compared.value) && nulls_are_values) {
    const Truths same = is_exactly(of(*compared.constant), of(*compared.value));
    return says_equal ? same : negated(same);
  }
  if (is_boolean(*compared.value) && !is_null(*compared.constant) &&
      (says_equal || compared.predicate == Predicate::not_equal)) {
    const bool constant = compared.constant->literal.values<uint8_t>()[0] != 0;
    const Truths truths = of(*compared.value);
    return constant == says_equal ? truths : negated(truths);
  }
  if (!is_supposed(*compared.value)) {
    return of_other(call);
  }
  if (!place_ || is_null(*compared.constant)) {
    return nulls_are_values ? only((!place_ && is_null(*compared.constant)) == says_equal)
                            : kUnknown;
  }
  const auto constant = subject_->place_of(*compared.constant);
  return constant ? only(holds(compared.predicate, *place_, *constant)) : of_other(call);
}

Truths Supposition::of_other(const Expression& call) const {
  const Truths any = any_of_type(call.type);
  const bool null_column =
      subject_ != nullptr && !place_ && truth_ == kUnknown && is_column(subject_->what());
  const size_t column = null_column ? subject_->what().column : 0;
  return null_column && rejects_nulls(call, column, column + 1) ? static_cast<Truths>(any & ~kTrue)
                                                                : any;
}

bool Supposition::is_supposed(const Expression& value) const {
  return subject_ != nullptr && subject_->what().equals(value);
}

}  // namespace millrace::plan
