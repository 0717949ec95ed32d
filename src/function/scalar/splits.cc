// Texts taken apart: SPLIT and STR_TO_MAP.

#include <algorithm>
#include <unordered_map>

#include "function/scalar/binding.h"
#include "function/scalar/families.h"
#include "function/scalar/list_results.h"
#include "function/scalar/pattern_cache.h"
#include "function/value/java_map.h"
#include "function/value/utf16.h"
#include "function/value/utf8.h"

namespace millrace::function {

namespace {

using Types = std::span<const Type>;

void add_parts(std::string_view text, std::string_view separator, TextLists& result) {
  if (separator.empty()) {
    for (const char16_t code : to_utf16(text)) {
      result.add(from_utf16({&code, 1}));
    }
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
  return each_list(call, result, [&](uint32_t row) {
    add_parts(text[row].view(), separator[row].view(), result);
  });
}

// Java's String.split: by a pattern, without empty parts at the end; `most` parts, or any number.
std::vector<std::string_view> java_split(std::string_view text, const JavaPattern& separator,
                                         size_t most) {
  const JavaPattern::Search search(separator, text);
  std::vector<std::string_view> parts;
  size_t from = 0;
  size_t at = 0;
  std::string_view found;
  while (parts.size() + 1 < most && at <= text.size() && search.find(at, {&found, 1})) {
    const auto begin = static_cast<size_t>(found.data() - text.data());
    if (begin + found.size() > 0) {
      parts.push_back(text.substr(from, begin - from));
      from = begin + found.size();
    }
    const size_t next = std::max<size_t>(first_character_size(text.substr(begin)), 1);
    at = begin + (found.empty() ? next : found.size());
  }
  parts.push_back(text.substr(std::min(from, text.size())));
  while (most == SIZE_MAX && parts.size() > 1 && parts.back().empty()) {
    parts.pop_back();
  }
  return parts;
}

// A result of maps of texts, for all rows in order.
class TextMaps {
 public:
  explicit TextMaps(const KernelCall& call)
      : call_(call),
        keys_((*call.result.children)[0].type),
        values_((*call.result.children)[1].type) {}

  // Of a key that comes twice the last value counts.
  void put(std::string_view key, std::optional<std::string_view> value) {
    const auto [place, is_new] = places_.emplace(key, pairs_.size());
    if (is_new) {
      pairs_.emplace_back(key, value);
    } else {
      pairs_[place->second].second = value;
    }
  }
  // The row's entries stand in the order of a java.util.HashMap that was made for so many.
  void make_for(size_t entries) { made_for_ = entries; }
  void end_row() {
    std::vector<int32_t> hashes;
    for (const auto& [key, value] : pairs_) {
      hashes.push_back(hash_of_java_string(key));
    }
    for (const uint32_t place : order_in_java_map(hashes, made_for_)) {
      const auto& [key, value] = pairs_[place];
      keys_.add_string(key);
      value ? values_.add_string(*value) : values_.add_null();
    }
    pairs_.clear();
    places_.clear();
    ends_.end_row(keys_.size());
  }
  void end_null_row() { ends_.end_null_row(keys_.size()); }
  Column finish() { return ends_.finish(call_.result, {keys_.finish(), values_.finish()}); }

 private:
  const KernelCall& call_;
  ColumnBuilder keys_;
  ColumnBuilder values_;
  ListEnds ends_;
  size_t made_for_ = 0;
  // Of the row at hand, whose texts they look into.
  std::vector<std::pair<std::string_view, std::optional<std::string_view>>> pairs_;
  std::unordered_map<std::string_view, size_t> places_;
};

// A separator is the argument of this number, where there is one.
class Separator {
 public:
  Separator(const KernelCall& call, size_t number, std::string_view otherwise)
      : written_(number < call.arguments.size() ? &call.arguments[number] : nullptr),
        otherwise_(otherwise) {}

  const JavaPattern& of(uint32_t row) {
    return patterns_.of(written_ == nullptr ? otherwise_ : View<StringRef>(*written_)[row].view());
  }

 private:
  const Column* written_;
  std::string_view otherwise_;
  PatternCache patterns_;
};

Column string_to_map(const KernelCall& call) {
  const View<StringRef> text(call.arguments[0]);
  Separator between_pairs(call, 1, ",");
  Separator between_key_and_value(call, 2, "=");
  TextMaps result(call);
  return each_list(call, result, [&](uint32_t row) {
    const JavaPattern& outer = between_pairs.of(row);
    const JavaPattern& inner = between_key_and_value.of(row);
    for (const JavaPattern* pattern : {&outer, &inner}) {
      if (pattern->is_mistaken()) {
        return call.context.fail(row, "'" + pattern->text() + "' is no regular expression");
      }
    }
    compute_row(call, row, [&] {
      const std::string_view whole = text[row].view();
      const std::vector<std::string_view> written =
          whole.empty() ? std::vector<std::string_view>() : java_split(whole, outer, SIZE_MAX);
      result.make_for(written.size());
      for (const std::string_view pair : written) {
        const std::vector<std::string_view> parts = java_split(pair, inner, 2);
        result.put(parts[0], parts.size() < 2 ? std::nullopt : std::optional(parts[1]));
      }
    });
  });
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
