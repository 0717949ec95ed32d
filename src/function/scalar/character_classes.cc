// IS_ALPHA, IS_DIGIT and IS_DECIMAL: what a text is made of. NULL and an empty text are of nothing.
// As in Flink they take numbers as well, which by their type are digits and decimals, NULL too.

#include <re2/re2.h>

#include "function/kernel.h"
#include "function/scalar/binding.h"
#include "function/scalar/families.h"
#include "function/value/number_text.h"

namespace millrace::function {

namespace {

using Types = std::span<const Type>;

const RE2& letters() {
  static const RE2 kPattern(R"(\pL+)");
  return kPattern;
}
const RE2& digits() {
  static const RE2 kPattern(R"(\p{Nd}+)");
  return kPattern;
}
bool fits(std::string_view text, const RE2& pattern) {
  return RE2::FullMatch({text.data(), text.size()}, pattern);
}
bool is_alpha(std::string_view text) { return fits(text, letters()); }
bool is_digits(std::string_view text) { return fits(text, digits()); }
bool is_decimal(std::string_view text) { return is_digits(text) || parse_double(text).has_value(); }

template <bool (*is_it)(std::string_view)>
Column text_is(const KernelCall& call) {
  ResultValues<uint8_t> result(call);
  const View<StringRef> text(call.arguments[0]);
  for_each(call.rows, [&](uint32_t row) {
    result.set(row, !text.is_null(row) && is_it(text[row].view()) ? 1 : 0);
  });
  return result.finish();
}

template <bool is_it>
Column number_is(const KernelCall& call) {
  ResultValues<uint8_t> result(call);
  for_each(call.rows, [&](uint32_t row) { result.set(row, is_it ? 1 : 0); });
  return result.finish();
}

std::optional<ScalarSignature> bind_class(std::string_view name, Types given, Kernel of_text,
                                          Kernel of_number) {
  if (given.size() != 1 || (!given[0].is_string() && !given[0].is_numeric())) {
    return std::nullopt;
  }
  return ScalarSignature{std::string(name),
                         {given[0]},
                         Type::of(TypeKind::boolean, false),
                         given[0].is_string() ? of_text : of_number};
}

constexpr ScalarFunction kFunctions[] = {
    {"IS_ALPHA", "IS_ALPHA(string)", "Whether the string is letters and nothing else.",
     [](Types given) {
       return bind_class("IS_ALPHA", given, text_is<is_alpha>, number_is<false>);
     }},
    {"IS_DECIMAL", "IS_DECIMAL(string)", "Whether the string is a number.",
     [](Types given) {
       return bind_class("IS_DECIMAL", given, text_is<is_decimal>, number_is<true>);
     }},
    {"IS_DIGIT", "IS_DIGIT(string)", "Whether the string is digits and nothing else.",
     [](Types given) {
       return bind_class("IS_DIGIT", given, text_is<is_digits>, number_is<true>);
     }},
};

}  // namespace

std::span<const ScalarFunction> character_class_functions() { return kFunctions; }

}  // namespace millrace::function
