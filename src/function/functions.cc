// The list of scalar functions. A new function goes into its family's file under scalar/; a new
// family is a file there and a line here.

#include <unordered_map>

#include "base/ascii_case.h"
#include "function/scalar/families.h"

namespace millrace::function {

static std::vector<ScalarFunction> list_functions() {
  std::vector<ScalarFunction> functions;
  for (const auto family : {
           arithmetic_functions,   comparison_functions,
           logic_functions,        rounding_functions,
           math_functions,         extreme_functions,
           string_functions,       concatenation_functions,
           trim_functions,         like_functions,
           regex_functions,        digest_functions,
           json_object_functions,  json_query_functions,
           nested_functions,       array_functions,
           map_functions,          split_functions,
           encoding_functions,     url_functions,
           clock_functions,        time_part_functions,
           time_unit_functions,    time_format_functions,
           lenient_time_functions, choice_functions,
           address_functions,      character_class_functions,
           format_functions,       random_functions,
           variant_functions,      json_text_functions,
           bitmap_functions,
       }) {
    const std::span<const ScalarFunction> members = family();
    functions.insert(functions.end(), members.begin(), members.end());
  }
  return functions;
}

std::span<const ScalarFunction> all_scalars() {
  static const std::vector<ScalarFunction> functions = list_functions();
  return functions;
}

const ScalarFunction* find_scalar(std::string_view name) {
  static const auto by_name = [] {
    std::unordered_map<std::string_view, const ScalarFunction*> index;
    for (const ScalarFunction& function : all_scalars()) {
      index.emplace(function.name, &function);
    }
    return index;
  }();
  const std::string upper = upper_case(name);
  const auto found = by_name.find(upper);
  return found == by_name.end() ? nullptr : found->second;
}

}  // namespace millrace::function
