// Regular expressions, by RE2: in time linear in the text. A pattern that is none, as one of open
// brackets, matches nothing, and what it would give is NULL; one with look-around or
// back-references, which RE2 does not know, ends the statement.

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <mutex>

#include "base/error.h"
#include "function/kernel.h"
#include "function/scalar/binding.h"
#include "function/scalar/families.h"
#include "function/scalar/list_results.h"
#include "function/value/required_text.h"
#include "function/value/utf8.h"

namespace millrace::function {

namespace {

re2::StringPiece piece(const StringRef& text) { return {text.view().data(), text.size()}; }

// Mistakes that no dialect of regular expressions takes.
bool is_mistake(RE2::ErrorCode code) {
  return code == RE2::ErrorMissingParen || code == RE2::ErrorMissingBracket ||
         code == RE2::ErrorRepeatArgument || code == RE2::ErrorTrailingBackslash ||
         code == RE2::ErrorUnexpectedParen || code == RE2::ErrorBadCharRange;
}

// A compiled pattern, or a mistake. Throws Error(invalid_argument) for what RE2 does not know.
class Pattern {
 public:
  explicit Pattern(std::string_view pattern)
      : compiled_(re2::StringPiece(pattern.data(), pattern.size()), quiet()),
        required_(required_text(pattern)) {
    if (!compiled_.ok() && !is_mistake(compiled_.error_code())) {
      throw Error(
          ErrorCode::invalid_argument,
          "cannot use the regular expression '" + std::string(pattern) + "': " + compiled_.error());
    }
  }

  bool is_mistaken() const { return !compiled_.ok(); }
  const RE2& compiled() const { return compiled_; }
  const std::string& text() const { return compiled_.pattern(); }
  // False where the pattern fits no part of the text, which is often soon said.
  bool may_fit(std::string_view text) const {
    return !is_mistaken() && place_of_required(text, 0) != std::string_view::npos;
  }

  // The first fit, with its groups from 0 on; false where there is none.
  bool find(std::string_view text, std::span<re2::StringPiece> groups) const {
    if (is_mistaken()) {
      return false;
    }
    size_t next = 0;  // no fit begins before it
    size_t at = place_of_required(text, 0);
    if (!required_.text.empty() && required_.most_before.value_or(text.size()) <= kFewBytes) {
      // A fit from a known place is found in one pass, where one from anywhere takes three.
      for (size_t tried = 0; tried < kPlaces && at != std::string_view::npos; ++tried) {
        for (next = std::max(next, at - std::min(at, *required_.most_before)); next <= at; ++next) {
          if (fits(text, next, RE2::ANCHOR_START, groups)) {
            return true;
          }
        }
        at = place_of_required(text, next);
      }
    }
    return at != std::string_view::npos && fits(text, next, RE2::UNANCHORED, groups);
  }

 private:
  static constexpr size_t kFewBytes = 4;  // that may stand before the required text
  // Where the required text stands are tried so many places, so that the time stays linear.
  static constexpr size_t kPlaces = 4;

  size_t place_of_required(std::string_view text, size_t from) const {
    return text.find(required_.text, from);
  }
  bool fits(std::string_view text, size_t from, RE2::Anchor anchor,
            std::span<re2::StringPiece> groups) const {
    return compiled_.Match({text.data(), text.size()}, from, text.size(), anchor, groups.data(),
                           static_cast<int>(groups.size()));
  }
  static RE2::Options quiet() {
    RE2::Options options;
    options.set_log_errors(false);
    return options;
  }

  RE2 compiled_;
  RequiredText required_;
};

// The pattern of the last batch, with the automaton that RE2 has built of it so far.
class LastPattern final : public KernelMemory {
 public:
  std::shared_ptr<const Pattern> of(std::string_view pattern) {
    const std::lock_guard lock(mutex_);
    if (last_ == nullptr || last_->text() != pattern) {
      last_ = std::make_shared<const Pattern>(pattern);
    }
    return last_;
  }

 private:
  std::mutex mutex_;
  std::shared_ptr<const Pattern> last_;
};

// Compiles a pattern once as long as the rows have the same.
class PatternCache {
 public:
  explicit PatternCache(const KernelCall& call) : memory_(static_cast<LastPattern*>(call.memory)) {}

  const Pattern& pattern(const StringRef& text) {
    if (pattern_ == nullptr || pattern_->text() != text.view()) {
      pattern_ = memory_ != nullptr ? memory_->of(text.view())
                                    : std::make_shared<const Pattern>(text.view());
    }
    return *pattern_;
  }
  // Null for a mistake.
  const RE2* of(const StringRef& text) {
    const Pattern& found = pattern(text);
    return found.is_mistaken() ? nullptr : &found.compiled();
  }

 private:
  LastPattern* memory_;
  std::shared_ptr<const Pattern> pattern_;
};

std::optional<ScalarSignature> remembering(std::optional<ScalarSignature> signature) {
  if (signature) {
    signature->memory = std::make_shared<LastPattern>();
  }
  return signature;
}

Column matches(const KernelCall& call) {
  PatternCache patterns(call);
  return map_present<ResultValues<uint8_t>, StringRef, StringRef>(
      call, [&](ResultValues<uint8_t>& to, uint32_t row, const StringRef& text,
                const StringRef& pattern) {
        const Pattern& compiled = patterns.pattern(pattern);
        to.set(row, compiled.may_fit(text.view()) && !pattern.view().empty() &&
                        RE2::PartialMatch(piece(text), compiled.compiled()));
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

Column similar(const KernelCall& call) {
  std::string written;
  std::optional<Pattern> compiled;
  return map_present<ResultValues<uint8_t>, StringRef, StringRef>(
      call, [&](ResultValues<uint8_t>& to, uint32_t row, const StringRef& text,
                const StringRef& pattern) {
        if (!compiled || written != pattern.view()) {
          written = pattern.view();
          compiled.emplace(as_expression(written));
        }
        if (compiled->is_mistaken()) {
          to.fail(row, "'" + written + "' is no pattern of SIMILAR TO");
        } else {
          to.set(row, RE2::FullMatch(piece(text), compiled->compiled()));
        }
      });
}

// The group of this number in the first match; group 0 is the whole match.
std::optional<std::string_view> extracted(const Pattern& pattern, const StringRef& text,
                                          int64_t group) {
  if (pattern.is_mistaken() || group < 0 || group > pattern.compiled().NumberOfCapturingGroups()) {
    return std::nullopt;
  }
  const auto count = static_cast<size_t>(group) + 1;
  std::array<re2::StringPiece, 8> few;
  std::vector<re2::StringPiece> many(count > few.size() ? count : 0);
  const std::span<re2::StringPiece> groups =
      many.empty() ? std::span(few).first(count) : std::span(many);
  if (!pattern.find(text.view(), groups) || groups.back().data() == nullptr) {
    return std::nullopt;
  }
  return std::string_view(groups.back().data(), groups.back().size());
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
    if (const auto part = extracted(patterns.pattern(pattern[row]), text[row], group)) {
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
        if (const RE2* compiled = patterns.of(pattern)) {
          to.set(row, number_of(*compiled, text.view()));
        } else {
          to.set_null(row);
        }
      });
}

Column count_fits(const KernelCall& call) {
  return number_of_fits(call, [](const RE2& pattern, std::string_view text) {
    int32_t count = 0;
    each_fit(pattern, text, 0, [&](const auto&) { return ++count > 0; });
    return count;
  });
}

// Where the first fit begins, in characters from 1; 0 for none.
Column place_of_fit(const KernelCall& call) {
  return number_of_fits(call, [](const RE2& pattern, std::string_view text) {
    int32_t place = 0;
    each_fit(pattern, text, 0, [&](const auto& parts) {
      const auto byte = static_cast<size_t>(parts[0].data() - text.data());
      place = static_cast<int32_t>(count_characters(text.substr(0, byte))) + 1;
      return false;
    });
    return place;
  });
}

Column first_fit(const KernelCall& call) {
  PatternCache patterns(call);
  return map_present<ResultStrings, StringRef, StringRef>(
      call, [&](ResultStrings& to, uint32_t row, const StringRef& text, const StringRef& pattern) {
        if (const auto part = extracted(patterns.pattern(pattern), text, 0)) {
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
  PatternCache patterns(call);
  TextLists result(call);
  for (size_t row = 0; row < call.size; ++row) {
    const bool has_group = call.arguments.size() > 2;
    if (text.is_null(row) || pattern.is_null(row) ||
        (has_group && call.arguments[2].is_null(row))) {
      result.end_null_row();
      continue;
    }
    const RE2* compiled = patterns.of(pattern[row]);
    const int64_t group = has_group ? View<int64_t>(call.arguments[2])[row] : 1;
    if (compiled == nullptr || group < 0 || group > compiled->NumberOfCapturingGroups()) {
      result.end_null_row();
      continue;
    }
    each_fit(*compiled, text[row].view(), static_cast<int>(group), [&](const auto& parts) {
      const re2::StringPiece& part = parts.back();
      result.add({part.data() != nullptr ? part.data() : "", part.size()});
      return true;
    });
    result.end_row();
  }
  return result.finish();
}

// The replacement stands as it is written: Flink quotes what Java would read as a group.
Column replace(const KernelCall& call) {
  PatternCache patterns(call);
  return map_present<ResultStrings, StringRef, StringRef, StringRef>(
      call, [&](ResultStrings& to, uint32_t row, const StringRef& text, const StringRef& pattern,
                const StringRef& replacement) {
        const RE2* compiled = patterns.of(pattern);
        if (compiled == nullptr) {
          return to.set_null(row);
        }
        std::string out;
        size_t copied = 0;
        each_fit(*compiled, text.view(), 0, [&](const auto& parts) {
          const auto at = static_cast<size_t>(parts[0].data() - text.view().data());
          out += text.view().substr(copied, at - copied);
          out += replacement.view();
          copied = at + parts[0].size();
          return true;
        });
        out += text.view().substr(copied);
        to.set(row, out);
      });
}

constexpr auto kText = Accepts::text;
using Types = std::span<const Type>;

constexpr ScalarFunction kFunctions[] = {
    {"REGEXP", "REGEXP(string, pattern)", "Whether a part of the string fits the pattern (RE2).",
     [](Types given) {
       return remembering(strict("REGEXP", fitted(given, {kText, kText}, 2),
                                 Type::of(TypeKind::boolean), matches));
     }},
    {"SIMILAR TO", "string SIMILAR TO pattern",
     "Whether the whole string fits: % is any characters, _ is one, the rest a regular expression.",
     [](Types given) {
       return strict("SIMILAR TO", fitted(given, {kText, kText}, 2), Type::of(TypeKind::boolean),
                     similar);
     }},
    {"REGEXP_COUNT", "REGEXP_COUNT(string, pattern)", "How often the pattern fits.",
     [](Types given) {
       return remembering(partial("REGEXP_COUNT", fitted(given, {kText, kText}, 2),
                                  Type::of(TypeKind::integer), count_fits));
     }},
    {"REGEXP_EXTRACT_ALL", "REGEXP_EXTRACT_ALL(string, pattern [, group])",
     "What the pattern's first group, or another one, fits, as an array of every time.",
     [](Types given) {
       return remembering(partial("REGEXP_EXTRACT_ALL",
                                  fitted(given, {kText, kText, Accepts::whole}, 2),
                                  Type::array(Type::string()), all_fits));
     }},
    {"REGEXP_INSTR", "REGEXP_INSTR(string, pattern)",
     "Where the pattern first fits, from 1; 0 if nowhere.",
     [](Types given) {
       return remembering(partial("REGEXP_INSTR", fitted(given, {kText, kText}, 2),
                                  Type::of(TypeKind::integer), place_of_fit));
     }},
    {"REGEXP_SUBSTR", "REGEXP_SUBSTR(string, pattern)", "What the pattern first fits.",
     [](Types given) {
       return remembering(
           partial("REGEXP_SUBSTR", fitted(given, {kText, kText}, 2), Type::string(), first_fit));
     }},
    {"REGEXP_EXTRACT", "REGEXP_EXTRACT(string, pattern [, group])",
     "What the pattern, or a group of it, first fits; NULL if nothing.",
     [](Types given) {
       return remembering(partial("REGEXP_EXTRACT",
                                  fitted(given, {kText, kText, Accepts::whole}, 2), Type::string(),
                                  extract));
     }},
    {"REGEXP_REPLACE", "REGEXP_REPLACE(string, pattern, replacement)",
     "With every fit replaced, by the replacement as it is.",
     [](Types given) {
       return remembering(strict("REGEXP_REPLACE", fitted(given, {kText, kText, kText}, 3),
                                 Type::string(), replace));
     }},
};

}  // namespace

std::span<const ScalarFunction> regex_functions() { return kFunctions; }

}  // namespace millrace::function
