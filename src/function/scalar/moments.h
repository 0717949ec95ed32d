#pragma once

// Reads dates, times and timestamps of any precision as moments.

#include "base/error.h"
#include "function/expression.h"
#include "function/kernel.h"
#include "function/value/calendar.h"

namespace millrace::function {

inline bool has_moments(const Type& type) {
  return type.is_timestamp() || type.kind == TypeKind::date || type.kind == TypeKind::time;
}

class MomentView {
 public:
  explicit MomentView(const Column& column)
      : small_(column),
        large_(column),
        unit_(column.type().is_timestamp() ? column.type().timestamp_unit() : 0),
        is_date_(column.type().kind == TypeKind::date) {}

  Moment operator[](size_t row) const {
    if (unit_ != 0) {
      return moment_of(large_[row], unit_);
    }
    return is_date_ ? Moment{small_[row], 0} : Moment{0, small_[row] * int64_t{1'000'000}};
  }
  bool is_null(size_t row) const { return small_.is_null(row); }
  bool has_nulls() const { return small_.has_nulls(); }

 private:
  View<int32_t> small_;
  View<int64_t> large_;
  int64_t unit_;
  bool is_date_;
};

// Whether microseconds or nanoseconds, in which Flink keeps further times, hold this one.
inline bool holds(const Type& timestamp, const Moment& moment) {
  const int64_t unit = timestamp.timestamp_unit();
  const int64_t most_days = INT64_MAX / (86'400 * unit);
  return unit <= 1000 || (moment.day < most_days && moment.day >= -most_days);
}
// Why it is none where they do not.
inline std::string beyond(const Type& type) {
  return "the time lies beyond those that a " + type.as_nullable().to_string() + " holds";
}

// The unit that the argument names, the same for all rows. Throws Error for one it does not know.
inline TimeUnit unit_from(const Column& argument) {
  if (argument.layout() != Column::Layout::constant || argument.is_null(0)) {
    throw Error(ErrorCode::invalid_argument, "a unit of time must be written out");
  }
  const std::string_view name = argument.values<StringRef>()[0].view();
  const std::optional<TimeUnit> unit = find_time_unit(name);
  if (!unit) {
    throw Error(ErrorCode::invalid_argument, "unknown unit of time '" + std::string(name) + "'");
  }
  return *unit;
}

// The unit where a call is bound: nothing where it is no literal, or names none.
inline std::optional<TimeUnit> written_unit(const Expression& argument) {
  const bool is_text = argument.kind == ExpressionKind::literal && argument.type.is_string() &&
                       !argument.literal.is_null(0);
  return is_text ? find_time_unit(argument.literal.values<StringRef>()[0].view()) : std::nullopt;
}

inline bool is_within_day(TimeUnit unit) { return length_ns(unit).value_or(kDayNs) % kDayNs != 0; }

}  // namespace millrace::function
