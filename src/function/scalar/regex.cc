// Regular expressions, by RE2: in time linear in the text, without look-around and back-references.
// A pattern that RE2 refuses ends the statement.

#include <re2/re2.h>

#include "base/error.h"
#include "function/kernel.h"
#include "function/scalar/binding.h"
#include "function/scalar/families.h"
#include "function/scalar/list_results.h"
#include "function/value/utf8.h"

namespace millrace::function {

namespace {

re2::StringPiece piece(const StringRef& text) { return {text.view().data(), text.size()}; }

// Compiles a pattern once as long as the rows have the same.
class PatternCache {
 public:
  const RE2& of(const StringRef& pattern) {
    if (!compiled_ || text_ != pattern.view()) {
      text_ = pattern.view();
      RE2::Options options;
      options.set_log_errors(false);
      compiled_ = std::make_unique<RE2>(text_, options);
      if (!compiled_->ok()) {
        throw Error(ErrorCode::invalid_argument,
                    "cannot use the regular expression '" + text_ + "': " + compiled_->error());
      }
    }
    return *compiled_;
  }

 private:
  std::string text_;
  std::unique_ptr<RE2> compiled_;
};

Column matches(const KernelCall& call) {
  PatternCache patterns;
  return map_present<ResultValues<uint8_t>, StringRef, StringRef>(
      call, [&](ResultValues<uint8_t>& to, uint32_t row, const StringRef& text,
                const StringRef& pattern) {
        to.set(row, RE2::PartialMatch(piece(text), patterns.of(pattern)));
      });
}

// The group of this number in the first match; group 0 is the whole match.
std::optional<std::string_view> extracted(const RE2& pattern, const StringRef& text,
                                          int64_t group) {
  if (group < 0 || group > pattern.NumberOfCapturingGroups()) {
    return std::nullopt;
  }
  const auto count = static_cast<size_t>(group) + 1;
  std::vector<re2::StringPiece> groups(count);
  const bool found = pattern.Match(piece(text), 0, text.size(), RE2::UNANCHORED, groups.data(),
                                   static_cast<int>(count));
  if (!found || groups.back().data() == nullptr) {
    return std::nullopt;
  }
  return std::string_view(groups.back().data(), groups.back().size());
}

Column extract(const KernelCall& call) {
  ResultStrings result(call);
  const View<StringRef> text(call.arguments[0]);
  const View<StringRef> pattern(call.arguments[1]);
  const bool has_group = call.arguments.size() > 2;
  PatternCache patterns;
  for_each(call.rows, [&](uint32_t row) {
    const bool no_group = has_group && call.arguments[2].is_null(row);
    if (text.is_null(row) || pattern.is_null(row) || no_group) {
      return result.set_null(row);
    }
    const int64_t group = has_group ? View<int64_t>(call.arguments[2])[row] : 0;
    if (const auto part = extracted(patterns.of(pattern[row]), text[row], group)) {
      result.set_borrowed(row, *part);
    } else {
      result.set_null(row);
    }
  });
  return result.finish();
}

// Calls found(part) for each fit, one behind the other, until it gives false.
template <typename Found>
void each_fit(const RE2& pattern, std::string_view text, int groups, Found found) {
  std::vector<re2::StringPiece> parts(static_cast<size_t>(groups) + 1);
  const re2::StringPiece all(text.data(), text.size());
  for (size_t at = 0; at <= text.size();) {
    if (!pattern.Match(all, at, text.size(), RE2::UNANCHORED, parts.data(), groups + 1) ||
        !found(parts)) {
      return;
    }
    const auto end = static_cast<size_t>(parts[0].data() - text.data()) + parts[0].size();
    at = end + (parts[0].empty() ? 1 : 0);
  }
}

Column count_fits(const KernelCall& call) {
  PatternCache patterns;
  return map_present<ResultValues<int32_t>, StringRef, StringRef>(
      call, [&](ResultValues<int32_t>& to, uint32_t row, const StringRef& text,
                const StringRef& pattern) {
        int32_t count = 0;
        each_fit(patterns.of(pattern), text.view(), 0, [&](const auto&) { return ++count > 0; });
        to.set(row, count);
      });
}

// Where the first fit begins, in characters from 1; 0 for none.
Column place_of_fit(const KernelCall& call) {
  PatternCache patterns;
  return map_present<ResultValues<int32_t>, StringRef, StringRef>(
      call, [&](ResultValues<int32_t>& to, uint32_t row, const StringRef& text,
                const StringRef& pattern) {
        int32_t place = 0;
        each_fit(patterns.of(pattern), text.view(), 0, [&](const auto& parts) {
          const auto byte = static_cast<size_t>(parts[0].data() - text.view().data());
          place = static_cast<int32_t>(count_characters(text.view().substr(0, byte))) + 1;
          return false;
        });
        to.set(row, place);
      });
}

Column first_fit(const KernelCall& call) {
  PatternCache patterns;
  return map_present<ResultStrings, StringRef, StringRef>(
      call, [&](ResultStrings& to, uint32_t row, const StringRef& text, const StringRef& pattern) {
        if (const auto part = extracted(patterns.of(pattern), text, 0)) {
          to.set_borrowed(row, *part);
        } else {
          to.set_null(row);
        }
      });
}

// The group of every fit, the first one unless said; NULL for a group that there is not.
Column all_fits(const KernelCall& call) {
  const View<StringRef> text(call.arguments[0]);
  const View<StringRef> pattern(call.arguments[1]);
  PatternCache patterns;
  TextLists result(call);
  for (size_t row = 0; row < call.size; ++row) {
    const bool has_group = call.arguments.size() > 2;
    if (text.is_null(row) || pattern.is_null(row) ||
        (has_group && call.arguments[2].is_null(row))) {
      result.end_null_row();
      continue;
    }
    const RE2& compiled = patterns.of(pattern[row]);
    const int64_t group = has_group ? View<int64_t>(call.arguments[2])[row] : 1;
    if (group < 0 || group > compiled.NumberOfCapturingGroups()) {
      result.end_null_row();
      continue;
    }
    each_fit(compiled, text[row].view(), static_cast<int>(group), [&](const auto& parts) {
      const re2::StringPiece& part = parts.back();
      result.add({part.data() != nullptr ? part.data() : "", part.size()});
      return true;
    });
    result.end_row();
  }
  return result.finish();
}

// Java writes groups as $1 and takes a character after a backslash as it is; RE2 writes \1.
std::string as_re2_rewrite(std::string_view replacement) {
  std::string rewrite;
  for (size_t i = 0; i < replacement.size(); ++i) {
    const char c = replacement[i];
    const bool has_next = i + 1 < replacement.size();
    if (c == '$' && has_next && replacement[i + 1] >= '0' && replacement[i + 1] <= '9') {
      rewrite += '\\';
      rewrite += replacement[++i];
    } else if (c == '\\' && has_next) {
      rewrite += replacement[++i] == '\\' ? "\\\\" : std::string(1, replacement[i]);
    } else {
      rewrite += c == '\\' ? "\\\\" : std::string(1, c);
    }
  }
  return rewrite;
}

Column replace(const KernelCall& call) {
  PatternCache patterns;
  return map_present<ResultStrings, StringRef, StringRef, StringRef>(
      call, [&](ResultStrings& to, uint32_t row, const StringRef& text, const StringRef& pattern,
                const StringRef& replacement) {
        std::string out(text.view());
        RE2::GlobalReplace(&out, patterns.of(pattern), as_re2_rewrite(replacement.view()));
        to.set(row, out);
      });
}

constexpr auto kText = Accepts::text;
using Types = std::span<const Type>;

constexpr ScalarFunction kFunctions[] = {
    {"REGEXP", "REGEXP(string, pattern)", "Whether a part of the string fits the pattern (RE2).",
     [](Types given) {
       return strict("REGEXP", fitted(given, {kText, kText}, 2), Type::of(TypeKind::boolean),
                     matches);
     }},
    {"REGEXP_COUNT", "REGEXP_COUNT(string, pattern)", "How often the pattern fits.",
     [](Types given) {
       return partial("REGEXP_COUNT", fitted(given, {kText, kText}, 2), Type::of(TypeKind::integer),
                      count_fits);
     }},
    {"REGEXP_EXTRACT_ALL", "REGEXP_EXTRACT_ALL(string, pattern [, group])",
     "What the pattern's first group, or another one, fits, as an array of every time.",
     [](Types given) {
       return partial("REGEXP_EXTRACT_ALL", fitted(given, {kText, kText, Accepts::whole}, 2),
                      Type::array(Type::string()), all_fits);
     }},
    {"REGEXP_INSTR", "REGEXP_INSTR(string, pattern)",
     "Where the pattern first fits, from 1; 0 if nowhere.",
     [](Types given) {
       return partial("REGEXP_INSTR", fitted(given, {kText, kText}, 2), Type::of(TypeKind::integer),
                      place_of_fit);
     }},
    {"REGEXP_SUBSTR", "REGEXP_SUBSTR(string, pattern)", "What the pattern first fits.",
     [](Types given) {
       return partial("REGEXP_SUBSTR", fitted(given, {kText, kText}, 2), Type::string(), first_fit);
     }},
    {"REGEXP_EXTRACT", "REGEXP_EXTRACT(string, pattern [, group])",
     "What the pattern, or a group of it, first fits; NULL if nothing.",
     [](Types given) {
       return partial("REGEXP_EXTRACT", fitted(given, {kText, kText, Accepts::whole}, 2),
                      Type::string(), extract);
     }},
    {"REGEXP_REPLACE", "REGEXP_REPLACE(string, pattern, replacement)",
     "With every fit replaced; $1 stands for a group.",
     [](Types given) {
       return strict("REGEXP_REPLACE", fitted(given, {kText, kText, kText}, 3), Type::string(),
                     replace);
     }},
};

}  // namespace

std::span<const ScalarFunction> regex_functions() { return kFunctions; }

}  // namespace millrace::function
