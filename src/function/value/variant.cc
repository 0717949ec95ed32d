#include "function/value/variant.h"

#include <algorithm>
#include <set>

#include "function/value/json_value.h"
#include "function/value/number_text.h"

namespace millrace::function {

// 1.50 is 1.5, and 1.0 is 1.
static std::string without_last_zeros(std::string_view decimal) {
  const size_t last = decimal.find_last_not_of('0');
  std::string text(decimal.substr(0, decimal[last] == '.' ? last : last + 1));
  return text == "-0" ? "0" : text;
}

static std::string variant_number(std::string_view written) {
  constexpr size_t kMostDigits = 38;
  const bool is_whole = written.find_first_of(".eE") == std::string_view::npos;
  const size_t sign = written.starts_with('-') ? 1 : 0;
  if (is_whole && written.size() - sign <= kMostDigits) {
    return std::string(written == "-0" ? "0" : written);
  }
  const bool has_exponent = written.find_first_of("eE") != std::string_view::npos;
  if (!is_whole && !has_exponent) {
    const size_t point = written.find('.');
    const std::string_view whole = written.substr(sign, point - sign);
    const size_t digits = (whole == "0" ? 0 : whole.size()) + written.size() - point - 1;
    if (digits <= kMostDigits) {
      return without_last_zeros(written);
    }
  }
  std::string text;
  append_double(parse_double(written).value_or(0), text);
  return text;
}

static void write_numbers(JsonValue& value) {
  if (value.kind == JsonValue::Kind::number) {
    value.text = variant_number(value.text);
  }
  for (JsonValue& element : value.elements) {
    write_numbers(element);
  }
  for (auto& [name, member] : value.members) {
    write_numbers(member);
  }
}

static bool has_duplicates(const JsonValue& value) {
  std::set<std::string_view> names;
  return std::any_of(value.elements.begin(), value.elements.end(), has_duplicates) ||
         std::any_of(value.members.begin(), value.members.end(), [&](const auto& member) {
           return !names.insert(member.name).second || has_duplicates(member.value);
         });
}

ParsedVariant parse_variant(std::string_view text, Duplicates duplicates) {
  std::optional<JsonValue> value = parse_leading_json(text, JsonNumbers::as_written);
  if (!value) {
    return {.variant = {}, .failure = "this is no JSON"};
  }
  if (duplicates == Duplicates::refused && has_duplicates(*value)) {
    return {.variant = {}, .failure = "a name comes twice in an object"};
  }
  write_numbers(*value);
  ParsedVariant parsed;
  append_json(*value, parsed.variant);
  return parsed;
}

static std::string text_of(const JsonValue& value) {
  std::string text;
  append_json(value, text);
  return text;
}

VariantPart member_of_variant(std::string_view variant, std::string_view name) {
  const auto value = parse_leading_json(variant, JsonNumbers::of_variant);
  if (!value || value->kind != JsonValue::Kind::object) {
    return {};
  }
  const JsonValue* member = value->find(name);
  return {.fits = true, .part = member != nullptr ? std::optional(text_of(*member)) : std::nullopt};
}

VariantPart element_of_variant(std::string_view variant, int64_t number) {
  const auto value = parse_leading_json(variant, JsonNumbers::of_variant);
  if (!value || value->kind != JsonValue::Kind::array) {
    return {};
  }
  const auto size = static_cast<int64_t>(value->elements.size());
  if (number < 1 || number > size) {
    return {.fits = true};
  }
  return {.fits = true, .part = text_of(value->elements[static_cast<size_t>(number - 1)])};
}

}  // namespace millrace::function
