#pragma once

// TO_CHANGELOG and FROM_CHANGELOG in FROM: changes made rows that stay, and such rows changes
// again.

#include "sql/expression.h"

namespace millrace::plan {

// Whether it is a call of one of these, rather than of a table function of the user's.
bool is_changelog_call(const sql::Expression& call);

}  // namespace millrace::plan
