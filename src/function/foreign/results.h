#pragma once

// What a library's function gives back: into columns, and what it must not give turned into
// failures of rows.

#include <functional>
#include <span>
#include <string>

#include "column/column.h"
#include "function/scalar.h"
#include "millrace/function.h"

namespace millrace::function {

// What the strings and rows of one batch may take.
inline constexpr size_t kMostForeignBytes = size_t{256} << 20;

// Whether a column of the type can have the value, of which no other part of the type says so.
bool is_value_of(const Type& type, int32_t value);
bool is_value_of(const Type& type, int64_t value);
bool is_value_of(const Type& type, std::string_view value);
// Why it cannot.
std::string not_a_value_of(const Type& type);

// Has `compute` fill in a result for each of `seen`, some of the call's rows; the others are NULL.
// Arguments and their number are the caller's affair.
Column computed_results(const KernelCall& call, std::span<const uint32_t> seen,
                        const std::function<void(millrace_call&)>& compute);

}  // namespace millrace::function
