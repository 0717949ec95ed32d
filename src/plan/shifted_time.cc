#include "plan/shifted_time.h"

#include "function/evaluate.h"
#include "function/scalar.h"
#include "function/value/calendar.h"
#include "function/value/time_text.h"
#include "plan/columns.h"

namespace millrace::plan {

using function::Expression;
using function::ExpressionKind;

// So many months behind 1970-01-01 and `ms`, less that time.
static int64_t months_from(int64_t ms, int64_t months) {
  const int64_t day = function::floor_div(ms, function::kDayMs);
  return (function::plus_months(day, months) - day) * function::kDayMs;
}

// The interval, with the sign that it is added by to what is so long behind 1970-01-01.
static std::optional<int64_t> constant_ms(const Expression& expression, bool ahead, Months months,
                                          int64_t from_ms) {
  const bool by_months = expression.type.kind == TypeKind::interval_month;
  if (expression.type.kind != TypeKind::interval_ms &&
      !(by_months && months == Months::from_1970)) {
    return std::nullopt;
  }
  const Expression value = function::folded(expression);
  if (value.kind != ExpressionKind::literal || value.literal.is_null(0)) {
    return std::nullopt;
  }
  const int64_t sign = ahead ? 1 : -1;
  return by_months ? months_from(from_ms, sign * value.literal.values<int32_t>()[0])
                   : sign * value.literal.values<int64_t>()[0];
}

std::optional<ShiftedTime> shifted_time(const Expression& value, Months months) {
  if (is_column(value)) {
    return ShiftedTime{value.column};
  }
  if (value.kind == ExpressionKind::cast) {
    const Type& from = value.arguments[0].type;
    const bool keeps_time = value.type.kind == from.kind && value.type.precision >= from.precision;
    return keeps_time ? shifted_time(value.arguments[0], months) : std::nullopt;
  }
  if (value.kind != ExpressionKind::call ||
      (value.signature->name != "+" && value.signature->name != "-")) {
    return std::nullopt;
  }
  auto time = shifted_time(value.arguments[0], months);
  if (!time) {
    return std::nullopt;
  }
  const auto ms = constant_ms(value.arguments[1], value.signature->name == "+", months, time->ms);
  if (!ms) {
    return std::nullopt;
  }
  time->ms += *ms;
  return time;
}

}  // namespace millrace::plan
