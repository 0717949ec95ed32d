#include "plan/contradiction.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "function/evaluate.h"
#include "function/scalar.h"
#include "function/types.h"
#include "plan/bind/expressions.h"
#include "plan/columns.h"
#include "plan/conjuncts.h"

namespace millrace::plan {

namespace {

using function::Expression;
using function::ExpressionKind;
using function::Predicate;

// More is not looked into: the planning of long lists must stay quick.
constexpr size_t kMostConstants = 200;
constexpr size_t kMostAlternatives = 16;
constexpr ptrdiff_t kMostChoices = 8;
constexpr int kMostNested = 2;

// The values that a condition may have, as bits.
using Truths = uint8_t;
constexpr Truths kTrue = 1;
constexpr Truths kFalse = 2;
constexpr Truths kUnknown = 4;

Truths any_of_type(const Type& type) {
  return type.nullable ? kTrue | kFalse | kUnknown : kTrue | kFalse;
}
Truths only(bool holds) { return holds ? kTrue : kFalse; }
Truths negated(Truths truths) {
  return static_cast<Truths>((truths & kUnknown) | ((truths & kTrue) != 0 ? kFalse : 0) |
                             ((truths & kFalse) != 0 ? kTrue : 0));
}

Predicate predicate_of(const Expression& expression) {
  return expression.kind == ExpressionKind::call ? expression.signature->predicate
                                                 : Predicate::other;
}

bool is_literal(const Expression& expression) { return expression.kind == ExpressionKind::literal; }
bool is_null(const Expression& expression) {
  return is_literal(expression) && expression.literal.is_null(0);
}
// Which has no place among the other numbers: all differ from it, and it from itself.
bool is_nan(const Expression& literal) {
  const Column& value = literal.literal;
  return !is_null(literal) &&
         ((literal.type.kind == TypeKind::double_ && std::isnan(value.values<double>()[0])) ||
          (literal.type.kind == TypeKind::float_ && std::isnan(value.values<float>()[0])));
}
bool is_boolean(const Expression& expression) { return expression.type.kind == TypeKind::boolean; }

// Whether all values of a type are the same ones in the other, in the same order.
bool is_widened(const Type& from, const Type& to) {
  if (to.kind == TypeKind::varchar) {
    return from.is_string() && from.precision <= to.precision;
  }
  if (to.kind == TypeKind::decimal) {
    if (!from.is_integer() && from.kind != TypeKind::decimal) {
      return false;
    }
    const Type exact = function::as_decimal(from);
    return exact.scale <= to.scale && exact.precision - exact.scale <= to.precision - to.scale;
  }
  if (to.kind == TypeKind::double_) {
    return (from.is_integer() && from.kind != TypeKind::bigint) || from.kind == TypeKind::float_;
  }
  return (from.is_integer() && to.is_integer() && from.kind <= to.kind) ||
         (from.is_timestamp() && from.kind == to.kind && from.precision <= to.precision);
}

// To be compared by order a number or a text takes a wider type, in which it comes where it came.
const Expression& without_cast(const Expression& value) {
  const Expression* bare = &value;
  while (bare->kind == ExpressionKind::cast && is_widened(bare->arguments[0].type, bare->type)) {
    bare = &bare->arguments[0];
  }
  return *bare;
}

// value ~ constant.
struct WithConstant {
  const Expression* value;
  const Expression* constant;
  Predicate predicate;
};

std::optional<WithConstant> with_constant(const Expression& condition) {
  const Predicate predicate = predicate_of(condition);
  const bool is_equality = predicate == Predicate::equal || predicate == Predicate::not_equal ||
                           predicate == Predicate::same || predicate == Predicate::distinct;
  if (!is_equality && !function::is_comparison(predicate)) {
    return std::nullopt;
  }
  const Expression& left = condition.arguments[0];
  const Expression& right = condition.arguments[1];
  if (is_literal(left) == is_literal(right) || left.type.physical() == Physical::nested ||
      left.type.is_without_order()) {
    return std::nullopt;
  }
  const Expression& value = is_literal(left) ? right : left;
  const Expression& constant = is_literal(left) ? left : right;
  if (is_nan(constant)) {
    return std::nullopt;
  }
  return WithConstant{is_equality ? &value : &without_cast(value), &constant,
                      is_literal(left) ? function::mirrored(predicate) : predicate};
}

// Two comparisons of the same values: whether the second says what the first does, or the opposite;
// nothing where it says something else.
std::optional<bool> says_same(const Expression& a, const Expression& b) {
  if (a.equals(b)) {
    return true;
  }
  const Predicate of_a = predicate_of(a);
  const Predicate of_b = predicate_of(b);
  if (!function::is_comparison(of_a) || of_b != function::opposite(of_a)) {
    return std::nullopt;
  }
  const bool has_sides = of_a != Predicate::equal && of_a != Predicate::not_equal;
  const bool is_opposite =
      (a.arguments[0].equals(b.arguments[0]) && a.arguments[1].equals(b.arguments[1])) ||
      (!has_sides && a.arguments[0].equals(b.arguments[1]) &&
       a.arguments[1].equals(b.arguments[0]));
  return is_opposite ? std::optional(false) : std::nullopt;
}

bool comes_before(const Expression* a, const Expression* b) {
  std::vector<Expression> sides = {*a, *b};
  const Expression before = function::folded(call_of("<", std::move(sides), {}));
  return !is_null(before) && before.literal.values<uint8_t>()[0] != 0;
}

// What is asked about one value or condition: where it may be among the constants that it is
// compared with.
class Term {
 public:
  explicit Term(const Expression& what) : what_(&what) {}

  const Expression& what() const { return *what_; }
  void add(const Expression& constant) { constants_.push_back(&constant); }
  void mention(size_t times) { mentions_ += times; }
  // What is asked of once contradicts nothing; a list of too many constants is left alone.
  bool is_worth_a_look() const { return mentions_ > 1 && constants_.size() <= kMostConstants; }

  void rank() {
    std::stable_sort(constants_.begin(), constants_.end(), comes_before);
    size_t last = 0;
    for (size_t i = 0; i < constants_.size(); ++i) {
      last += i > 0 && comes_before(constants_[i - 1], constants_[i]) ? 1 : 0;
      places_[constants_[i]] = 2 * last + 1;
    }
    end_ = constants_.empty() ? 1 : 2 * last + 3;
  }

  // Places from 0 on: ahead of the first constant, at it, between it and the second, ...
  size_t end() const { return end_; }
  std::optional<size_t> place_of(const Expression& constant) const {
    const auto found = places_.find(&constant);
    return found == places_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  const Expression* what_;
  size_t mentions_ = 0;
  std::vector<const Expression*> constants_;
  std::map<const Expression*, size_t> places_;
  size_t end_ = 1;
};

// The values that conditions may have where one term is supposed to be in a place, NULL, or, where
// it is a condition itself, of a truth.
class Supposition {
 public:
  Supposition() = default;
  static Supposition at(const Term& term, size_t place) { return {&term, place, 0}; }
  static Supposition null(const Term& term) { return {&term, std::nullopt, kUnknown}; }
  static Supposition condition(const Term& term, Truths truth) {
    return {&term, std::nullopt, truth};
  }

  Truths of(const Expression& condition) const {
    if (is_literal(condition)) {
      return is_null(condition) ? kUnknown : only(condition.literal.values<uint8_t>()[0] != 0);
    }
    if (condition.kind == ExpressionKind::and_ || condition.kind == ExpressionKind::or_) {
      return of_parts(condition);
    }
    if (condition.kind == ExpressionKind::case_) {
      return of_case(condition);
    }
    if (term_ != nullptr && truth_ != 0 && is_boolean(term_->what())) {
      if (const auto same = says_same(term_->what(), condition)) {
        return *same ? truth_ : negated(truth_);
      }
    }
    return condition.kind == ExpressionKind::call ? of_call(condition)
                                                  : any_of_type(condition.type);
  }

 private:
  Supposition(const Term* term, std::optional<size_t> place, Truths truth)
      : term_(term), place_(place), truth_(truth) {}

  Truths of_parts(const Expression& condition) const {
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

  Truths of_case(const Expression& condition) const {
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

  Truths of_call(const Expression& call) const {
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

  static Truths is_exactly(Truths wanted, Truths truths) {
    return static_cast<Truths>(((truths & wanted) != 0 ? kTrue : 0) |
                               ((truths & ~wanted) != 0 ? kFalse : 0));
  }

  Truths of_null_test(const Expression& value) const {
    if (is_supposed(value)) {
      return only(!place_ && truth_ == kUnknown);
    }
    if (is_boolean(value)) {
      return is_exactly(kUnknown, of(value));
    }
    return value.type.nullable ? kTrue | kFalse : kFalse;
  }

  Truths of_comparison(const WithConstant& compared, const Expression& call) const {
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
    const auto constant = term_->place_of(*compared.constant);
    return constant ? only(holds(compared.predicate, *place_, *constant)) : of_other(call);
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

  // Nothing is known of it but that a NULL within may leave it unknown.
  Truths of_other(const Expression& call) const {
    const Truths any = any_of_type(call.type);
    const bool null_column =
        term_ != nullptr && !place_ && truth_ == kUnknown && is_column(term_->what());
    const size_t column = null_column ? term_->what().column : 0;
    return null_column && rejects_nulls(call, column, column + 1)
               ? static_cast<Truths>(any & ~kTrue)
               : any;
  }

  bool is_supposed(const Expression& value) const {
    return term_ != nullptr && term_->what().equals(value);
  }

  const Term* term_ = nullptr;
  std::optional<size_t> place_;  // none for NULL, and for conditions
  Truths truth_ = 0;
};

// The values and conditions that something is asked of more than once, if it can be helped.
class Terms {
 public:
  void add_from(const Expression& condition) {
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
      term(condition.arguments[0]).mention(1);  // other conditions ask that it is there
    } else if (const auto compared = with_constant(condition)) {
      if (is_boolean(*compared->value)) {
        add_from(*compared->value);
      } else if (is_null(*compared->constant)) {
        term(*compared->value);
      } else {
        term(*compared->value).add(*compared->constant);
      }
    } else {
      term(condition);
    }
  }

  std::vector<Term>& all() { return terms_; }

 private:
  Term& term(const Expression& what) {
    const auto found = std::find_if(terms_.begin(), terms_.end(), [&](const Term& known) {
      return is_boolean(what) ? says_same(known.what(), what).has_value()
                              : known.what().equals(what);
    });
    Term& asked = found == terms_.end() ? terms_.emplace_back(what) : *found;
    asked.mention(1);
    return asked;
  }

  std::vector<Term> terms_;
};

bool may_hold(const std::vector<Expression>& conditions, const Supposition& supposition) {
  return std::all_of(conditions.begin(), conditions.end(), [&](const Expression& condition) {
    return (supposition.of(condition) & kTrue) != 0;
  });
}

// Whether the conditions may all hold wherever the term is.
bool may_hold_somewhere(const std::vector<Expression>& conditions, const Term& term) {
  if (is_boolean(term.what())) {
    return may_hold(conditions, Supposition::condition(term, kTrue)) ||
           may_hold(conditions, Supposition::condition(term, kFalse)) ||
           may_hold(conditions, Supposition::condition(term, kUnknown));
  }
  for (size_t place = 0; place < term.end(); ++place) {
    if (may_hold(conditions, Supposition::at(term, place))) {
      return true;
    }
  }
  return term.what().type.nullable && may_hold(conditions, Supposition::null(term));
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
  Terms terms;
  for (const Expression& condition : conditions) {
    terms.add_from(condition);
  }
  for (Term& term : terms.all()) {
    if (!term.is_worth_a_look()) {
      continue;
    }
    term.rank();
    if (!may_hold_somewhere(conditions, term)) {
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
