#pragma once

// How kinds of changes are written for people.

#include <string_view>

#include "column/batch.h"

namespace millrace::connector {

std::string_view sign_of(RowKind kind);  // "+I", "-U", "+U", "-D"

}  // namespace millrace::connector
