#pragma once

// DuckDB reports failures as text: "Parser Error: what\n\nLINE 1: SELECT ...\n        ^".

#include <string_view>

#include "base/error.h"

namespace millrace::codec {

// The same failure as one of ours: the kind becomes the code, the caret the position, and the
// message loses both.
Error from_duckdb_error(std::string_view text);

}  // namespace millrace::codec
