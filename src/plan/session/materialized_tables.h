#pragma once

// MATERIALIZED TABLE: a table, and a pipeline of its own that keeps it filled with a query's rows.
// It is refreshed continuously: FRESHNESS is how long the pipeline's epochs are, unless a setting
// says that. What Flink would refresh by a schedule is refused. The statements are executed by
// Session, here as well.

#include <cstdint>
#include <string>

namespace millrace::plan {

// From which freshness on Flink refreshes by a schedule (30 min).
inline constexpr const char* kFreshnessThreshold =
    "materialized-table.refresh-mode.freshness-threshold";
// Where the statement has none (3 min).
inline constexpr const char* kDefaultFreshness = "materialized-table.default-freshness.continuous";

// As it is written: "INTERVAL '3' MINUTE".
std::string freshness_text(int64_t ms);

}  // namespace millrace::plan
