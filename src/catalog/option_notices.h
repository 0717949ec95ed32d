#pragma once

// What a person is told of a table's options that are taken and change nothing.

#include <string>
#include <vector>

#include "catalog/check_options.h"

namespace millrace::catalog {

// Of a table whose options hold, those that its connector takes and passes over (is_moot), as
// "f.sql:1:5: option 'x' makes no difference here: ..."; nothing of their values.
std::vector<std::string> notices_of_options(const Table& table, const Connections& connections);

}  // namespace millrace::catalog
