// Texts taken apart: SPLIT, SPLIT_INDEX and STR_TO_MAP.

#include <emmintrin.h>

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

// --- SPLIT ---

// Of an empty text there are no parts, as in Flink.
void add_parts(std::string_view text, std::string_view separator, TextLists& result) {
  if (text.empty()) {
    return;
  }
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

// --- SPLIT_INDEX ---

// The places of a character in a text, one after the other.
class Places {
 public:
  Places(char wanted, std::string_view text) : wanted_(_mm_set1_epi8(wanted)), text_(text) {
    load();
  }

  // npos behind the last one.
  size_t next() {
    while (found_ == 0) {
      if (text_.size() - at_ <= kBlock) {
        return std::string_view::npos;
      }
      at_ += kBlock;
      load();
    }
    const size_t place = at_ + static_cast<size_t>(__builtin_ctz(found_));
    found_ &= found_ - 1;
    return place;
  }

 private:
  static constexpr size_t kBlock = 16;

  unsigned places_in(const char* block) const {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(block));
    return static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, wanted_)));
  }

  // The last block of a text ends with it, and may so begin in the one before.
  void load() {
    const size_t left = text_.size() - at_;
    if (left >= kBlock) {
      found_ = places_in(text_.data() + at_);
    } else if (text_.size() >= kBlock) {
      found_ = places_in(text_.data() + text_.size() - kBlock) >> (kBlock - left);
    } else {
      char block[kBlock] = {};
      std::copy_n(text_.data(), left, block);
      found_ = places_in(block) & ((1U << left) - 1);
    }
  }

  __m128i wanted_;
  std::string_view text_;
  size_t at_ = 0;       // of the block at hand
  unsigned found_ = 0;  // in it, behind the places told, a bit a byte
};

// split_part() where the separator is one character, as it nearly always is.
std::optional<std::string_view> split_part(std::string_view text, char separator, int64_t index) {
  Places places(separator, text);
  size_t begin = 0;
  for (; index > 0; --index) {
    const size_t place = places.next();
    if (place == std::string_view::npos) {
      return std::nullopt;
    }
    begin = place + 1;
  }
  const size_t end = places.next();
  return text.substr(begin, end == std::string_view::npos ? end : end - begin);
}

// split_part() where no separator is given, which in Flink means white space.
std::optional<std::string_view> split_part_at_spaces(std::string_view text, int64_t index) {
  constexpr std::string_view kSpaces = " \t\n\v\f\r\x1C\x1D\x1E\x1F";
  for (; index > 0; --index) {
    const size_t at = text.find_first_of(kSpaces);
    if (at == std::string_view::npos) {
      return std::nullopt;
    }
    text.remove_prefix(at + 1);
  }
  return text.substr(0, text.find_first_of(kSpaces));
}

// The part of this number, from 0, between separators.
std::optional<std::string_view> split_part(std::string_view text, std::string_view separator,
                                           int64_t index) {
  if (index < 0 || text.empty()) {
    return std::nullopt;
  }
  if (separator.empty()) {
    return split_part_at_spaces(text, index);
  }
  if (separator.size() == 1) {
    return split_part(text, separator.front(), index);
  }
  for (; index > 0; --index) {
    const size_t at = text.find(separator);
    if (at == std::string_view::npos) {
      return std::nullopt;
    }
    text.remove_prefix(at + separator.size());
  }
  return text.substr(0, text.find(separator));
}

void set_part(ResultStrings& to, uint32_t row, std::optional<std::string_view> part) {
  if (part) {
    to.set_borrowed(row, *part);
  } else {
    to.set_null(row);
  }
}

Column split_index(const KernelCall& call) {
  return map_present<ResultStrings, StringRef, StringRef, int64_t>(
      call,
      [](ResultStrings& to, uint32_t row, const StringRef& text, const StringRef& separator,
         int64_t index) { set_part(to, row, split_part(text.view(), separator.view(), index)); });
}

// The separator is the code of a character, of which Flink knows those of Latin-1.
Column split_index_by_code(const KernelCall& call) {
  return map_present<ResultStrings, StringRef, int64_t, int64_t>(
      call,
      [](ResultStrings& to, uint32_t row, const StringRef& text, int64_t code, int64_t index) {
        if (code < 1 || code > 0xFF) {
          return to.set_null(row);
        }
        const auto character = static_cast<char16_t>(code);
        set_part(to, row, split_part(text.view(), from_utf16({&character, 1}), index));
      });
}

std::optional<ScalarSignature> bind_split_index(std::span<const Type> given) {
  const bool by_code = given.size() > 1 && given[1].is_integer();
  return partial("SPLIT_INDEX",
                 by_code ? fitted(given, {Accepts::text, Accepts::whole, Accepts::whole}, 3)
                         : fitted(given, {Accepts::text, Accepts::text, Accepts::whole}, 3),
                 Type::string(), by_code ? split_index_by_code : split_index);
}

// --- STR_TO_MAP ---

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
    {"SPLIT_INDEX", "SPLIT_INDEX(string, separator, index)",
     "The part of this number, from 0, between separators, text or the code of a character; NULL "
     "if there are fewer.",
     bind_split_index},
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
