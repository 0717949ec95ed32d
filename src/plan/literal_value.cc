#include "plan/literal_value.h"

namespace millrace::plan {

std::optional<int64_t> whole_value(const function::Expression& expression) {
  if (expression.kind != function::ExpressionKind::literal || expression.literal.is_null(0)) {
    return std::nullopt;
  }
  if (expression.type.kind == TypeKind::integer) {
    return expression.literal.values<int32_t>()[0];
  }
  if (expression.type.kind == TypeKind::bigint) {
    return expression.literal.values<int64_t>()[0];
  }
  return std::nullopt;
}

}  // namespace millrace::plan
