#include "plan/bind/frames.h"

#include "function/evaluate.h"
#include "plan/bind/expressions.h"
#include "plan/bind/scope.h"
#include "plan/literal_value.h"
#include "plan/refuse_like_flink.h"

namespace millrace::plan {

using function::Expression;
using Kind = sql::FrameBound::Kind;

namespace {

[[noreturn]] void refuse(const std::string& what, const Position& at) {
  throw Error(ErrorCode::unsupported, what, at);
}

// The value of a literal of INT, and of an interval in milliseconds; nothing of others.
std::optional<int64_t> number_in(const Expression& distance) {
  return distance.type.kind == TypeKind::integer ? whole_value(distance) : std::nullopt;
}

std::optional<int64_t> interval_in(const Expression& distance) {
  const bool is_interval = distance.kind == function::ExpressionKind::literal &&
                           distance.type.kind == TypeKind::interval_ms &&
                           !distance.literal.is_null(0);
  return is_interval ? std::optional(distance.literal.values<int64_t>()[0]) : std::nullopt;
}

constexpr int64_t kDayMs = 24 * 60 * 60 * 1000;

class FrameBinder {
 public:
  FrameBinder(FrameUnit unit, RuntimeMode mode, const Type* ordered_by)
      : unit_(unit), mode_(mode), ordered_by_(ordered_by) {}

  // In the direction of `forward`, below zero in the other one; nothing for UNBOUNDED.
  std::optional<int64_t> reach(const sql::FrameBound& bound, Kind forward) const {
    switch (bound.kind) {
      case Kind::unbounded_preceding:
      case Kind::unbounded_following: return std::nullopt;
      case Kind::current_row: return 0;
      case Kind::preceding:
      case Kind::following: break;
    }
    const int64_t distance = distance_of(*bound.distance);
    if (distance < 0) {
      refuse("a frame's distance is not below zero: PRECEDING and FOLLOWING say which way it goes",
             bound.distance->position);
    }
    return bound.kind == forward ? distance : -distance;
  }

 private:
  int64_t distance_of(const sql::Expression& written) const {
    const Scope none(nullptr);
    const Expression distance = function::folded(ExpressionBinder(&none).bind(written));
    if (unit_ == FrameUnit::range) {
      return range_of(distance, written.position);
    }
    const auto rows = number_in(distance);
    if (!rows) {
      refuse("ROWS takes a number of rows", written.position);
    }
    return *rows;
  }

  // In what the order counts: a timestamp's milliseconds, a date's days, a number's ones.
  int64_t range_of(const Expression& distance, const Position& at) const {
    const auto interval = interval_in(distance);
    if (mode_ == RuntimeMode::streaming) {
      if (!interval) {
        refuse(
            "RANGE takes an interval of days to seconds in a stream, whose rows are ordered by a "
            "time: other distances are for batch mode",
            at);
      }
      return *interval;
    }
    if (ordered_by_ == nullptr) {
      refuse("RANGE with a distance takes a window that is ordered by one column", at);
    }
    const auto number = number_in(distance);
    if (ordered_by_->is_integer() && number) {
      return *number;
    }
    if (ordered_by_->is_timestamp() && interval) {
      return *interval;
    }
    if (ordered_by_->kind == TypeKind::date && interval && *interval % kDayMs == 0) {
      return *interval / kDayMs;
    }
    refuse(
        "RANGE takes a whole number for an order by whole numbers, an interval of days to "
        "seconds for one by times, of days for one by dates; the order is by " +
            ordered_by_->as_nullable().to_string(),
        at);
  }

  FrameUnit unit_;
  RuntimeMode mode_;
  const Type* ordered_by_;
};

// From the first row to the last, as the words alone say it; what is between two of one kind, their
// distances do, and such a frame may be empty.
int place_of(Kind kind) {
  switch (kind) {
    case Kind::unbounded_preceding: return 0;
    case Kind::preceding: return 1;
    case Kind::current_row: return 2;
    case Kind::following: return 3;
    case Kind::unbounded_following: return 4;
  }
  return 0;
}

void check_direction(const sql::Frame& frame, RuntimeMode mode) {
  if (frame.start.kind == Kind::unbounded_following ||
      frame.end.kind == Kind::unbounded_preceding ||
      place_of(frame.start.kind) > place_of(frame.end.kind)) {
    throw Error(ErrorCode::invalid_argument,
                "a frame begins no later than it ends: write BETWEEN, then the end that is ahead "
                "of the other in UNBOUNDED PRECEDING, n PRECEDING, CURRENT ROW, n FOLLOWING, "
                "UNBOUNDED FOLLOWING",
                frame.position);
  }
  if (mode == RuntimeMode::streaming &&
      (frame.end.kind != Kind::current_row || place_of(frame.start.kind) >= 2)) {
    refuse_like_flink(
        "OVER RANGE FOLLOWING windows are not supported yet: a stream's frame begins ahead of the "
        "row, as ROWS BETWEEN 0 PRECEDING AND CURRENT ROW does, and ends with it",
        frame.position);
  }
}

}  // namespace

void bind_frame(const sql::Frame& frame, RuntimeMode mode, const Type* ordered_by,
                OverWindow& window) {
  check_direction(frame, mode);
  window.unit = frame.unit == sql::Frame::Unit::rows ? FrameUnit::rows : FrameUnit::range;
  const FrameBinder binder(window.unit, mode, ordered_by);
  window.preceding = binder.reach(frame.start, Kind::preceding);
  window.following = binder.reach(frame.end, Kind::following);
}

}  // namespace millrace::plan
