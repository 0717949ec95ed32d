// Times moved by intervals, and intervals among themselves. Months keep the day of the month where
// the new month has it, else take its last day.

#include <algorithm>

#include "function/kernel.h"
#include "function/scalar/arithmetic.h"
#include "function/scalar/moments.h"
#include "function/value/calendar.h"
#include "function/value/time_text.h"
#include "function/value/wrapping.h"

namespace millrace::function {

namespace {

// Times moved by as many of their units to the step as `units_of(value, step)` says. Milliseconds
// go on past the last with the first, as in Java; what is finer has no such end in Flink.
template <typename Step, typename F>
Column moved_timestamps(const KernelCall& call, int64_t per_unit, F units_of) {
  if (call.result.timestamp_unit() == 1000) {
    return map_pairs<int64_t, int64_t, Step>(call, [=](int64_t value, Step step) {
      return wrapping_add(value, wrapping_multiply(units_of(value, step), per_unit));
    });
  }
  return map_present<ResultValues<int64_t>, int64_t, Step>(
      call, [&](ResultValues<int64_t>& to, uint32_t row, int64_t value, Step step) {
        int64_t moved = 0;
        if (__builtin_mul_overflow(units_of(value, step), per_unit, &moved) ||
            __builtin_add_overflow(value, moved, &moved)) {
          return to.fail(row, beyond(call.result));
        }
        to.set(row, moved);
      });
}

template <int sign>
Column move_timestamp_by_ms(const KernelCall& call) {
  const int64_t per_ms = call.result.timestamp_unit() / 1000;
  if (per_ms == 1) {
    return map_pairs<int64_t, int64_t, int64_t>(call, [](int64_t value, int64_t ms) {
      return sign > 0 ? wrapping_add(value, ms) : wrapping_subtract(value, ms);
    });
  }
  return moved_timestamps<int64_t>(call, sign * per_ms, [](int64_t, int64_t ms) { return ms; });
}

template <int sign>
Column move_timestamp_by_months(const KernelCall& call) {
  const int64_t per_day = 86'400 * call.result.timestamp_unit();
  return moved_timestamps<int32_t>(call, per_day, [=](int64_t value, int32_t months) {
    const int64_t day = floor_div(value, per_day);
    return plus_months(day, int64_t{sign} * months) - day;
  });
}

template <int sign>
Column move_date_by_ms(const KernelCall& call) {
  return map_pairs<int32_t, int32_t, int64_t>(call, [](int32_t day, int64_t ms) {
    return static_cast<int32_t>(day + sign * (ms / kDayMs));
  });
}

template <int sign>
Column move_date_by_months(const KernelCall& call) {
  return map_pairs<int32_t, int32_t, int32_t>(call, [](int32_t day, int32_t months) {
    return static_cast<int32_t>(plus_months(day, int64_t{sign} * months));
  });
}

template <int sign>
Column move_time_by_ms(const KernelCall& call) {
  return map_pairs<int32_t, int32_t, int64_t>(call, [](int32_t time, int64_t ms) {
    return static_cast<int32_t>(floor_mod(time + sign * (ms % kDayMs), kDayMs));
  });
}

// A time of day is the same in any month.
Column keep_time(const KernelCall& call) {
  return map_pairs<int32_t, int32_t, int32_t>(call, [](int32_t time, int32_t) { return time; });
}

template <typename T, int sign>
Column add_intervals(const KernelCall& call) {
  return map_pairs<T, T, T>(call, [](T a, T b) {
    return static_cast<T>(sign > 0 ? wrapping_add(a, b) : wrapping_subtract(a, b));
  });
}

template <int sign>
Kernel moving_kernel(const Type& time, const Type& interval) {
  const bool by_ms = interval.kind == TypeKind::interval_ms;
  if (time.is_timestamp()) {
    return by_ms ? move_timestamp_by_ms<sign> : move_timestamp_by_months<sign>;
  }
  if (time.kind == TypeKind::date) {
    return by_ms ? move_date_by_ms<sign> : move_date_by_months<sign>;
  }
  if (time.kind == TypeKind::time) {
    return by_ms ? move_time_by_ms<sign> : keep_time;
  }
  if (time.kind == interval.kind) {
    return by_ms ? add_intervals<int64_t, sign> : add_intervals<int32_t, sign>;
  }
  return nullptr;
}

bool is_interval(const Type& type) {
  return type.kind == TypeKind::interval_ms || type.kind == TypeKind::interval_month;
}

// An interval ahead of the time that it moves.
template <Kernel kernel>
Column turned(const KernelCall& call) {
  const Column arguments[] = {call.arguments[1], call.arguments[0]};
  return kernel({.arguments = arguments,
                 .rows = call.rows,
                 .size = call.size,
                 .result = call.result,
                 .context = call.context});
}

Kernel turned_kernel(const Type& time, const Type& interval) {
  const bool by_ms = interval.kind == TypeKind::interval_ms;
  if (time.is_timestamp()) {
    return by_ms ? turned<move_timestamp_by_ms<1>> : turned<move_timestamp_by_months<1>>;
  }
  if (time.kind == TypeKind::date) {
    return by_ms ? turned<move_date_by_ms<1>> : turned<move_date_by_months<1>>;
  }
  if (time.kind == TypeKind::time) {
    return by_ms ? turned<move_time_by_ms<1>> : turned<keep_time>;
  }
  return nullptr;
}

template <typename T>
Column scaled_interval(const KernelCall& call) {
  return map_pairs<T, int64_t, T>(call, [](int64_t by, T interval) {
    return static_cast<T>(static_cast<uint64_t>(interval) * static_cast<uint64_t>(by));
  });
}

template <typename T>
Column scale_interval(const KernelCall& call) {
  return map_pairs<T, T, int64_t>(call, [](T interval, int64_t by) {
    return static_cast<T>(static_cast<uint64_t>(interval) * static_cast<uint64_t>(by));
  });
}

std::optional<ScalarSignature> bind_scaling(const Type& interval, const Type& by) {
  if (is_interval(by) && interval.is_integer()) {
    const std::vector<Type> arguments = {Type::of(TypeKind::bigint, interval.nullable), by};
    return ScalarSignature{
        "*", arguments, nullable_by(by, arguments),
        by.kind == TypeKind::interval_ms ? scaled_interval<int64_t> : scaled_interval<int32_t>};
  }
  if (!is_interval(interval) || !by.is_integer()) {
    return std::nullopt;
  }
  const std::vector<Type> arguments = {interval, Type::of(TypeKind::bigint, by.nullable)};
  const Kernel kernel =
      interval.kind == TypeKind::interval_ms ? scale_interval<int64_t> : scale_interval<int32_t>;
  return ScalarSignature{"*", arguments, nullable_by(interval, arguments), kernel};
}

}  // namespace

std::optional<ScalarSignature> bind_times(Arithmetic operation, const Type& a, const Type& b) {
  if (operation == Arithmetic::multiply) {
    return bind_scaling(a, b);
  }
  const bool adds = operation == Arithmetic::add;
  const std::vector<Type> arguments = {a, b};
  if (adds && is_interval(a) && turned_kernel(b, a) != nullptr) {
    return ScalarSignature{"+", arguments, nullable_by(b, arguments), turned_kernel(b, a)};
  }
  if ((!adds && operation != Arithmetic::subtract) || !is_interval(b)) {
    return std::nullopt;
  }
  const Kernel kernel = adds ? moving_kernel<1>(a, b) : moving_kernel<-1>(a, b);
  if (kernel == nullptr) {
    return std::nullopt;
  }
  return ScalarSignature{sign_of(operation), arguments, nullable_by(a, arguments), kernel};
}

}  // namespace millrace::function
