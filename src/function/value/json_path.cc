#include "function/value/json_path.h"

#include <algorithm>
#include <charconv>

#include "base/error.h"

namespace millrace::function {

[[noreturn]] static void refuse(std::string_view path) {
  throw Error(ErrorCode::unsupported,
              "cannot use the JSON path '" + std::string(path) +
                  "': there are $, .name, ['name'], [0], [*], .*, .. and .length()");
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
  at = end;
  if (name == "length()" && at == text.size()) {
    steps_.push_back({Step::Kind::length, ""});
    return;
  }
  if (name.empty() || name.find_first_of(" ()?@") != std::string_view::npos) {
    refuse(text);
  }
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

template <typename Visit>
static void each_child(const JsonValue& value, Visit visit) {
  for (const JsonValue& element : value.elements) {
    visit(element);
  }
  for (const auto& [name, member] : value.members) {
    if (value.find(name) == &member) {
      visit(member);
    }
  }
}

// Of several members of a name the last one counts.
static size_t length_of(const JsonValue& value) {
  size_t length = 0;
  each_child(value, [&](const JsonValue&) { ++length; });
  return length;
}

void JsonPath::collect(const JsonValue& value, size_t number, std::vector<JsonValue>& found) const {
  if (number == steps_.size()) {
    found.push_back(value);
    return;
  }
  const Step& step = steps_[number];
  switch (step.kind) {
    case Step::Kind::descend:
      collect(value, number + 1, found);
      each_child(value, [&](const JsonValue& child) { collect(child, number, found); });
      return;
    case Step::Kind::member:
      if (const JsonValue* member = value.find(step.name)) {
        collect(*member, number + 1, found);
      }
      return;
    case Step::Kind::element: {
      const auto size = static_cast<int64_t>(value.elements.size());
      const int64_t index = step.index < 0 ? size + step.index : step.index;
      if (index >= 0 && index < size) {
        collect(value.elements[static_cast<size_t>(index)], number + 1, found);
      }
      return;
    }
    case Step::Kind::all:
      each_child(value, [&](const JsonValue& child) { collect(child, number + 1, found); });
      return;
    case Step::Kind::length:
      if (!value.is_scalar()) {
        found.push_back(JsonValue::number(std::to_string(length_of(value))));
      }
      return;
  }
}

// Whether there is a value ahead of the first wildcard.
bool JsonPath::has_start(const JsonValue& document) const {
  JsonPath start;
  for (const Step& step : steps_) {
    if (step.kind == Step::Kind::all || step.kind == Step::Kind::descend) {
      break;
    }
    start.steps_.push_back(step);
  }
  return start.find_in(document).has_value();
}

std::optional<JsonValue> JsonPath::find_in(const JsonValue& document) const {
  std::vector<JsonValue> found;
  if (is_path_) {
    collect(document, 0, found);
  }
  if (has_wildcard_) {
    return has_start(document) ? std::optional(JsonValue::array(std::move(found))) : std::nullopt;
  }
  return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

}  // namespace millrace::function
