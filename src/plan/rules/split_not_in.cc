// NOT IN of what may be NULL, in batch mode: a row vanishes where its value is among those of the
// sub-query, and also where the value is NULL, or one of those is, as far as there are any. As one
// condition it would be asked of every pair of rows; here it is asked by key, and then of the few
// rows that say whether there are values, and whether some are NULL:
//
//   anti(l, r, (v = w) IS NOT FALSE)   becomes
//   anti(anti(l, r, v = w), distinct(r.w IS NULL AS n), v IS NULL OR n)
//
// A stream keeps the one join, whose changes are Flink's.

#include "plan/bind/expressions.h"
#include "plan/columns.h"
#include "plan/new_nodes.h"
#include "plan/node_schemas.h"
#include "plan/rules/consumers.h"
#include "plan/rules/rules.h"
#include "plan/runtime_mode.h"

namespace millrace::plan {

namespace {

using function::Expression;
using function::ExpressionKind;

bool is_of_columns(const Expression& expression, size_t from, size_t to) {
  bool all = true;
  expression.visit_columns([&](size_t column) { all = all && from <= column && column < to; });
  return all;
}

Expression is_null(Expression value, const Position& at) {
  std::vector<Expression> argument;
  argument.push_back(std::move(value));
  return call_of("IS NULL", std::move(argument), at);
}

class NotInSplitter {
 public:
  NotInSplitter(Plan& plan, Join& join)
      : plan_(plan), join_(join), left_width_(join.inputs[0]->schema.size()) {}

  bool split() {
    if (!find_values()) {
      return false;
    }
    Join* without_equal =
        new_join(plan_, JoinKind::anti, join_.inputs[0], join_.inputs[1], condition().arguments[0]);
    without_equal->keys = join_.keys;
    without_equal->position = join_.position;
    redirect(plan_, &join_, without_nulls(without_equal));
    return true;
  }

 private:
  const Expression& condition() const { return *join_.condition; }

  // Whether the condition is that a value of the left side equals one of the right, for all that is
  // known.
  bool find_values() {
    if (join_.join != JoinKind::anti || join_.times || !join_.condition ||
        condition().kind != ExpressionKind::call || condition().signature->name != "IS NOT FALSE") {
      return false;
    }
    const Expression& equal = condition().arguments[0];
    if (equal.kind != ExpressionKind::call ||
        equal.signature->predicate != function::Predicate::equal) {
      return false;
    }
    const size_t width = left_width_ + join_.inputs[1]->schema.size();
    for (const size_t left : {size_t{0}, size_t{1}}) {
      value_ = &equal.arguments[left];
      member_ = &equal.arguments[1 - left];
      if (is_of_columns(*value_, 0, left_width_) && is_of_columns(*member_, left_width_, width)) {
        return true;
      }
    }
    return false;
  }

  // Of each key of the right side whether there are values, and whether some are NULL.
  Node* kinds_of_members() {
    Node* right = join_.inputs[1];
    std::vector<Expression> columns;
    std::vector<std::string> names;
    for (const Join::Key& key : join_.keys) {
      columns.push_back(Expression::of_column(key.right, right->schema[key.right].type));
      names.push_back(right->schema[key.right].name);
    }
    std::vector<size_t> numbers(left_width_, 0);
    for (size_t i = 0; i < right->schema.size(); ++i) {
      numbers.push_back(i);
    }
    columns.push_back(is_null(renumbered(*member_, numbers), join_.position));
    names.emplace_back("$is_null");
    return new_distinct(plan_, new_project(plan_, right, std::move(columns), names));
  }

  Node* without_nulls(Node* left) {
    Node* kinds = kinds_of_members();
    const size_t is_null_column = left_width_ + join_.keys.size();
    std::vector<Expression> either;
    either.push_back(is_null(*value_, join_.position));
    either.push_back(Expression::of_column(is_null_column, kinds->schema.fields.back().type));
    Join* join = new_join(
        plan_, JoinKind::anti, left, kinds,
        Expression::of(ExpressionKind::or_, Type::of(TypeKind::boolean, false), std::move(either)));
    for (const Join::Key& key : join_.keys) {
      join->keys.push_back({key.left, join->keys.size(), key.nulls_match});
    }
    join->position = join_.position;
    join->output = join_.output;
    describe(*join);
    return join;
  }

  Plan& plan_;
  Join& join_;
  size_t left_width_;
  const Expression* value_ = nullptr;   // of the left side
  const Expression* member_ = nullptr;  // of the right side
};

bool split_one(Plan& plan) {
  for (const auto& node : plan.nodes) {
    if (node->kind == NodeKind::join && NotInSplitter(plan, static_cast<Join&>(*node)).split()) {
      drop_unread(plan);
      return true;
    }
  }
  return false;
}

}  // namespace

bool split_not_in(Plan& plan) {
  bool split = false;
  while (is_batch(plan) && split_one(plan)) {
    split = true;
  }
  return split;
}

}  // namespace millrace::plan
