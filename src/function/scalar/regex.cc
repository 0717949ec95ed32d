// Regular expressions, as Java has them. A pattern that is none, as one of open brackets, matches
// nothing, and what it would give is NULL.

#include <algorithm>

#include "function/kernel.h"
#include "function/scalar/binding.h"
#include "function/scalar/families.h"
#include "function/scalar/list_results.h"
#include "function/scalar/pattern_cache.h"
#include "function/value/utf16.h"
#include "function/value/utf8.h"

namespace millrace::function {

namespace {

Column matches(const KernelCall& call) {
  PatternCache patterns(call);
  return map_present<ResultValues<uint8_t>, StringRef, StringRef>(
      call, [&](ResultValues<uint8_t>& to, uint32_t row, const StringRef& text,
                const StringRef& pattern) {
        compute_row(call, row, [&] {
          const bool fits = patterns.of(pattern.view()).find(text.view(), {});
          to.set(row, fits && !pattern.view().empty() ? 1 : 0);
        });
      });
}

// % is any characters and _ is one; the rest is a regular expression.
std::string as_expression(std::string_view similar) {
  std::string expression;
  for (const char c : similar) {
    expression += c == '%' ? "(?s:.*)" : c == '_' ? "." : c == '\\' ? "\\\\" : std::string(1, c);
  }
  return expression;
}

// What follows the escape character is meant as it is written. Throws Error for one of several
// characters, and where it stands before what needs none.
std::string without_escapes(std::string_view similar, std::string_view escape) {
  if (count_characters(escape) != 1) {
    throw Error(ErrorCode::invalid_argument,
                "ESCAPE takes one character, found '" + std::string(escape) + "'");
  }
  std::string expression;
  while (!similar.empty()) {
    if (!similar.starts_with(escape)) {
      const std::string_view character = similar.substr(0, first_character_size(similar));
      expression += as_expression(character);
      similar.remove_prefix(character.size());
      continue;
    }
    similar.remove_prefix(escape.size());
    const std::string_view next = similar.substr(0, first_character_size(similar));
    constexpr std::string_view kSpecial = "[]()|^-+*_%?{}";
    if (next.empty() || (next != escape && kSpecial.find(next) == std::string_view::npos)) {
      throw Error(ErrorCode::invalid_argument,
                  "the escape character of SIMILAR TO must stand before one of " +
                      std::string(kSpecial) + " or itself");
    }
    expression += "\\Q" + std::string(next) + "\\E";
    similar.remove_prefix(next.size());
  }
  return expression;
}

// A pattern of SIMILAR TO.
class SimilarPattern {
 public:
  explicit SimilarPattern(std::string_view text) : pattern_(as_expression(text)) {}
  const JavaPattern& pattern() const { return pattern_; }

 private:
  JavaPattern pattern_;
};

Column similar(const KernelCall& call) {
  CompiledCache<SimilarPattern> patterns(call);
  return map_present<ResultValues<uint8_t>, StringRef, StringRef>(
      call, [&](ResultValues<uint8_t>& to, uint32_t row, const StringRef& text,
                const StringRef& similar) {
        const JavaPattern& pattern = patterns.of(similar.view()).pattern();
        if (pattern.is_mistaken()) {
          to.fail(row, "'" + std::string(similar.view()) + "' is no pattern of SIMILAR TO");
        } else {
          compute_row(call, row, [&] { to.set(row, pattern.fits_whole(text.view()) ? 1 : 0); });
        }
      });
}

// With ESCAPE.
Column similar_escaped(const KernelCall& call) {
  ResultValues<uint8_t> result(call);
  const View<StringRef> text(call.arguments[0]);
  const View<StringRef> pattern(call.arguments[1]);
  const View<StringRef> escape(call.arguments[2]);
  PatternCache patterns;
  for_each_present(
      call.rows, result,
      [&](uint32_t row) {
        std::string expression;
        try {
          expression = without_escapes(pattern[row].view(), escape[row].view());
        } catch (const Error& error) {  // other rows may have good ones
          return result.fail(row, error.message());
        }
        const JavaPattern& compiled = patterns.of(expression);
        if (compiled.is_mistaken()) {
          result.fail(row,
                      "'" + std::string(pattern[row].view()) + "' is no pattern of SIMILAR TO");
        } else {
          compute_row(call, row,
                      [&] { result.set(row, compiled.fits_whole(text[row].view()) ? 1 : 0); });
        }
      },
      text, pattern, escape);
  return result.finish();
}

// Group 0 is the whole fit.
bool is_group_of(const JavaPattern& pattern, int64_t group) {
  return !pattern.is_mistaken() && group >= 0 && group <= static_cast<int64_t>(pattern.groups());
}

// The group of this number in the first fit.
std::optional<std::string_view> extracted(const JavaPattern& pattern, const StringRef& text,
                                          int64_t group) {
  if (!is_group_of(pattern, group)) {
    return std::nullopt;
  }
  std::vector<std::string_view> parts(static_cast<size_t>(group) + 1);
  if (!pattern.find(text.view(), parts) || parts.back().data() == nullptr) {
    return std::nullopt;
  }
  return parts.back();
}

Column extract(const KernelCall& call) {
  ResultStrings result(call);
  const View<StringRef> text(call.arguments[0]);
  const View<StringRef> pattern(call.arguments[1]);
  const bool has_group = call.arguments.size() > 2;
  PatternCache patterns(call);
  for_each(call.rows, [&](uint32_t row) {
    const bool no_group = has_group && call.arguments[2].is_null(row);
    if (text.is_null(row) || pattern.is_null(row) || no_group) {
      return result.set_null(row);
    }
    const int64_t group = has_group ? View<int64_t>(call.arguments[2])[row] : 0;
    compute_row(call, row, [&] {
      const auto part = extracted(patterns.of(pattern[row].view()), text[row], group);
      part ? result.set_borrowed(row, *part) : result.set_null(row);
    });
  });
  return result.finish();
}

// Calls found(parts) for each fit, one behind the other, until it gives false.
template <typename Found>
void each_fit(const JavaPattern& pattern, std::string_view text, size_t groups, Found found) {
  const JavaPattern::Search search(pattern, text);
  std::vector<std::string_view> parts(groups + 1);
  for (size_t at = 0; at <= text.size();) {
    if (!search.find(at, parts) || !found(parts)) {
      return;
    }
    const auto end = static_cast<size_t>(parts[0].data() - text.data()) + parts[0].size();
    const size_t next = std::max<size_t>(first_character_size(text.substr(end)), 1);
    at = end + (parts[0].empty() ? next : 0);
  }
}

// An INT of each text and its pattern: number_of(pattern, text).
template <typename NumberOf>
Column number_of_fits(const KernelCall& call, NumberOf number_of) {
  PatternCache patterns(call);
  return map_present<ResultValues<int32_t>, StringRef, StringRef>(
      call, [&](ResultValues<int32_t>& to, uint32_t row, const StringRef& text,
                const StringRef& pattern) {
        compute_row(call, row, [&] {
          const JavaPattern& compiled = patterns.of(pattern.view());
          compiled.is_mistaken() ? to.set_null(row) : to.set(row, number_of(compiled, text.view()));
        });
      });
}

Column count_fits(const KernelCall& call) {
  return number_of_fits(call, [](const JavaPattern& pattern, std::string_view text) {
    int32_t count = 0;
    each_fit(pattern, text, 0, [&](const auto&) { return ++count > 0; });
    return count;
  });
}

// Where the first fit begins, in codes of UTF-16 from 1; 0 for none.
Column place_of_fit(const KernelCall& call) {
  return number_of_fits(call, [](const JavaPattern& pattern, std::string_view text) {
    int32_t place = 0;
    each_fit(pattern, text, 0, [&](const auto& parts) {
      const auto byte = static_cast<size_t>(parts[0].data() - text.data());
      place = static_cast<int32_t>(to_utf16(text.substr(0, byte)).size()) + 1;
      return false;
    });
    return place;
  });
}

Column first_fit(const KernelCall& call) {
  PatternCache patterns(call);
  return map_present<ResultStrings, StringRef, StringRef>(
      call, [&](ResultStrings& to, uint32_t row, const StringRef& text, const StringRef& pattern) {
        compute_row(call, row, [&] {
          const auto part = extracted(patterns.of(pattern.view()), text, 0);
          part ? to.set_borrowed(row, *part) : to.set_null(row);
        });
      });
}

// The group of every fit, the first one unless said; NULL for a group that there is not.
Column all_fits(const KernelCall& call) {
  const View<StringRef> text(call.arguments[0]);
  const View<StringRef> pattern(call.arguments[1]);
  const bool has_group = call.arguments.size() > 2;
  const auto group_of = [&](uint32_t row) {
    return has_group ? View<int64_t>(call.arguments[2])[row] : 1;
  };
  PatternCache patterns(call);
  TextLists result(call);
  const auto has_no_group = [&](uint32_t row) {
    return has_null(call, row) || !is_group_of(patterns.of(pattern[row].view()), group_of(row));
  };
  return each_list_but(call, result, has_no_group, [&](uint32_t row) {
    const auto group = static_cast<size_t>(group_of(row));
    compute_row(call, row, [&] {
      each_fit(patterns.of(pattern[row].view()), text[row].view(), group, [&](const auto& parts) {
        const std::string_view part = parts.back();
        result.add(part.data() == nullptr ? std::string_view("") : part);  // it took no part
        return true;
      });
    });
  });
}

// The replacement stands as it is written: Flink quotes what Java would read as a group.
std::string replaced(const JavaPattern& pattern, std::string_view text,
                     std::string_view replacement) {
  std::string out;
  size_t copied = 0;
  each_fit(pattern, text, 0, [&](const auto& parts) {
    const auto at = static_cast<size_t>(parts[0].data() - text.data());
    out += text.substr(copied, at - copied);
    out += replacement;
    copied = at + parts[0].size();
    return true;
  });
  out += text.substr(copied);
  return out;
}

Column replace(const KernelCall& call) {
  PatternCache patterns(call);
  return map_present<ResultStrings, StringRef, StringRef, StringRef>(
      call, [&](ResultStrings& to, uint32_t row, const StringRef& text, const StringRef& pattern,
                const StringRef& replacement) {
        const JavaPattern& compiled = patterns.of(pattern.view());
        if (compiled.is_mistaken()) {
          return call.result.nullable
                     ? to.set_null(row)
                     : to.fail(row, "'" + compiled.text() + "' is no regular expression");
        }
        compute_row(call, row,
                    [&] { to.set(row, replaced(compiled, text.view(), replacement.view())); });
      });
}

constexpr auto kText = Accepts::text;
using Types = std::span<const Type>;

constexpr ScalarFunction kFunctions[] = {
    {"REGEXP", "REGEXP(string, pattern)", "Whether a part of the string fits the pattern.",
     [](Types given) {
       return remembering<JavaPattern>(strict("REGEXP", fitted(given, {kText, kText}, 2),
                                              Type::of(TypeKind::boolean), matches));
     }},
    {"SIMILAR TO", "string SIMILAR TO pattern [ESCAPE character]",
     "Whether the whole string fits: % is any characters, _ is one, the rest a regular expression.",
     [](Types given) {
       if (given.size() == 3) {
         return strict("SIMILAR TO", fitted(given, {kText, kText, kText}, 3),
                       Type::of(TypeKind::boolean), similar_escaped);
       }
       return remembering<SimilarPattern>(strict("SIMILAR TO", fitted(given, {kText, kText}, 2),
                                                 Type::of(TypeKind::boolean), similar));
     }},
    {"REGEXP_COUNT", "REGEXP_COUNT(string, pattern)", "How often the pattern fits.",
     [](Types given) {
       return remembering<JavaPattern>(partial("REGEXP_COUNT", fitted(given, {kText, kText}, 2),
                                               Type::of(TypeKind::integer), count_fits));
     }},
    {"REGEXP_EXTRACT_ALL", "REGEXP_EXTRACT_ALL(string, pattern [, group])",
     "What the pattern's first group, or another one, fits, as an array of every time.",
     [](Types given) {
       return remembering<JavaPattern>(partial("REGEXP_EXTRACT_ALL",
                                               fitted(given, {kText, kText, Accepts::whole}, 2),
                                               Type::array(Type::string()), all_fits));
     }},
    {"REGEXP_INSTR", "REGEXP_INSTR(string, pattern)",
     "Where the pattern first fits, from 1; 0 if nowhere.",
     [](Types given) {
       return remembering<JavaPattern>(partial("REGEXP_INSTR", fitted(given, {kText, kText}, 2),
                                               Type::of(TypeKind::integer), place_of_fit));
     }},
    {"REGEXP_SUBSTR", "REGEXP_SUBSTR(string, pattern)", "What the pattern first fits.",
     [](Types given) {
       return remembering<JavaPattern>(
           partial("REGEXP_SUBSTR", fitted(given, {kText, kText}, 2), Type::string(), first_fit));
     }},
    {"REGEXP_EXTRACT", "REGEXP_EXTRACT(string, pattern [, group])",
     "What the pattern, or a group of it, first fits; NULL if nothing.",
     [](Types given) {
       return remembering<JavaPattern>(partial("REGEXP_EXTRACT",
                                               fitted(given, {kText, kText, Accepts::whole}, 2),
                                               Type::string(), extract));
     }},
    {"REGEXP_REPLACE", "REGEXP_REPLACE(string, pattern, replacement)",
     "With every fit replaced, by the replacement as it is.",
     [](Types given) {
       return remembering<JavaPattern>(strict(
           "REGEXP_REPLACE", fitted(given, {kText, kText, kText}, 3), Type::string(), replace));
     }},
};

}  // namespace

std::span<const ScalarFunction> regex_functions() { return kFunctions; }

}  // namespace millrace::function
