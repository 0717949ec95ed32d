#include "function/value/json_path.h"

#include <algorithm>
#include <charconv>

#include "base/error.h"

namespace millrace::function {

[[noreturn]] static void refuse(std::string_view path) {
  throw Error(ErrorCode::unsupported, "cannot use the JSON path '" + std::string(path) +
                                          "': there are $, .name, ['name'], [0], [*], .* and ..");
}

static bool accept(std::string_view text, size_t& at, std::string_view word) {
  if (text.substr(at).starts_with(word)) {
    at += word.size();
    return true;
  }
  return false;
}

// A path may begin with a name. Empty for what leads nowhere in any document.
static std::string completed(std::string_view path) {
  const bool is_whole = path.starts_with('$');
  const bool is_cut = path.empty() || path.ends_with('.') || path.find(" to ") != path.npos;
  return is_cut ? ""
                : std::string(is_whole || path.starts_with('[') ? "$" : "$.") +
                      std::string(path.substr(is_whole ? 1 : 0));
}

JsonPath::JsonPath(std::string_view text) {
  size_t at = 0;
  if (accept(text, at, "lax ")) {
    mode_ = Mode::lax;
  } else {
    accept(text, at, "strict ");
  }
  while (at < text.size() && text[at] == ' ') {
    ++at;
  }
  const std::string path = completed(text.substr(at));
  if (path.empty()) {
    is_path_ = false;
    return;
  }
  for (at = 1; at < path.size();) {
    read_step(path, at);
  }
}

void JsonPath::read_step(std::string_view text, size_t& at) {
  if (accept(text, at, "[")) {
    return read_bracket(text, at);
  }
  if (!accept(text, at, ".")) {
    refuse(text);
  }
  if (accept(text, at, ".")) {
    has_wildcard_ = true;
    steps_.push_back({Step::Kind::descend, ""});
    if (accept(text, at, "[")) {
      return read_bracket(text, at);
    }
  }
  const size_t end = std::min(text.find_first_of(".[", at), text.size());
  const std::string_view name = text.substr(at, end - at);
  if (name.empty() || name.find_first_of(" ()?@") != std::string_view::npos) {
    refuse(text);
  }
  at = end;
  const bool is_all = name == "*";
  has_wildcard_ = has_wildcard_ || is_all;
  steps_.push_back({is_all ? Step::Kind::all : Step::Kind::member, std::string(name)});
}

void JsonPath::read_bracket(std::string_view text, size_t& at) {
  const char quote = at < text.size() ? text[at] : ' ';
  if (quote == '\'' || quote == '"') {
    const size_t end = text.find(quote, at + 1);
    if (end == std::string_view::npos || end + 1 >= text.size() || text[end + 1] != ']') {
      refuse(text);
    }
    steps_.push_back({Step::Kind::member, std::string(text.substr(at + 1, end - at - 1))});
    at = end + 2;
    return;
  }
  const size_t end = text.find(']', at);
  if (end == std::string_view::npos) {
    refuse(text);
  }
  const std::string_view inside = text.substr(at, end - at);
  at = end + 1;
  Step step{Step::Kind::element, ""};
  if (inside == "*") {
    step.kind = Step::Kind::all;
    has_wildcard_ = true;
  } else {
    const char* last = inside.data() + inside.size();
    const auto [rest, failure] = std::from_chars(inside.data(), last, step.index);
    if (failure != std::errc() || rest != last) {
      refuse(text);
    }
  }
  steps_.push_back(std::move(step));
}

// Of several members of a name the last one counts.
static const Json* last_member(const Json& object, const std::string& name) {
  const Json* found = nullptr;
  for (const auto& [key, member] : object.as_members()) {
    found = key == name ? &member : found;
  }
  return found;
}

template <typename Visit>
static void each_child(const Json& value, Visit visit) {
  if (value.is_array()) {
    for (const Json& element : value.as_array()) {
      visit(element);
    }
  } else if (value.is_object()) {
    for (const auto& [name, member] : value.as_members()) {
      if (last_member(value, name) == &member) {
        visit(member);
      }
    }
  }
}

void JsonPath::collect(const Json& value, size_t number, std::vector<Json>& found) const {
  if (number == steps_.size()) {
    found.push_back(value);
    return;
  }
  const Step& step = steps_[number];
  if (step.kind == Step::Kind::descend) {
    collect(value, number + 1, found);
    each_child(value, [&](const Json& child) { collect(child, number, found); });
  } else if (step.kind == Step::Kind::member) {
    if (const Json* member = value.is_object() ? last_member(value, step.name) : nullptr) {
      collect(*member, number + 1, found);
    }
  } else if (step.kind == Step::Kind::element && value.is_array()) {
    const auto size = static_cast<int64_t>(value.as_array().size());
    const int64_t index = step.index < 0 ? size + step.index : step.index;
    if (index >= 0 && index < size) {
      collect(value.as_array()[static_cast<size_t>(index)], number + 1, found);
    }
  } else if (step.kind == Step::Kind::all) {
    each_child(value, [&](const Json& child) { collect(child, number + 1, found); });
  }
}

// Reads on over JSON that is known to be good.
class JsonText {
 public:
  explicit JsonText(std::string_view text) : text_(text) { skip_blanks(); }

  char front() const { return text_.empty() ? ' ' : text_.front(); }
  bool accept(char c) {
    if (front() != c) {
      return false;
    }
    text_.remove_prefix(1);
    skip_blanks();
    return true;
  }
  // The next value, whatever it is.
  std::string_view take_value() {
    const size_t size = front() == '"'                     ? string_size()
                        : front() == '{' || front() == '[' ? nested_size()
                                                           : text_.find_first_of(",]} \t\n\r");
    const std::string_view value = text_.substr(0, size);
    text_.remove_prefix(value.size());
    skip_blanks();
    return value;
  }

 private:
  void skip_blanks() {
    text_.remove_prefix(std::min(text_.find_first_not_of(" \t\n\r"), text_.size()));
  }
  size_t string_size(size_t from = 0) const {
    size_t at = from + 1;
    while (at < text_.size() && text_[at] != '"') {
      at += text_[at] == '\\' ? 2 : 1;
    }
    return at + 1 - from;
  }
  size_t nested_size() const {
    size_t depth = 0;
    size_t at = 0;
    do {
      const char c = text_[at];
      depth += c == '{' || c == '[' ? 1 : 0;
      depth -= c == '}' || c == ']' ? 1 : 0;
      at += c == '"' ? string_size(at) : 1;
    } while (depth > 0 && at < text_.size());
    return at;
  }

  std::string_view text_;
};

static std::string_view member_of(std::string_view object, const std::string& name) {
  JsonText text(object);
  std::string_view found;
  for (text.accept('{'); text.front() == '"'; text.accept(',')) {
    const bool is_it = Json::parse(text.take_value()).as_string() == name;
    text.accept(':');
    const std::string_view value = text.take_value();
    found = is_it ? value : found;
  }
  return found;
}

static std::string_view element_of(std::string_view array, int64_t index) {
  std::vector<std::string_view> elements;
  JsonText text(array);
  for (text.accept('['); text.front() != ']' && text.front() != ' '; text.accept(',')) {
    elements.push_back(text.take_value());
  }
  const auto size = static_cast<int64_t>(elements.size());
  index = index < 0 ? size + index : index;
  return index >= 0 && index < size ? elements[static_cast<size_t>(index)] : std::string_view();
}

std::string_view JsonPath::written_in(std::string_view document) const {
  std::string_view value = JsonText(document).take_value();
  for (const Step& step : steps_) {
    value = step.kind == Step::Kind::member ? member_of(value, step.name)
                                            : element_of(value, step.index);
  }
  return value;
}

std::string_view leading_value(std::string_view text) { return JsonText(text).take_value(); }

// Whether there is a value ahead of the first wildcard.
bool JsonPath::has_start(const Json& document) const {
  JsonPath start;
  for (const Step& step : steps_) {
    if (step.kind == Step::Kind::all || step.kind == Step::Kind::descend) {
      break;
    }
    start.steps_.push_back(step);
  }
  return start.find_in(document).has_value();
}

std::optional<Json> JsonPath::find_in(const Json& document) const {
  std::vector<Json> found;
  if (is_path_) {
    collect(document, 0, found);
  }
  if (has_wildcard_) {
    return has_start(document) ? std::optional(Json::array(std::move(found))) : std::nullopt;
  }
  return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

}  // namespace millrace::function
