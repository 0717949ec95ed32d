#pragma once

// What nested columns need beside the accessors of Column: a layout without indirection, more
// NULLs, and several columns as one.

#include <memory>
#include <span>

#include "column/column.h"

namespace millrace {

// A copy without constant or dictionary layout; a flat column itself. Children lie as they did.
Column flattened(const Column& column);

// The same values, but NULL as well in each row where `validity` says so. `validity` is of the
// column's size; null for none.
Column with_nulls(const Column& column, const std::shared_ptr<const Validity>& validity);

// The rows of all parts, in order, as a flat column of `type`. The parts are of that type but for
// nullability.
Column concatenated(const Type& type, std::span<const Column> parts);

}  // namespace millrace
