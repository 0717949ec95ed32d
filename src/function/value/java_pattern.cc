#include "function/value/java_pattern.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/error.h"
#include "function/value/backtracking.h"
#include "function/value/java_regex.h"

namespace millrace::function {

struct JavaPattern::Engines {
  std::unique_ptr<const RE2> linear;          // null where only the exact one can say it
  std::unique_ptr<const Backtracking> exact;  // null where it is never needed
  bool of_plain_text = false;                 // the linear one is

  const Backtracking* exact_for(std::string_view text) const;
};

namespace {

// Not empty, no line end but line feeds within, and ASCII alone.
bool is_plain(std::string_view text) {
  return !text.empty() && !text.ends_with('\n') &&
         std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<uint8_t>(c) >= 0x80 || c == '\r'; });
}

std::unique_ptr<const RE2> compiled(const std::string& expression) {
  RE2::Options options;
  options.set_log_errors(false);
  return std::make_unique<const RE2>(expression, options);
}

constexpr size_t kFewGroups = 8;

}  // namespace

const Backtracking* JavaPattern::Engines::exact_for(std::string_view text) const {
  return linear == nullptr || (of_plain_text && !is_plain(text)) ? exact.get() : nullptr;
}

JavaPattern::JavaPattern(std::string_view pattern)
    : text_(pattern), required_(required_text(pattern)) {
  const std::optional<TranslatedRegex> translated = translate_java_regex(pattern);
  if (!translated) {
    return;
  }
  engines_ = std::make_unique<Engines>();
  engines_->of_plain_text = translated->linear_of_plain_text;
  if (!translated->needs_exact) {
    engines_->linear = compiled(translated->linear);
  }
  if (engines_->linear != nullptr && engines_->linear->error_code() == RE2::ErrorBadCharRange) {
    engines_ = nullptr;  // a property of Unicode that there is not
    return;
  }
  const bool is_too_large = engines_->linear != nullptr && !engines_->linear->ok();
  if (is_too_large) {
    engines_->linear = nullptr;
  }
  if (engines_->linear == nullptr || engines_->of_plain_text) {
    engines_->exact = std::make_unique<const Backtracking>(translated->exact, pattern);
  }
}

JavaPattern::~JavaPattern() = default;

size_t JavaPattern::groups() const {
  return engines_->linear != nullptr
             ? static_cast<size_t>(engines_->linear->NumberOfCapturingGroups())
             : engines_->exact->groups();
}

JavaPattern::Search::Search(const JavaPattern& pattern, std::string_view text)
    : pattern_(&pattern),
      text_(text),
      exact_(pattern.is_mistaken() ? nullptr : pattern.engines_->exact_for(text)) {}

bool JavaPattern::Search::fits_at(size_t from, bool anchored,
                                  std::span<std::string_view> parts) const {
  if (exact_ != nullptr) {
    return exact_->find(text_, from, anchored, parts);
  }
  std::array<re2::StringPiece, kFewGroups> few;
  std::vector<re2::StringPiece> many(parts.size() > few.size() ? parts.size() : 0);
  re2::StringPiece* found = many.empty() ? few.data() : many.data();
  if (!pattern_->engines_->linear->Match({text_.data(), text_.size()}, from, text_.size(),
                                         anchored ? RE2::ANCHOR_START : RE2::UNANCHORED, found,
                                         static_cast<int>(parts.size()))) {
    return false;
  }
  for (size_t i = 0; i < parts.size(); ++i) {
    parts[i] = found[i].data() == nullptr ? std::string_view()
                                          : std::string_view(found[i].data(), found[i].size());
  }
  return true;
}

bool JavaPattern::fits_whole(std::string_view text) const {
  if (is_mistaken()) {
    return false;
  }
  if (const Backtracking* exact = engines_->exact_for(text)) {
    return exact->fits_whole(text);
  }
  return RE2::FullMatch(re2::StringPiece(text.data(), text.size()), *engines_->linear);
}

bool JavaPattern::find(std::string_view text, std::span<std::string_view> parts) const {
  return Search(*this, text).find(0, parts);
}

bool JavaPattern::Search::find(size_t from, std::span<std::string_view> parts) const {
  // Most before which required text may stand, and places of it that are tried: the time stays
  // linear.
  constexpr size_t kFewBytes = 4;
  constexpr size_t kPlaces = 4;
  if (pattern_->is_mistaken()) {
    return false;
  }
  const RequiredText& required = pattern_->required_;
  size_t next = from;  // no fit begins before it
  size_t at = text_.find(required.text, from);
  if (!required.text.empty() && required.most_before.value_or(text_.size()) <= kFewBytes) {
    // A fit from a known place is found in one pass, where one from anywhere takes three.
    for (size_t tried = 0; tried < kPlaces && at != std::string_view::npos; ++tried) {
      for (next = std::max(next, at - std::min(at, *required.most_before)); next <= at; ++next) {
        if (fits_at(next, true, parts)) {
          return true;
        }
      }
      at = text_.find(required.text, next);
    }
  }
  return at != std::string_view::npos && fits_at(next, false, parts);
}

}  // namespace millrace::function
