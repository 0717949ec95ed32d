// CURRENT_WATERMARK(column) is of an event time, and is known where rows are projected or filtered.
// Ahead of all other rules, while the nodes are still as they were written.

#include "function/scalar.h"
#include "plan/columns.h"
#include "plan/rules/rules.h"

namespace millrace::plan {

using function::Expression;

namespace {

bool asks(const Expression& expression) {
  return expression.kind == function::ExpressionKind::call &&
         expression.signature->name == function::kCurrentWatermark;
}

[[noreturn]] void refuse(const std::string& why, const Expression& call) {
  throw Error(ErrorCode::unsupported, why, Position{"", call.line, call.text_column});
}

void check_calls(const Expression& expression, const Node* input) {
  if (asks(expression)) {
    if (input == nullptr) {
      refuse("CURRENT_WATERMARK is not supported here: in a select list or WHERE it is",
             expression);
    }
    const Expression& time = expression.arguments[0];
    if (!is_column(time) || !input->is_rowtime(time.column)) {
      refuse("The argument of CURRENT_WATERMARK() must be a rowtime attribute, but was '" +
                 time.type.to_string() + "'.",
             expression);
    }
  }
  for (const Expression& argument : expression.arguments) {
    check_calls(argument, input);
  }
}

void check_calls(const std::vector<Expression>& expressions, const Node* input) {
  for (const Expression& expression : expressions) {
    check_calls(expression, input);
  }
}

}  // namespace

void check_watermark_calls(const Plan& plan) {
  for (const auto& node : plan.nodes) {
    if (node->kind == NodeKind::project) {
      check_calls(static_cast<const Project&>(*node).expressions, node->inputs[0]);
    } else if (node->kind == NodeKind::filter) {
      check_calls(static_cast<const Filter&>(*node).predicate, node->inputs[0]);
    } else if (node->kind == NodeKind::scan) {
      check_calls(static_cast<const Scan&>(*node).computed, nullptr);
    } else if (node->kind == NodeKind::join && static_cast<const Join&>(*node).condition) {
      check_calls(*static_cast<const Join&>(*node).condition, nullptr);
    } else if (node->kind == NodeKind::unnest && static_cast<const Unnest&>(*node).condition) {
      check_calls(*static_cast<const Unnest&>(*node).condition, nullptr);
    }
  }
}

}  // namespace millrace::plan
