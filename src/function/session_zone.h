#pragma once

// Expressions in a session whose clock is not UTC.
//
// Kernels read a TIMESTAMP_LTZ as the clock of UTC shows it. Where a session has another zone, what
// reads the clock of an instant, or makes an instant of what a clock shows, is written anew with
// these two shifts between the one and the other; instants are compared, moved and kept as ever.

#include <memory>

#include "base/time_zone.h"
#include "function/expression.h"

namespace millrace::function {

// Whether it is an instant, or a collection or row with one inside.
bool holds_instants(const Type& type);
// What the zone's clock shows at an instant: TIMESTAMP_LTZ(p) to TIMESTAMP(p), of collections and
// rows inside.
Expression clock_of(Expression instant, const std::shared_ptr<const TimeZone>& zone);
// The instant at which it shows that: TIMESTAMP(p) to TIMESTAMP_LTZ(p).
Expression instant_of(Expression clock, const std::shared_ptr<const TimeZone>& zone);
// Whether the expression is one of these two.
bool is_shift(const Expression& expression);

// The same expression for a session in that zone.
Expression in_session_zone(Expression expression, const std::shared_ptr<const TimeZone>& zone);

}  // namespace millrace::function
