// TIMESTAMPADD, TIMESTAMPDIFF, and CEIL and FLOOR of times to a unit.

#include "function/scalar/families.h"
#include "function/scalar/moments.h"
#include "function/scalar/rounding.h"

namespace millrace::function {

namespace {

// f(moment, row) gives an optional moment, in the type of the times. T is what lies in the column.
template <typename T, typename F>
Column each_moment(const KernelCall& call, const Column& times, F f) {
  ResultValues<T> result(call);
  const MomentView view(times);
  const Type& type = call.result;
  for_each(call.rows, [&](uint32_t row) {
    const std::optional<Moment> moment =
        view.is_null(row) ? std::nullopt : std::optional<Moment>(f(view[row], row));
    if (!moment) {
      result.set_null(row);
    } else if (type.is_timestamp()) {
      if (!holds(type, *moment)) {
        return result.fail(row, beyond(type));
      }
      result.set(row, static_cast<T>(value_of(*moment, type.timestamp_unit())));
    } else {
      // The end of a day is a time of its own where it was rounded up to.
      result.set(row, static_cast<T>(type.kind == TypeKind::date ? moment->day : ms_of(*moment)));
    }
  });
  return result.finish();
}

[[noreturn]] void refuse(TimeUnit, const Type& type) {
  throw Error(ErrorCode::unsupported, "this unit of time does not move a " + type.to_string());
}

template <typename T>
Column add(const KernelCall& call) {
  const TimeUnit unit = unit_from(call.arguments[0]);
  const View<int64_t> count(call.arguments[1]);
  const Column& times = call.arguments[2];
  const bool is_time = times.type().kind == TypeKind::time;
  const bool whole_days = call.result.kind == TypeKind::date && is_within_day(unit);
  if (whole_days || (!length_ns(unit) && !months_in(unit))) {
    refuse(unit, times.type());
  }
  return each_moment<T>(call, times,
                        [&](const Moment& from, uint32_t row) -> std::optional<Moment> {
                          if (count.is_null(row)) {
                            return std::nullopt;
                          }
                          std::optional<Moment> to = moved(from, unit, count[row]);
                          if (is_time && to) {
                            to->day = 0;
                          }
                          return to;
                        });
}

Column difference(const KernelCall& call) {
  const TimeUnit unit = unit_from(call.arguments[0]);
  const MomentView from(call.arguments[1]);
  const MomentView to(call.arguments[2]);
  ResultValues<int32_t> result(call);
  for_each_present(
      call.rows, result,
      [&](uint32_t row) {
        if (const auto units = units_between(from[row], to[row], unit)) {
          result.set(row, static_cast<int32_t>(*units));
        } else {
          refuse(unit, call.arguments[1].type());
        }
      },
      from, to);
  return result.finish();
}

// The milliseconds, or the whole months, from the second time to the first.
int64_t ms_between(const Moment& from, const Moment& to) { return ms_of(to) - ms_of(from); }

int32_t months_between(const Moment& from, const Moment& to) {
  return static_cast<int32_t>(units_between(from, to, TimeUnit::month).value_or(0));
}

template <typename T, T (*between)(const Moment& from, const Moment& to)>
Column interval_between(const KernelCall& call) {
  const MomentView to(call.arguments[1]);
  const MomentView from(call.arguments[2]);
  ResultValues<T> result(call);
  for_each_present(
      call.rows, result, [&](uint32_t row) { result.set(row, between(from[row], to[row])); }, to,
      from);
  return result.finish();
}

template <Direction direction>
std::optional<int64_t> rounded_day(int64_t day, TimeUnit unit) {
  return direction == Direction::down ? floor_of_day(day, unit) : ceil_of_day(day, unit);
}

// What is below a millisecond counts for that unit of a TIMESTAMP alone, as in Flink.
template <Direction direction>
std::optional<Moment> rounded_moment(Moment at, TimeUnit unit, const Type& type) {
  if (direction == Direction::up && unit == TimeUnit::millisecond &&
      type.kind == TypeKind::timestamp) {
    at.ns_of_day += 999'999;
  }
  return direction == Direction::down ? floor_of(at, unit) : ceil_of(at, unit);
}

// Flink takes a TIME's milliseconds for a number of days.
template <Direction direction, typename T>
Column rounded(const KernelCall& call) {
  const TimeUnit unit = unit_from(call.arguments[1]);
  const Type& type = call.result;
  const bool whole_days = !is_within_day(unit);
  return each_moment<T>(
      call, call.arguments[0], [&](const Moment& at, uint32_t) -> std::optional<Moment> {
        if (type.kind == TypeKind::date && unit == TimeUnit::day) {
          return Moment{*rounded_day<direction>(at.day, unit), 0};
        }
        if (type.kind == TypeKind::time && whole_days) {
          const std::optional<int64_t> ms = rounded_day<direction>(ms_of(at), unit);
          return ms ? std::optional(Moment{0, *ms * 1'000'000}) : std::nullopt;
        }
        return rounded_moment<direction>(at, unit, type);
      });
}

std::optional<ScalarSignature> bind_add(std::span<const Type> given) {
  if (given.size() != 3 || !given[0].is_string() || !given[1].is_integer() ||
      !has_moments(given[2])) {
    return std::nullopt;
  }
  const Type& time = given[2];
  const std::vector<Type> arguments = {given[0], Type::of(TypeKind::bigint, given[1].nullable),
                                       time};
  return ScalarSignature{"TIMESTAMPADD", arguments, nullable_by(time, arguments),
                         time.is_timestamp() ? add<int64_t> : add<int32_t>};
}

// A date and hours are a timestamp; milliseconds have three digits.
ScalarSignature add_of_unit(ScalarSignature signature, std::span<const Expression> arguments) {
  const auto unit = written_unit(arguments[0]);
  Type& result = signature.result;
  if (unit == TimeUnit::microsecond || unit == TimeUnit::nanosecond) {
    throw Error(ErrorCode::unsupported,
                "TIMESTAMPADD counts nothing smaller than a MILLISECOND, as an interval does");
  }
  if (unit && result.kind == TypeKind::date && is_within_day(*unit) &&
      length_ns(*unit) >= kSecondNs) {
    result = Type::timestamp(6, result.nullable);
    signature.kernel = add<int64_t>;
  } else if (unit == TimeUnit::millisecond) {
    result.precision = std::max(result.precision, 3);
  }
  return signature;
}

std::optional<ScalarSignature> bind_difference(std::span<const Type> given) {
  if (given.size() != 3 || !given[0].is_string() || !has_moments(given[1]) ||
      !has_moments(given[2])) {
    return std::nullopt;
  }
  const auto is_local = [](const Type& type) { return type.kind == TypeKind::timestamp_ltz; };
  if (is_local(given[1]) != is_local(given[2])) {
    return std::nullopt;  // Flink has no zone for the other one
  }
  const std::vector<Type> arguments = {given[0], given[1], given[2]};
  return ScalarSignature{"TIMESTAMPDIFF", arguments,
                         nullable_by(Type::of(TypeKind::integer), arguments), difference};
}

std::optional<ScalarSignature> bind_interval_between(std::span<const Type> given) {
  if (given.size() != 3 || !given[0].is_string() || !has_moments(given[1]) ||
      !has_moments(given[2]) || given[1].is_timestamp() != given[2].is_timestamp() ||
      (given[1].kind == TypeKind::timestamp_ltz) != (given[2].kind == TypeKind::timestamp_ltz)) {
    return std::nullopt;
  }
  const std::vector<Type> arguments(given.begin(), given.end());
  return ScalarSignature{"MINUS_DATE", arguments,
                         nullable_by(Type::of(TypeKind::interval_ms), arguments),
                         interval_between<int64_t, ms_between>};
}

ScalarSignature interval_of_unit(ScalarSignature signature, std::span<const Expression> arguments) {
  const auto unit = written_unit(arguments[0]);
  if (unit && months_in(*unit)) {
    signature.result = Type::of(TypeKind::interval_month, signature.result.nullable);
    signature.kernel = interval_between<int32_t, months_between>;
  }
  return signature;
}

constexpr ScalarFunction kFunctions[] = {
    {"MINUS_DATE", "(a - b) unit", "The interval between two times: (a - b) DAY, (a - b) MONTH.",
     bind_interval_between, interval_of_unit},
    {"TIMESTAMPADD", "TIMESTAMPADD(unit, count, time)", "The time moved by some units.", bind_add,
     add_of_unit},
    {"TIMESTAMPDIFF", "TIMESTAMPDIFF(unit, from, to)", "Whole units from one time to another.",
     bind_difference},
};

}  // namespace

std::optional<ScalarSignature> bind_time_rounding(Direction direction,
                                                  std::span<const Type> given) {
  if (!has_moments(given[0]) || !given[1].is_string()) {
    return std::nullopt;
  }
  const bool up = direction == Direction::up;
  const bool wide = given[0].is_timestamp();
  const Kernel ceil = wide ? rounded<Direction::up, int64_t> : rounded<Direction::up, int32_t>;
  const Kernel floor = wide ? rounded<Direction::down, int64_t> : rounded<Direction::down, int32_t>;
  return ScalarSignature{up ? "CEIL" : "FLOOR", {given[0], given[1]}, given[0], up ? ceil : floor};
}

std::span<const ScalarFunction> time_unit_functions() { return kFunctions; }

}  // namespace millrace::function
