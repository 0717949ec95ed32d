#pragma once

// Functions that read and show texts as Java's SimpleDateFormat does, some by the clock of the
// session.

#include <memory>
#include <span>

#include "base/time_zone.h"
#include "function/scalar.h"

namespace millrace::function {

std::optional<ScalarSignature> bind_unix_timestamp(std::span<const Type> given);
// DATE_FORMAT of a text; it shows what the text says by any zone's clock.
std::optional<ScalarSignature> bind_format_text(std::span<const Type> given);
// UNIX_TIMESTAMP(text [, pattern]) or FROM_UNIXTIME, bound, in a session of this zone.
ScalarSignature unix_time_in(ScalarSignature bound, std::shared_ptr<const TimeZone> zone);

}  // namespace millrace::function
