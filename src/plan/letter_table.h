#pragma once

// The columns of a table that takes dead letters, or rows that come too late. It has event_data and
// reason, any of the others, by name and in any order; what else it has stays NULL.

#include <string_view>

#include "catalog/table.h"
#include "column/type.h"

namespace millrace::plan {

// event_data, reason, stage, source, source_partition, source_offset, created_at, pipeline.
Schema letter_schema();

// Throws Error(invalid_argument) where a letter would lose what it says in that table, or could not
// be written. `what` it is to take: "dead letters"; `at` is the setting that names it.
void check_letter_table(const catalog::Table& table, std::string_view what, const Position& at);

}  // namespace millrace::plan
