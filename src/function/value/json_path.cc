#include "function/value/json_path.h"

#include <algorithm>
#include <charconv>

#include "base/error.h"

namespace millrace::function {

[[noreturn]] static void refuse(std::string_view path) {
  throw Error(ErrorCode::unsupported,
              "cannot use the JSON path '" + std::string(path) +
                  "': there are $, .name, ['name'], [0], [0,2], [1:3], [*], .*, .. and .length()");
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

// "3", "0,2", "1:3", ":2", "-1:".
void JsonPath::read_indexes(std::string_view path, std::string_view inside, Step& step) {
  const auto number = [&](std::string_view digits) {
    while (digits.starts_with(' ')) {
      digits.remove_prefix(1);
    }
    int64_t value = 0;
    const char* last = digits.data() + digits.size();
    const auto [rest, failure] = std::from_chars(digits.data(), last, value);
    if (failure != std::errc() || rest != last) {
      refuse(path);
    }
    return value;
  };
  if (const size_t colon = inside.find(':'); colon != std::string_view::npos) {
    step.kind = Step::Kind::slice;
    step.index = colon == 0 ? 0 : number(inside.substr(0, colon));
    if (colon + 1 < inside.size()) {
      step.end = number(inside.substr(colon + 1));
    }
    return;
  }
  if (inside.find(',') == std::string_view::npos) {
    step.index = number(inside);
    return;
  }
  step.kind = Step::Kind::some;
  for (size_t at = 0; at <= inside.size();) {
    const size_t comma = std::min(inside.find(',', at), inside.size());
    step.indexes.push_back(number(inside.substr(at, comma - at)));
    at = comma + 1;
  }
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
    read_indexes(text, inside, step);
    has_wildcard_ = has_wildcard_ || step.kind != Step::Kind::element;
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

void JsonPath::collect_element(const JsonValue& value, int64_t index, size_t number,
                               std::vector<JsonValue>& found) const {
  const auto size = static_cast<int64_t>(value.elements.size());
  index = index < 0 ? size + index : index;
  if (index >= 0 && index < size) {
    collect(value.elements[static_cast<size_t>(index)], number + 1, found);
  }
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
    case Step::Kind::element: return collect_element(value, step.index, number, found);
    case Step::Kind::some:
      for (const int64_t index : step.indexes) {
        collect_element(value, index, number, found);
      }
      return;
    case Step::Kind::slice: {
      const auto size = static_cast<int64_t>(value.elements.size());
      const auto from_front = [&](int64_t index) {
        return std::clamp<int64_t>(index < 0 ? size + index : index, 0, size);
      };
      const int64_t end = from_front(step.end.value_or(size));
      for (int64_t index = from_front(step.index); index < end; ++index) {
        collect_element(value, index, number, found);
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
    if (step.kind != Step::Kind::member && step.kind != Step::Kind::element) {
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
