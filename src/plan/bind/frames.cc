#include "plan/bind/frames.h"

#include "function/evaluate.h"
#include "plan/bind/expressions.h"
#include "plan/bind/scope.h"

namespace millrace::plan {

using function::Expression;
using Kind = sql::FrameBound::Kind;

namespace {

[[noreturn]] void refuse(const std::string& what, const Position& at) {
  throw Error(ErrorCode::unsupported, what, at);
}

bool is_integer_literal(const Expression& distance) {
  return distance.kind == function::ExpressionKind::literal &&
         distance.type.kind == TypeKind::integer && !distance.literal.is_null(0);
}

bool is_interval_literal(const Expression& distance) {
  return distance.kind == function::ExpressionKind::literal &&
         distance.type.kind == TypeKind::interval_ms && !distance.literal.is_null(0);
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
    return bound.kind == forward ? distance : -distance;
  }

 private:
  int64_t distance_of(const sql::Expression& written) const {
    const Scope none(nullptr);
    const Expression distance = function::folded(ExpressionBinder(&none).bind(written));
    if (unit_ == FrameUnit::rows) {
      if (!is_integer_literal(distance)) {
        refuse("ROWS takes a number of rows", written.position);
      }
      return distance.literal.values<int32_t>()[0];
    }
    return range_of(distance, written.position);
  }

  // In what the order counts: a timestamp's milliseconds, a date's days, a number's ones.
  int64_t range_of(const Expression& distance, const Position& at) const {
    if (mode_ == RuntimeMode::streaming) {
      if (!is_interval_literal(distance)) {
        refuse("RANGE takes an interval of days to seconds", at);
      }
      return distance.literal.values<int64_t>()[0];
    }
    if (ordered_by_ == nullptr) {
      refuse("RANGE with a distance takes a window that is ordered by one column", at);
    }
    if (ordered_by_->is_integer() && is_integer_literal(distance)) {
      return distance.literal.values<int32_t>()[0];
    }
    if (ordered_by_->is_timestamp() && is_interval_literal(distance)) {
      return distance.literal.values<int64_t>()[0];
    }
    if (ordered_by_->kind == TypeKind::date && is_interval_literal(distance) &&
        distance.literal.values<int64_t>()[0] % kDayMs == 0) {
      return distance.literal.values<int64_t>()[0] / kDayMs;
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

void check_direction(const sql::Frame& frame, RuntimeMode mode) {
  if (frame.start.kind == Kind::unbounded_following ||
      frame.end.kind == Kind::unbounded_preceding) {
    throw Error(ErrorCode::invalid_argument,
                "a frame begins no later than it ends: UNBOUNDED FOLLOWING cannot begin it, nor "
                "UNBOUNDED PRECEDING end it",
                frame.position);
  }
  if (mode == RuntimeMode::streaming &&
      (frame.end.kind != Kind::current_row || frame.start.kind == Kind::following)) {
    refuse("OVER RANGE FOLLOWING windows are not supported yet.", frame.position);
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
