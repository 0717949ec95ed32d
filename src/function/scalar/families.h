#pragma once

// The families of scalar functions, a file each; functions.cc lists them.

#include <span>

#include "function/scalar.h"

namespace millrace::function {

std::span<const ScalarFunction> arithmetic_functions();
std::span<const ScalarFunction> comparison_functions();
std::span<const ScalarFunction> logic_functions();
std::span<const ScalarFunction> rounding_functions();
std::span<const ScalarFunction> math_functions();
std::span<const ScalarFunction> extreme_functions();
std::span<const ScalarFunction> choice_functions();
std::span<const ScalarFunction> string_functions();
std::span<const ScalarFunction> concatenation_functions();
std::span<const ScalarFunction> trim_functions();
std::span<const ScalarFunction> like_functions();
std::span<const ScalarFunction> regex_functions();
std::span<const ScalarFunction> digest_functions();
std::span<const ScalarFunction> json_object_functions();
std::span<const ScalarFunction> json_query_functions();
std::span<const ScalarFunction> json_text_functions();
std::span<const ScalarFunction> nested_functions();
std::span<const ScalarFunction> array_functions();
std::span<const ScalarFunction> map_functions();
std::span<const ScalarFunction> split_functions();
std::span<const ScalarFunction> encoding_functions();
std::span<const ScalarFunction> url_functions();
std::span<const ScalarFunction> address_functions();
std::span<const ScalarFunction> character_class_functions();
std::span<const ScalarFunction> format_functions();
std::span<const ScalarFunction> random_functions();
std::span<const ScalarFunction> variant_functions();
std::span<const ScalarFunction> bitmap_functions();
std::span<const ScalarFunction> clock_functions();
std::span<const ScalarFunction> time_part_functions();
std::span<const ScalarFunction> time_unit_functions();
std::span<const ScalarFunction> time_format_functions();
std::span<const ScalarFunction> lenient_time_functions();

}  // namespace millrace::function
