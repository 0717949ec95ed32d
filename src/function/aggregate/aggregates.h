#pragma once

// The aggregate functions, a family a file; aggregates.cc lists them.

#include <span>

#include "function/aggregate.h"

namespace millrace::function {

std::span<const AggregateFunction> count_functions();
std::span<const AggregateFunction> sum_functions();
std::span<const AggregateFunction> extreme_aggregates();
std::span<const AggregateFunction> end_functions();
std::span<const AggregateFunction> deviation_functions();
std::span<const AggregateFunction> text_aggregates();
std::span<const AggregateFunction> list_aggregates();
std::span<const AggregateFunction> json_aggregates();
std::span<const AggregateFunction> percentile_functions();
std::span<const AggregateFunction> single_functions();
std::span<const AggregateFunction> bitmap_aggregates();
// As they are ahead of OVER.
std::span<const AggregateFunction> over_deviations();
// AVG ahead of OVER, and elsewhere where Flink computes it of SUM and COUNT.
std::span<const AggregateFunction> means_of_sums();
// Of OVER alone.
std::span<const AggregateFunction> position_functions();

}  // namespace millrace::function
