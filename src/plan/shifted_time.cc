#include "plan/shifted_time.h"

#include "function/evaluate.h"
#include "function/scalar.h"
#include "plan/columns.h"

namespace millrace::plan {

using function::Expression;
using function::ExpressionKind;

static std::optional<int64_t> constant_ms(const Expression& expression) {
  if (expression.type.kind != TypeKind::interval_ms) {
    return std::nullopt;
  }
  const Expression value = function::folded(expression);
  if (value.kind != ExpressionKind::literal || value.literal.is_null(0)) {
    return std::nullopt;
  }
  return value.literal.values<int64_t>()[0];
}

std::optional<ShiftedTime> shifted_time(const Expression& value) {
  if (is_column(value)) {
    return ShiftedTime{value.column};
  }
  if (value.kind == ExpressionKind::cast) {
    const Type& from = value.arguments[0].type;
    const bool keeps_time = value.type.kind == from.kind && value.type.precision >= from.precision;
    return keeps_time ? shifted_time(value.arguments[0]) : std::nullopt;
  }
  if (value.kind != ExpressionKind::call ||
      (value.signature->name != "+" && value.signature->name != "-")) {
    return std::nullopt;
  }
  auto time = shifted_time(value.arguments[0]);
  const auto ms = constant_ms(value.arguments[1]);
  if (!time || !ms) {
    return std::nullopt;
  }
  time->ms += value.signature->name == "+" ? *ms : -*ms;
  return time;
}

}  // namespace millrace::plan
