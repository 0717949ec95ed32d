#pragma once

#include "column/type.h"

namespace millrace::function {

// Whether a value of one type may stand where one of another is asked for without CAST, as in Flink
// into a table, into an array, as an argument of a user's function: as the same or a wider type of
// the same family, never between numbers and strings.
bool casts_implicitly(const Type& from, const Type& to);

}  // namespace millrace::function
