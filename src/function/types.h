#pragma once

// Which types come of which: decimals of arithmetic as Flink derives them.

#include <optional>
#include <span>

#include "column/type.h"

namespace millrace::function {

Type sum_of_decimals(const Type& a, const Type& b);  // and of their difference
Type product_of_decimals(const Type& a, const Type& b);
Type quotient_of_decimals(const Type& a, const Type& b);
Type remainder_of_decimals(const Type& a, const Type& b);

// common_type() of what stands in one column or one CASE. There is none of a DATE and a time of day
// and date, which only some of Flink's functions take; of a TIMESTAMP and a TIMESTAMP_LTZ it is one
// of these two.
std::optional<Type> unmixed_type(const Type& a, const Type& b);

// The decimal that holds every value of an integer type; decimals themselves.
Type as_decimal(const Type& exact);

}  // namespace millrace::function
