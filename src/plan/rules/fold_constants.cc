#include "function/evaluate.h"
#include "plan/rules/consumers.h"
#include "plan/rules/rules.h"

namespace millrace::plan {

static bool is_true(const function::Expression& predicate) {
  return predicate.kind == function::ExpressionKind::literal && !predicate.literal.is_null(0) &&
         predicate.literal.values<uint8_t>()[0] != 0;
}

void fold_constants(Plan& plan) {
  for (const auto& node : plan.nodes) {
    if (node->kind == NodeKind::project) {
      for (function::Expression& expression : static_cast<Project&>(*node).expressions) {
        expression = function::folded(expression);
      }
    } else if (node->kind == NodeKind::filter) {
      Filter& filter = static_cast<Filter&>(*node);
      filter.predicate = function::folded(filter.predicate);
      if (is_true(filter.predicate)) {
        redirect(plan, &filter, filter.inputs[0]);
      }
    } else if (node->kind == NodeKind::values) {
      for (std::vector<function::Expression>& row : static_cast<Values&>(*node).rows) {
        for (function::Expression& value : row) {
          value = function::folded(value);
        }
      }
    } else if (node->kind == NodeKind::join) {
      Join& join = static_cast<Join&>(*node);
      if (join.condition) {
        join.condition = function::folded(*join.condition);
      }
    } else if (node->kind == NodeKind::unnest) {
      Unnest& unnest = static_cast<Unnest&>(*node);
      if (unnest.condition) {
        unnest.condition = function::folded(*unnest.condition);
      }
    } else if (node->kind == NodeKind::match_recognize) {
      MatchRecognize& match = static_cast<MatchRecognize&>(*node);
      for (MatchRecognize::Element& element : match.pattern) {
        if (element.condition) {
          element.condition = function::folded(*element.condition);
        }
      }
    } else if (node->kind == NodeKind::scan) {
      for (function::Expression& expression : static_cast<Scan&>(*node).computed) {
        expression = function::folded(expression);
      }
    }
  }
  drop_unread(plan);
}

}  // namespace millrace::plan
