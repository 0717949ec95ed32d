#pragma once

// The expressions within an expression, for whoever looks for something in it.

#include <functional>

#include "sql/expression.h"

namespace millrace::sql {

// Calls visit(child) for each expression that `parent` is directly made of, in the order of the
// text. Queries within it are no part of it.
void for_each_child(const Expression& parent,
                    const std::function<void(const Expression& child)>& visit);

// Whether `holds` is true of the expression or of anything in it.
bool any_of(const Expression& root, const std::function<bool(const Expression&)>& holds);

}  // namespace millrace::sql
