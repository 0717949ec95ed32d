#pragma once

// "Did you mean ...?"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace millrace {

// The candidate that `word` is most likely a misspelling of: case set aside, at most a third of its
// letters, or one of a short word's, wrong, missing, too many or swapped with their neighbour.
// Empty if none is that near.
std::optional<std::string> most_similar(std::string_view word,
                                        std::span<const std::string> candidates);

// The same of words with one beginning: what is behind `prefix` is compared alone.
std::optional<std::string> most_similar_behind(std::string_view prefix, std::string_view word,
                                               std::span<const std::string> candidates);

// " (did you mean 'x'?)", or nothing: to end a message with.
std::string did_you_mean(const std::optional<std::string>& similar);
std::string did_you_mean(std::string_view word, std::span<const std::string> candidates);

}  // namespace millrace
