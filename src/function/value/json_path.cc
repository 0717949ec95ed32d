#include "function/value/json_path.h"

#include <charconv>

#include "base/error.h"

namespace millrace::function {

[[noreturn]] static void refuse(std::string_view path) {
  throw Error(ErrorCode::unsupported, "cannot use the JSON path '" + std::string(path) +
                                          "': there are $, .name, ['name'], [0], [*] and .*");
}

static bool accept(std::string_view text, size_t& at, std::string_view word) {
  if (text.substr(at).starts_with(word)) {
    at += word.size();
    return true;
  }
  return false;
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
  if (!accept(text, at, "$")) {
    refuse(text);
  }
  while (at < text.size()) {
    read_step(text, at);
  }
}

void JsonPath::read_step(std::string_view text, size_t& at) {
  if (accept(text, at, "[")) {
    return read_bracket(text, at);
  }
  if (!accept(text, at, ".")) {
    refuse(text);
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

void JsonPath::collect(const Json& value, size_t number, std::vector<Json>& found) const {
  if (number == steps_.size()) {
    found.push_back(value);
    return;
  }
  const Step& step = steps_[number];
  if (step.kind == Step::Kind::member) {
    if (const Json* member = value.is_object() ? value.find(step.name) : nullptr) {
      collect(*member, number + 1, found);
    }
  } else if (step.kind == Step::Kind::element && value.is_array()) {
    const auto size = static_cast<int64_t>(value.as_array().size());
    const int64_t index = step.index < 0 ? size + step.index : step.index;
    if (index >= 0 && index < size) {
      collect(value.as_array()[static_cast<size_t>(index)], number + 1, found);
    }
  } else if (step.kind == Step::Kind::all && value.is_array()) {
    for (const Json& element : value.as_array()) {
      collect(element, number + 1, found);
    }
  } else if (step.kind == Step::Kind::all && value.is_object()) {
    for (const auto& [name, member] : value.as_members()) {
      collect(member, number + 1, found);
    }
  }
}

std::optional<Json> JsonPath::find_in(const Json& document) const {
  std::vector<Json> found;
  collect(document, 0, found);
  if (has_wildcard_) {
    return Json::array(std::move(found));
  }
  return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

}  // namespace millrace::function
