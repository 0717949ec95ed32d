// Casts among dates, times and timestamps, all in UTC. Numbers are no times: Flink refuses those
// casts and has TO_TIMESTAMP_LTZ and UNIX_TIMESTAMP instead.

#include "function/cast/casts.h"
#include "function/value/time_text.h"

namespace millrace::function {

namespace {

// Times that are kept in nanoseconds begin in 1677 and end in 2262: others are no such value.
template <typename From>
Column widened(const CastCall& call, int64_t factor) {
  ResultValues<int64_t> result(call);
  const View<From> view(call.from());
  for_each_present(
      call.rows, result,
      [&](uint32_t row) {
        int64_t value = 0;
        if (__builtin_mul_overflow(int64_t{view[row]}, factor, &value)) {
          std::string text;
          append_text(call.from(), row, text);
          call.refuse(row, result, text);
        } else {
          result.set(row, value);
        }
      },
      view);
  return result.finish();
}

Column timestamp_to_timestamp(const CastCall& call) {
  const Type& from = call.from().type();
  const Type& to = call.result;
  if (to.timestamp_unit() > from.timestamp_unit()) {
    return widened<int64_t>(call, to.timestamp_unit() / from.timestamp_unit());
  }
  return map_values<int64_t, int64_t>(
      call, [&](int64_t value) { return with_precision(value, from, to); });
}

// Before 1970 the day that Flink finds of a TIMESTAMP is the one behind, for it divides towards
// zero, and its time of day is counted back from there.
Column timestamp_to_date(const CastCall& call) {
  const int64_t per_ms = call.from().type().timestamp_unit() / 1000;
  const bool is_instant = call.from().type().kind == TypeKind::timestamp_ltz;
  return map_values<int32_t, int64_t>(call, [=](int64_t value) {
    const int64_t ms = floor_div(value, per_ms);
    return static_cast<int32_t>(is_instant ? floor_div(ms, kDayMs) : ms / kDayMs);
  });
}

Column timestamp_to_time(const CastCall& call) {
  const int64_t per_ms = call.from().type().timestamp_unit() / 1000;
  const int32_t step = kept_ms(call.result);
  const bool is_instant = call.from().type().kind == TypeKind::timestamp_ltz;
  return map_values<int32_t, int64_t>(call, [=](int64_t value) {
    const int64_t ms = floor_div(value, per_ms);
    return static_cast<int32_t>(is_instant ? floor_mod(ms, kDayMs) / step * step
                                           : floor_mod(ms / step * step, kDayMs));
  });
}

Column date_to_timestamp(const CastCall& call) {
  return widened<int32_t>(call, 86'400 * call.result.timestamp_unit());
}

Column time_to_timestamp(const CastCall& call) {
  const int64_t per_ms = call.result.timestamp_unit() / 1000;
  const int32_t step = kept_ms(call.result);
  return map_values<int64_t, int32_t>(call, [=](int32_t ms) { return (ms - ms % step) * per_ms; });
}

Column time_to_time(const CastCall& call) {
  const int32_t step = kept_ms(call.result);
  return map_values<int32_t, int32_t>(call, [=](int32_t ms) { return ms - ms % step; });
}

}  // namespace

int32_t kept_ms(const Type& time) {
  int32_t step = 1000;
  for (int32_t i = 0; i < time.precision && step > 1; ++i) {
    step /= 10;
  }
  return step;
}

CastKernel find_time_cast(const Type& from, const Type& to) {
  if (from.is_timestamp()) {
    return to.is_timestamp()           ? timestamp_to_timestamp
           : to.kind == TypeKind::date ? timestamp_to_date
           : to.kind == TypeKind::time ? timestamp_to_time
                                       : nullptr;
  }
  if (from.kind == TypeKind::date) {
    return to.is_timestamp() ? date_to_timestamp : nullptr;
  }
  if (from.kind == TypeKind::time) {
    return to.is_timestamp()           ? time_to_timestamp
           : to.kind == TypeKind::time ? time_to_time
                                       : nullptr;
  }
  return nullptr;
}

}  // namespace millrace::function
