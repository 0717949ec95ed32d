// VARIANT: PARSE_JSON and TRY_PARSE_JSON. A value of the type is JSON text without blanks, its
// members by their names. Of numbers that text tells what they are, as Flink does: integers and
// decimals of up to 38 digits are written out, without zeros at the end, and what has an exponent
// or more digits is a DOUBLE as Java writes it. So equal values are of equal bytes.

#include "function/kernel.h"
#include "function/scalar/families.h"
#include "function/value/variant.h"

namespace millrace::function {

namespace {

enum class OnFailure : uint8_t { fails, null };

template <OnFailure on_failure>
Column parse(const KernelCall& call) {
  ResultStrings result(call);
  const View<StringRef> text(call.arguments[0]);
  for_each(call.rows, [&](uint32_t row) {
    const bool allows_duplicates = call.arguments.size() > 1 && !call.arguments[1].is_null(row) &&
                                   View<uint8_t>(call.arguments[1])[row] != 0;
    if (text.is_null(row)) {
      return result.set_null(row);
    }
    const ParsedVariant parsed = parse_variant(
        text[row].view(), allows_duplicates ? Duplicates::last_counts : Duplicates::refused);
    if (parsed.failure.empty()) {
      result.set(row, parsed.variant);
    } else if (on_failure == OnFailure::null) {
      result.set_null(row);
    } else {
      result.fail(row, "PARSE_JSON: " + std::string(parsed.failure));
    }
  });
  return result.finish();
}

using Types = std::span<const Type>;

std::optional<ScalarSignature> bind_parse(std::string_view name, Types given, bool nullable,
                                          Kernel kernel) {
  const bool fits = (given.size() == 1 || given.size() == 2) && given[0].is_string() &&
                    (given.size() == 1 || given[1].kind == TypeKind::boolean);
  if (!fits) {
    return std::nullopt;
  }
  return ScalarSignature{std::string(name),
                         {given.begin(), given.end()},
                         Type::of(TypeKind::variant, nullable || given[0].nullable),
                         kernel};
}

constexpr ScalarFunction kFunctions[] = {
    {"PARSE_JSON", "PARSE_JSON(string [, allow_duplicate_keys])", "JSON text as a VARIANT.",
     [](Types given) { return bind_parse("PARSE_JSON", given, false, parse<OnFailure::fails>); }},
    {"TRY_PARSE_JSON", "TRY_PARSE_JSON(string [, allow_duplicate_keys])",
     "JSON text as a VARIANT; NULL of what is no JSON.",
     [](Types given) { return bind_parse("TRY_PARSE_JSON", given, true, parse<OnFailure::null>); }},
};

}  // namespace

std::span<const ScalarFunction> variant_functions() { return kFunctions; }

}  // namespace millrace::function
