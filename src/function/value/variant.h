#pragma once

// Values of VARIANT, which are JSON text in one form for each value (scalar/variants.cc); but what
// passes the range of DOUBLE is Infinity, which JSON does not have.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::function {

enum class Duplicates : uint8_t { refused, last_counts };  // of an object's member

struct ParsedVariant {
  std::string variant;
  std::string_view failure = {};  // empty where there is none
};

// The JSON that a text begins with.
ParsedVariant parse_variant(std::string_view text, Duplicates duplicates);

// A part of a variant. Nothing where there is none; `fits` is false where the variant is of another
// kind than what has such parts.
struct VariantPart {
  bool fits = false;
  std::optional<std::string> part = std::nullopt;
};
VariantPart member_of_variant(std::string_view variant, std::string_view name);
VariantPart element_of_variant(std::string_view variant, int64_t number);  // from 1 on

}  // namespace millrace::function
