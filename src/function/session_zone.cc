#include "function/session_zone.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "base/check.h"
#include "column/builder.h"
#include "function/kernel.h"
#include "function/scalar.h"
#include "function/scalar/lenient_times.h"
#include "function/value/time_text.h"
#include "function/value/wrapping.h"

namespace millrace::function {

namespace {

constexpr std::string_view kClock = "CLOCK_OF";
constexpr std::string_view kInstant = "INSTANT_OF";

// --- The shifts ---

struct ZoneOfKernel final : KernelMemory {
  explicit ZoneOfKernel(std::shared_ptr<const TimeZone> the_zone) : zone(std::move(the_zone)) {}
  std::shared_ptr<const TimeZone> zone;
};

// Times beyond these are no clock's.
constexpr int64_t kLimitMs = int64_t{1} << 48;

template <typename Shift>
int64_t shifted_value(int64_t value, int64_t per_ms, const TimeZone& zone, Shift shift) {
  const int64_t ms = floor_div(value, per_ms);
  return ms < -kLimitMs || ms > kLimitMs ? value
                                         : wrapping_add(value, (shift(zone, ms) - ms) * per_ms);
}

const TimeZone& zone_of(const KernelCall& call) {
  return *static_cast<const ZoneOfKernel*>(call.memory)->zone;
}

template <typename Shift>
Column shifted(const KernelCall& call, Shift shift) {
  const TimeZone& zone = zone_of(call);
  const int64_t per_ms = call.result.timestamp_unit() / 1000;
  return map_values<int64_t, int64_t>(
      call, [&, per_ms](int64_t value) { return shifted_value(value, per_ms, zone, shift); });
}

int64_t clock_at(const TimeZone& zone, int64_t ms) { return zone.to_local(ms); }
int64_t instant_at(const TimeZone& zone, int64_t ms) { return zone.to_instant(ms); }

Column to_clock(const KernelCall& call) { return shifted(call, clock_at); }
Column to_instant(const KernelCall& call) { return shifted(call, instant_at); }

// The column as one of `to`, which has clocks where it has instants, or the other way round, at
// whatever depth.
template <typename Shift>
Column shifted_inside(const Column& column, const Type& to, const TimeZone& zone, Shift shift) {
  const Type& from = column.type();
  if (from.is_timestamp() && from.kind != to.kind) {
    const int64_t per_ms = to.timestamp_unit() / 1000;
    const View<int64_t> values(column);
    FlatBuffer<int64_t> result(column.size());
    for (size_t row = 0; row < column.size(); ++row) {
      if (values.is_null(row)) {
        result.set_null(row);
      } else {
        result[row] = shifted_value(values[row], per_ms, zone, shift);
      }
    }
    return result.finish(to);
  }
  if (to.children == nullptr) {
    return column.retyped(to);
  }
  std::vector<uint32_t> rows(column.size());
  std::iota(rows.begin(), rows.end(), 0U);
  const Column flat = column.gather(rows);
  std::vector<Column> children;
  for (size_t i = 0; i < flat.children().size(); ++i) {
    children.push_back(shifted_inside(flat.children()[i], (*to.children)[i].type, zone, shift));
  }
  return flat.offsets() == nullptr
             ? Column::row(to, flat.size(), std::move(children), flat.shared_validity())
             : Column::list(to, flat.size(), flat.shared_offsets(), std::move(children),
                            flat.shared_validity());
}

Column to_clock_inside(const KernelCall& call) {
  return shifted_inside(call.arguments[0], call.result, zone_of(call), clock_at);
}
Column to_instant_inside(const KernelCall& call) {
  return shifted_inside(call.arguments[0], call.result, zone_of(call), instant_at);
}

// The type with clocks in place of instants.
Type with_clocks(Type type) {
  if (type.kind == TypeKind::timestamp_ltz) {
    return Type::timestamp(type.precision, type.nullable);
  }
  if (type.children != nullptr) {
    std::vector<Field> fields = *type.children;
    for (Field& field : fields) {
      field.type = with_clocks(field.type);
    }
    type.children = std::make_shared<std::vector<Field>>(std::move(fields));
  }
  return type;
}

// A clock and an instant: the instant at which the clock of that one's offset shows it.
Column to_instant_by_offset(const KernelCall& call) {
  const TimeZone& zone = zone_of(call);
  const int64_t per_ms = call.result.timestamp_unit() / 1000;
  return map_pairs<int64_t, int64_t, int64_t>(call, [&, per_ms](int64_t clock, int64_t instant) {
    const int64_t ms = floor_div(instant, per_ms);
    return ms < -kLimitMs || ms > kLimitMs ? clock
                                           : wrapping_subtract(clock, zone.offset_ms(ms) * per_ms);
  });
}

Expression shift(Expression time, Type result, std::string_view name, Kernel kernel,
                 const std::shared_ptr<const TimeZone>& zone) {
  const ScalarSignature signature{.name = std::string(name) + "[" + zone->name() + "]",
                                  .arguments = {time.type},
                                  .result = std::move(result),
                                  .kernel = kernel,
                                  .memory = std::make_shared<ZoneOfKernel>(zone)};
  std::vector<Expression> arguments;
  arguments.push_back(std::move(time));
  return Expression::of_call(std::make_shared<const ScalarSignature>(signature),
                             std::move(arguments));
}

bool is_instant(const Type& type) { return type.kind == TypeKind::timestamp_ltz; }

// --- What reads a clock ---

constexpr std::array<std::string_view, 12> kOfClock = {
    "EXTRACT",    "YEAR",      "QUARTER", "MONTH",  "WEEK",   "DAYOFYEAR",
    "DAYOFMONTH", "DAYOFWEEK", "HOUR",    "MINUTE", "SECOND", "DATE_FORMAT"};

Expression call_of(std::string_view name, std::vector<Expression> arguments) {
  std::vector<Type> types;
  for (const Expression& argument : arguments) {
    types.push_back(argument.type);
  }
  const ScalarFunction* function = find_scalar(name);
  check(function != nullptr, "a function of times is there");
  std::optional<ScalarSignature> signature = function->bind(types);
  check(signature.has_value(), "a function of instants is one of timestamps as well");
  return Expression::of_call(std::make_shared<const ScalarSignature>(std::move(*signature)),
                             std::move(arguments));
}

Expression text_of(std::string_view text) {
  ColumnBuilder value(Type::string(false));
  value.add_string(text);
  return Expression::of_literal(value.finish());
}

Expression cast_to(Type type, Expression value) {
  std::vector<Expression> arguments;
  arguments.push_back(std::move(value));
  return Expression::of(ExpressionKind::cast, std::move(type), std::move(arguments));
}

// Whether somewhere inside an instant becomes something else, or comes of it.
bool reads_clock_inside(const Type& from, const Type& to) {
  if (from.children == nullptr || to.children == nullptr ||
      from.children->size() != to.children->size()) {
    return holds_instants(from) != holds_instants(to);
  }
  for (size_t i = 0; i < from.children->size(); ++i) {
    if (reads_clock_inside((*from.children)[i].type, (*to.children)[i].type)) {
      return true;
    }
  }
  return false;
}

class Rewriter {
 public:
  explicit Rewriter(const std::shared_ptr<const TimeZone>& zone) : zone_(zone) {}

  Expression rewritten(Expression expression) const {
    for (Expression& argument : expression.arguments) {
      argument = rewritten(std::move(argument));
    }
    const uint32_t line = expression.line;
    const uint32_t text_column = expression.text_column;
    const bool is_cast =
        expression.kind == ExpressionKind::cast || expression.kind == ExpressionKind::try_cast;
    if (is_cast) {
      expression = rewritten_cast(std::move(expression));
    } else if (expression.kind == ExpressionKind::call) {
      expression = rewritten_call(std::move(expression));
    }
    expression.line = line;
    expression.text_column = text_column;
    return expression;
  }

 private:
  Expression rewritten_cast(Expression cast) const {
    const Type from = cast.arguments[0].type;
    const Type to = cast.type;
    if (from.kind == TypeKind::null_ || (is_instant(from) && is_instant(to))) {
      return cast;
    }
    if (!is_instant(from) && !is_instant(to)) {
      return reads_clock_inside(from, to) ? cast_inside(std::move(cast)) : cast;
    }
    if (is_instant(from)) {
      cast.arguments[0] = clock_of(std::move(cast.arguments[0]), zone_);
      return to.kind == TypeKind::date ? cast_floor(std::move(cast), "DAY")
             : to.kind == TypeKind::time
                 ? cast_floor(std::move(cast), to.precision == 0 ? "SECOND" : "MILLISECOND")
                 : cast;
    }
    if (from.kind == TypeKind::timestamp && from.precision > to.precision) {
      cast.arguments[0] = instant_of(std::move(cast.arguments[0]), zone_);
      return cast;  // digits are cut towards 1970, on which side of it the instant is
    }
    cast.type = Type::timestamp(to.precision, to.nullable);
    return instant_of(std::move(cast), zone_);
  }

  // Of an instant before 1970 Flink finds the day that it is in, of a TIMESTAMP the one behind it.
  static Expression cast_floor(Expression cast, std::string_view unit) {
    std::vector<Expression> arguments;
    arguments.push_back(std::move(cast.arguments[0]));
    arguments.push_back(text_of(unit));
    cast.arguments[0] = call_of("FLOOR", std::move(arguments));
    return cast;
  }

  Expression cast_inside(Expression cast) const {
    const Type to = cast.type;
    if (holds_instants(cast.arguments[0].type)) {
      cast.arguments[0] = clock_of(std::move(cast.arguments[0]), zone_);
    }
    if (!holds_instants(to)) {
      return cast;
    }
    cast.type = with_clocks(to);
    return shift(std::move(cast), to, kInstant, to_instant_inside, zone_);
  }

  Expression rewritten_call(Expression call) const {
    const std::string& name = call.signature->name;
    std::vector<Expression>& arguments = call.arguments;
    const bool of_instants =
        std::any_of(arguments.begin(), arguments.end(),
                    [](const Expression& argument) { return is_instant(argument.type); });
    if (of_instants && std::find(kOfClock.begin(), kOfClock.end(), name) != kOfClock.end()) {
      return call_of(name, clocks_of(std::move(arguments)));
    }
    if (of_instants && (name == "FLOOR" || name == "CEIL")) {
      const Expression instant = arguments[0];
      return by_offset_of(instant, call_of(name, clocks_of(std::move(arguments))));
    }
    if (name == "LOCALTIMESTAMP") {
      return now();
    }
    if (name == "CURRENT_DATE" || name == "CURRENT_TIME" || name == "LOCALTIME") {
      return cast_to(call.type, now());
    }
    if (name == "FROM_UNIXTIME" || (name == "UNIX_TIMESTAMP" && !arguments.empty())) {
      call.signature =
          std::make_shared<const ScalarSignature>(unix_time_in(*call.signature, zone_));
    }
    return call;
  }

  // As Flink rounds an instant, by its own offset: where that changes in between, what it is
  // rounded to is no midnight.
  Expression by_offset_of(const Expression& instant, Expression clock) const {
    ScalarSignature signature{
        .name = "INSTANT_OF[offset, " + zone_->name() + "]",
        .arguments = {clock.type, instant.type},
        .result = Type::timestamp_ltz(clock.type.precision, clock.type.nullable),
        .kernel = to_instant_by_offset,
        .memory = std::make_shared<ZoneOfKernel>(zone_)};
    std::vector<Expression> arguments;
    arguments.push_back(std::move(clock));
    arguments.push_back(instant);
    return Expression::of_call(std::make_shared<const ScalarSignature>(std::move(signature)),
                               std::move(arguments));
  }

  std::vector<Expression> clocks_of(std::vector<Expression> arguments) const {
    for (Expression& argument : arguments) {
      if (is_instant(argument.type)) {
        argument = clock_of(std::move(argument), zone_);
      }
    }
    return arguments;
  }

  Expression now() const { return clock_of(call_of("CURRENT_TIMESTAMP", {}), zone_); }

  const std::shared_ptr<const TimeZone>& zone_;
};

}  // namespace

bool holds_instants(const Type& type) {
  return is_instant(type) ||
         (type.children != nullptr &&
          std::any_of(type.children->begin(), type.children->end(),
                      [](const Field& field) { return holds_instants(field.type); }));
}

Expression clock_of(Expression instant, const std::shared_ptr<const TimeZone>& zone) {
  if (!is_instant(instant.type)) {
    Type result = with_clocks(instant.type);
    return shift(std::move(instant), std::move(result), kClock, to_clock_inside, zone);
  }
  Type result = Type::timestamp(instant.type.precision, instant.type.nullable);
  return shift(std::move(instant), std::move(result), kClock, to_clock, zone);
}

Expression instant_of(Expression clock, const std::shared_ptr<const TimeZone>& zone) {
  Type result = Type::timestamp_ltz(clock.type.precision, clock.type.nullable);
  return shift(std::move(clock), std::move(result), kInstant, to_instant, zone);
}

bool is_shift(const Expression& expression) {
  return expression.kind == ExpressionKind::call &&
         (expression.signature->kernel == to_clock || expression.signature->kernel == to_instant);
}

Expression in_session_zone(Expression expression, const std::shared_ptr<const TimeZone>& zone) {
  return Rewriter(zone).rewritten(std::move(expression));
}

}  // namespace millrace::function
