#pragma once

#include "column/type.h"

namespace millrace::plan {

// Whether INSERT INTO may put a value of one type into a column of another without CAST, as in
// Flink: into the same or a wider type of the same family, never between numbers and strings.
bool casts_implicitly(const Type& from, const Type& to);

}  // namespace millrace::plan
