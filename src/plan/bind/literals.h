#pragma once

// Literals with the types that Flink gives them: 'abc' is CHAR(3), 1.50 is DECIMAL(3, 2).

#include "function/expression.h"
#include "sql/expression.h"

namespace millrace::plan {

function::Expression null_literal();
function::Expression boolean_literal(bool value);
function::Expression integer_literal(int32_t value);
function::Expression bigint_literal(int64_t value);
function::Expression string_literal(std::string_view text);
function::Expression binary_literal(std::string_view bytes);
// Digits as written; a sign may stand before them. Error(invalid_argument) at `at` where the number
// fits no type.
function::Expression number_literal(const std::string& text, bool approximate, const Position& at);
function::Expression temporal_literal(const sql::TemporalLiteral& literal, const Position& at);
function::Expression interval_literal(const sql::IntervalLiteral& literal, const Position& at);
// In months where it is made of these, else in milliseconds; 0 of what no interval is in.
int64_t length_of_unit(sql::TimeUnit unit);

}  // namespace millrace::plan
