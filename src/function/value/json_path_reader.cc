#include "function/value/json_path_reader.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/error.h"
#include "function/value/json_filter.h"

namespace millrace::function {

namespace {

using Step = JsonPathStep;

// Reads steps one behind the other. Each function gives false where the text is none.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool read() {
    ++at_;  // $ or @
    if (at_ < text_.size() && peek() != '.' && peek() != '[') {
      return false;
    }
    while (at_ < text_.size()) {
      if (!read_step()) {
        return false;
      }
    }
    return true;
  }
  std::vector<Step> take() { return std::move(steps_); }

 private:
  char peek(size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : 0; }
  // The next sign that is no blank, from a place behind the current one.
  size_t behind_blanks(size_t from) const {
    return std::min(text_.find_first_not_of(' ', from), text_.size());
  }
  bool is_at(size_t place, char c) const { return place < text_.size() && text_[place] == c; }

  bool read_step() {
    if (peek() == '[') {
      return read_bracket();
    }
    if (peek() == '.') {
      ++at_;
      if (peek() == '.') {
        ++at_;
        steps_.push_back({Step::Kind::descend});
      }
      if (peek() == '[') {
        return read_bracket();
      }
    }
    if (peek() == '*') {
      ++at_;
      steps_.push_back({Step::Kind::all});
      return true;
    }
    return read_name();
  }

  bool read_name() {
    const size_t end = std::min(text_.find_first_of(".[( ", at_), text_.size());
    const std::string name(text_.substr(at_, end - at_));
    if (name.empty() || is_at(end, ' ')) {
      return false;
    }
    at_ = end;
    if (peek() != '(') {
      steps_.push_back({Step::Kind::members, {name}});
      return true;
    }
    at_ = std::min(text_.find(')', end), text_.size());
    if (at_ == text_.size()) {
      return false;
    }
    ++at_;
    return read_function(name, at_ == end + 2);
  }

  bool read_function(const std::string& name, bool is_without_arguments) {
    static constexpr std::array<std::string_view, 10> kNames = {
        "length", "size", "keys", "first", "last", "min", "max", "avg", "stddev", "sum"};
    const bool is_known = std::find(kNames.begin(), kNames.end(), name) != kNames.end();
    const bool descends = std::any_of(steps_.begin(), steps_.end(), [](const Step& step) {
      return step.kind == Step::Kind::descend;
    });
    if (!is_known || !is_without_arguments || descends) {
      throw Error(ErrorCode::unsupported,
                  "cannot use the JSON path '" + std::string(text_) + "': its functions are " +
                      "length(), size(), keys(), first(), last(), min(), max(), avg(), stddev() " +
                      "and sum(), without arguments and not behind ..");
    }
    steps_.push_back({Step::Kind::function, {name}});
    return true;
  }

  bool read_bracket() {
    const size_t first = behind_blanks(at_ + 1);
    switch (first < text_.size() ? text_[first] : 0) {
      case '\'':
      case '"': return read_names(text_[first]);
      case '*': return close_at(behind_blanks(first + 1), {Step::Kind::all});
      case '?': return read_filter(first);
      default: return read_indexes();
    }
  }

  bool close_at(size_t bracket, Step step) {
    if (!is_at(bracket, ']')) {
      return false;
    }
    at_ = bracket + 1;
    steps_.push_back(std::move(step));
    return true;
  }

  // ['name'], ["name"], ['a', 'b'], with \' for a quote in a name.
  bool read_names(char quote) {
    Step step{Step::Kind::members};
    size_t place = at_;
    do {
      place = behind_blanks(place + 1);
      if (!is_at(place, quote)) {
        return false;
      }
      std::string& name = step.names.emplace_back();
      for (++place; place < text_.size() && text_[place] != quote; ++place) {
        place += text_[place] == '\\' ? 1 : 0;
        name += place < text_.size() ? std::string(1, text_[place]) : "";
      }
      place = behind_blanks(place + 1);
    } while (is_at(place, ','));
    return close_at(place, std::move(step));
  }

  // [3], [0, 2], [1:3], [:2], [-1:].
  bool read_indexes() {
    const size_t end = text_.find(']', at_);
    if (end == std::string_view::npos) {
      return false;
    }
    const std::string_view inside = text_.substr(at_ + 1, end - at_ - 1);
    const size_t colon = inside.find(':');
    Step step{colon == inside.npos ? Step::Kind::elements : Step::Kind::slice};
    if (colon != inside.npos) {
      const std::string_view from = inside.substr(0, colon);
      const std::string_view to = inside.substr(colon + 1);
      step.begin = whole(from);
      step.end = whole(to);
      const bool good = (step.begin || from.empty()) && (step.end || to.empty());
      return good && (step.begin || step.end) && close_at(end, std::move(step));
    }
    for (size_t place = 0; place <= inside.size();) {
      const size_t comma = std::min(inside.find(',', place), inside.size());
      const auto index = whole(inside.substr(place, comma - place));
      if (!index) {
        return false;
      }
      step.indexes.push_back(*index);
      place = comma + 1;
    }
    return close_at(end, std::move(step));
  }

  static std::optional<int64_t> whole(std::string_view digits) {
    const size_t first = std::min(digits.find_first_not_of(' '), digits.size());
    digits = digits.substr(first, digits.find_last_not_of(' ') + 1 - first);
    int32_t value = 0;
    const char* last = digits.data() + digits.size();
    const auto [rest, failure] = std::from_chars(digits.data(), last, value);
    const bool good = !digits.empty() && failure == std::errc() && rest == last;
    return good ? std::optional<int64_t>(value) : std::nullopt;
  }

  // [?(...)]
  bool read_filter(size_t question) {
    const size_t open = behind_blanks(question + 1);
    const size_t close = is_at(open, '(') ? closing(open) : std::string_view::npos;
    if (close == std::string_view::npos) {
      return false;
    }
    Step step{Step::Kind::filter};
    step.filter = read_json_filter(text_.substr(open + 1, close - open - 1));
    return step.filter != nullptr && close_at(behind_blanks(close + 1), std::move(step));
  }

  // The bracket that closes one, past those in texts.
  size_t closing(size_t open) const {
    int depth = 0;
    char quote = 0;
    for (size_t place = open; place < text_.size(); ++place) {
      const char c = text_[place];
      if (quote != 0) {
        place += c == '\\' ? 1 : 0;
        quote = c == quote ? 0 : quote;
      } else if (c == '\'' || c == '"') {
        quote = c;
      } else {
        depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      }
      if (depth == 0) {
        return place;
      }
    }
    return std::string_view::npos;
  }

  std::string_view text_;
  size_t at_ = 0;
  std::vector<Step> steps_;
};

}  // namespace

// A path may begin with blanks, and with a name.
std::optional<std::vector<JsonPathStep>> read_json_path(std::string_view text) {
  const std::string_view trimmed = text.substr(std::min(text.find_first_not_of(' '), text.size()));
  const bool is_whole = trimmed.starts_with('$') || trimmed.starts_with('@');
  const std::string path = std::string(is_whole ? "" : "$.") + std::string(trimmed);
  if (trimmed.empty() || path.ends_with('.')) {
    return std::nullopt;
  }
  Reader reader(path);
  return reader.read() ? std::optional(reader.take()) : std::nullopt;
}

}  // namespace millrace::function
