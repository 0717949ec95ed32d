#include "base/similar.h"

#include <algorithm>
#include <vector>

namespace millrace {

static char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`.
static size_t edits_between(std::string_view a, std::string_view b) {
  std::vector<size_t> before_last(b.size() + 1);
  std::vector<size_t> last(b.size() + 1);
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) {
    last[j] = j;
  }
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const bool same = lower(a[i - 1]) == lower(b[j - 1]);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
      const bool swapped = i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                           lower(a[i - 2]) == lower(b[j - 1]);
      if (swapped) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
    }
    before_last.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

std::optional<std::string> most_similar(std::string_view word,
                                        std::span<const std::string> candidates) {
  constexpr size_t kLongestWord = 200;  // the cost is quadratic
  std::optional<std::string> best;
  size_t fewest = word.size() < 2 ? 1 : std::clamp<size_t>(word.size() / 3, 1, 4) + 1;
  for (const std::string& candidate : candidates) {
    if (word.size() > kLongestWord || candidate.size() > kLongestWord) {
      continue;
    }
    const size_t edits = edits_between(word, candidate);
    if (edits < fewest) {
      fewest = edits;
      best = candidate;
    }
  }
  return best;
}

std::optional<std::string> most_similar_behind(std::string_view prefix, std::string_view word,
                                               std::span<const std::string> candidates) {
  std::vector<std::string> ends;
  for (const std::string& candidate : candidates) {
    if (candidate.starts_with(prefix)) {
      ends.push_back(candidate.substr(prefix.size()));
    }
  }
  const std::optional<std::string> similar = most_similar(word.substr(prefix.size()), ends);
  return similar ? std::optional(std::string(prefix) + *similar) : std::nullopt;
}

std::string did_you_mean(const std::optional<std::string>& similar) {
  return similar ? " (did you mean '" + *similar + "'?)" : "";
}

std::string did_you_mean(std::string_view word, std::span<const std::string> candidates) {
  return did_you_mean(most_similar(word, candidates));
}

}  // namespace millrace
