// Texts taken apart: SPLIT and STR_TO_MAP.

#include <algorithm>

#include "base/error.h"
#include "function/scalar/binding.h"
#include "function/scalar/families.h"
#include "function/scalar/list_results.h"
#include "function/value/java_pattern.h"
#include "function/value/utf8.h"

namespace millrace::function {

namespace {

using Types = std::span<const Type>;

bool has_null(const KernelCall& call, size_t row) {
  return std::any_of(call.arguments.begin(), call.arguments.end(),
                     [&](const Column& argument) { return argument.is_null(row); });
}

void add_parts(std::string_view text, std::string_view separator, TextLists& result) {
  while (separator.empty() && !text.empty()) {
    const size_t size = first_character_size(text);
    result.add(text.substr(0, size));
    text.remove_prefix(size);
  }
  if (separator.empty()) {
    return;
  }
  for (size_t end = text.find(separator); end != std::string_view::npos;
       end = text.find(separator)) {
    result.add(text.substr(0, end));
    text.remove_prefix(end + separator.size());
  }
  result.add(text);
}

Column split(const KernelCall& call) {
  const View<StringRef> text(call.arguments[0]);
  const View<StringRef> separator(call.arguments[1]);
  TextLists result(call);
  for (size_t row = 0; row < call.size; ++row) {
    if (has_null(call, row)) {
      result.end_null_row();
    } else {
      add_parts(text[row].view(), separator[row].view(), result);
      result.end_row();
    }
  }
  return result.finish();
}

// Java's String.split: by a pattern, without empty parts at the end; `most` parts, or any number.
std::vector<std::string> java_split(std::string_view text, const std::string& pattern,
                                    size_t most) {
  const JavaPattern separator(pattern);
  if (separator.is_mistaken()) {
    throw Error(ErrorCode::invalid_argument, "'" + pattern + "' is no regular expression");
  }
  std::vector<std::string> parts;
  size_t from = 0;
  size_t at = 0;
  std::string_view found;
  while (parts.size() + 1 < most && at <= text.size() && separator.find(text, at, {&found, 1})) {
    const auto begin = static_cast<size_t>(found.data() - text.data());
    if (begin + found.size() > 0 && !(found.empty() && begin == text.size())) {
      parts.emplace_back(text.substr(from, begin - from));
      from = begin + found.size();
    }
    at = begin + std::max<size_t>(found.size(), 1);
  }
  parts.emplace_back(text.substr(std::min(from, text.size())));
  while (most == SIZE_MAX && parts.size() > 1 && parts.back().empty()) {
    parts.pop_back();
  }
  return parts;
}

// Pairs in their order; of a key that comes twice the last value counts.
class Pairs {
 public:
  void put(std::string key, std::optional<std::string> value) {
    const auto known = std::find_if(pairs_.begin(), pairs_.end(),
                                    [&](const auto& pair) { return pair.first == key; });
    if (known != pairs_.end()) {
      known->second = std::move(value);
    } else {
      pairs_.emplace_back(std::move(key), std::move(value));
    }
  }
  const auto& all() const { return pairs_; }

 private:
  std::vector<std::pair<std::string, std::optional<std::string>>> pairs_;
};

Column string_to_map(const KernelCall& call) {
  const auto text = [&](size_t number, size_t row, const char* otherwise) {
    return number < call.arguments.size()
               ? std::string(View<StringRef>(call.arguments[number])[row].view())
               : std::string(otherwise);
  };
  ColumnBuilder keys((*call.result.children)[0].type);
  ColumnBuilder values((*call.result.children)[1].type);
  auto offsets = std::make_shared<std::vector<uint32_t>>(1, uint32_t{0});
  const auto validity = std::make_shared<Validity>(call.size);
  for (size_t row = 0; row < call.size; ++row) {
    if (has_null(call, row)) {
      validity->set_null(row);
    } else {
      Pairs pairs;
      for (const std::string& pair : java_split(text(0, row, ""), text(1, row, ","), SIZE_MAX)) {
        std::vector<std::string> parts = java_split(pair, text(2, row, "="), 2);
        pairs.put(parts.size() < 2 ? pair : parts[0],
                  parts.size() < 2 ? std::nullopt : std::optional(parts[1]));
      }
      for (const auto& [key, value] : pairs.all()) {
        keys.add_string(key);
        value ? values.add_string(*value) : values.add_null();
      }
    }
    offsets->push_back(static_cast<uint32_t>(keys.size()));
  }
  return Column::list(call.result, call.size, offsets, {keys.finish(), values.finish()}, validity);
}

constexpr auto kText = Accepts::text;

constexpr ScalarFunction kFunctions[] = {
    {"SPLIT", "SPLIT(string, separator)",
     "The parts between the separators as an array; the characters where it is empty.",
     [](Types given) {
       return strict("SPLIT", fitted(given, {kText, kText}, 2), Type::array(Type::string()), split);
     }},
    {"STR_TO_MAP", "STR_TO_MAP(string [, between_pairs, between_key_and_value])",
     "The pairs as a map; the separators are regular expressions, commas and equal signs if "
     "absent.",
     [](Types given) {
       return given.size() == 2 ? std::nullopt
                                : partial("STR_TO_MAP", fitted(given, {kText, kText, kText}, 1),
                                          Type::map(Type::string(), Type::string()), string_to_map);
     }},
};

}  // namespace

std::span<const ScalarFunction> split_functions() { return kFunctions; }

}  // namespace millrace::function
