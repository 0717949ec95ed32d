#include "function/value/json_path.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "base/ascii_case.h"
#include "base/error.h"
#include "function/value/json_filter.h"
#include "function/value/json_path_reader.h"
#include "function/value/number_text.h"

namespace millrace::function {

namespace {

using Step = JsonPathStep;

// Of several members of a name the last one counts.
std::vector<const JsonMember*> members_of(const JsonValue& object) {
  std::unordered_map<std::string_view, const JsonMember*> last;
  for (const JsonMember& member : object.members) {
    last[member.name] = &member;
  }
  std::vector<const JsonMember*> members;
  for (const JsonMember& member : object.members) {
    if (last[member.name] == &member) {
      members.push_back(&member);
    }
  }
  return members;
}

template <typename Visit>
void each_child(const JsonValue& value, Visit visit) {
  for (const JsonValue& element : value.elements) {
    visit(element);
  }
  for (const JsonMember* member : members_of(value)) {
    visit(member->value);
  }
}

JsonValue text_value(std::string text) {
  JsonValue value;
  value.kind = JsonValue::Kind::text;
  value.text = std::move(text);
  return value;
}

// --- Functions ---

std::optional<JsonValue> length_of(const JsonValue& value) {
  if (value.is_scalar()) {
    return std::nullopt;
  }
  size_t length = 0;
  each_child(value, [&](const JsonValue&) { ++length; });
  return JsonValue::number(std::to_string(length));
}

std::optional<JsonValue> keys_of(const JsonValue& value) {
  std::vector<JsonValue> keys;
  for (const JsonMember* member : members_of(value)) {
    keys.push_back(text_value(member->name));
  }
  return value.kind == JsonValue::Kind::object ? std::optional(JsonValue::array(std::move(keys)))
                                               : std::nullopt;
}

// Of the numbers in an array; nothing where there are none.
std::optional<JsonValue> aggregate_of(const JsonValue& value, std::string_view function) {
  std::vector<double> numbers;
  for (const JsonValue& element : value.elements) {
    if (element.kind == JsonValue::Kind::number) {
      numbers.push_back(std::strtod(element.text.c_str(), nullptr));
    }
  }
  if (numbers.empty()) {
    return std::nullopt;
  }
  double sum = 0;
  double squares = 0;
  for (const double number : numbers) {
    sum += number;
    squares += number * number;
  }
  const auto count = static_cast<double>(numbers.size());
  const double result = function == "sum"   ? sum
                        : function == "avg" ? sum / count
                        : function == "min" ? *std::min_element(numbers.begin(), numbers.end())
                        : function == "max"
                            ? *std::max_element(numbers.begin(), numbers.end())
                            : std::sqrt(squares / count - sum * sum / count / count);
  std::string text;
  append_double(result, text);
  return JsonValue::number(std::move(text));
}

// Nothing where the function fails of the value.
std::optional<JsonValue> result_of(std::string_view function, const JsonValue& value) {
  if (function == "length" || function == "size") {
    return length_of(value);
  }
  if (function == "keys") {
    return keys_of(value);
  }
  if (function == "first") {
    return value.elements.empty() ? std::nullopt : std::optional(value.elements.front());
  }
  if (function == "last") {
    return value.elements.empty() ? std::nullopt : std::optional(value.elements.back());
  }
  return aggregate_of(value, function);
}

// --- The walk ---

bool is_definite(const Step& step, bool is_last) {
  switch (step.kind) {
    case Step::Kind::members: return step.names.size() == 1 || is_last;
    case Step::Kind::elements: return step.indexes.size() == 1;
    case Step::Kind::function: return true;
    case Step::Kind::slice:
    case Step::Kind::all:
    case Step::Kind::descend:
    case Step::Kind::filter: break;
  }
  return false;
}

// Follows the steps from a value and gathers what they lead to. Where only one value can be meant,
// one that is not there fails the path; behind a wildcard it is passed over.
class Walk {
 public:
  Walk(const std::vector<Step>& steps, const JsonValue& document, bool fails)
      : steps_(steps), document_(document), fails_(fails) {}

  void follow(const JsonValue& value, size_t number, bool is_definite);

  std::vector<JsonValue> found;
  bool failed = false;
  bool refused = false;

 private:
  bool is_last(size_t number) const { return number + 1 == steps_.size(); }
  void miss(bool is_definite) { failed = failed || (is_definite && fails_); }

  void follow_members(const JsonValue& value, size_t number, bool is_definite);
  void follow_member(const JsonValue& value, const std::string& name, size_t number,
                     bool is_definite);
  void follow_element(const JsonValue& array, int64_t index, size_t number, bool is_definite);
  void follow_slice(const JsonValue& array, size_t number);
  void follow_filter(const JsonValue& value, size_t number, bool is_definite);
  void descend(const JsonValue& value, size_t number);

  const std::vector<Step>& steps_;
  const JsonValue& document_;
  bool fails_;
};

void Walk::follow(const JsonValue& value, size_t number, bool is_definite) {
  if (failed || refused) {
    return;
  }
  if (number == steps_.size()) {
    found.push_back(value);
    return;
  }
  const Step& step = steps_[number];
  const bool is_array = value.kind == JsonValue::Kind::array;
  switch (step.kind) {
    case Step::Kind::members: return follow_members(value, number, is_definite);
    case Step::Kind::elements:
      if (!is_array) {
        return miss(is_definite);
      }
      for (const int64_t index : step.indexes) {
        follow_element(value, index, number, is_definite && step.indexes.size() == 1);
      }
      return;
    case Step::Kind::slice: return is_array ? follow_slice(value, number) : miss(is_definite);
    case Step::Kind::all:
      each_child(value, [&](const JsonValue& child) { follow(child, number + 1, false); });
      return;
    case Step::Kind::descend: return descend(value, number);
    case Step::Kind::filter: return follow_filter(value, number, is_definite);
    case Step::Kind::function:
      if (const auto result = result_of(step.names[0], value); result || !is_definite) {
        return follow(result.value_or(JsonValue()), number + 1, is_definite);
      }
      return miss(is_definite);
  }
}

void Walk::follow_members(const JsonValue& value, size_t number, bool is_definite) {
  const Step& step = steps_[number];
  if (value.kind != JsonValue::Kind::object) {
    return miss(is_definite);
  }
  if (step.names.size() == 1) {
    return follow_member(value, step.names[0], number, is_definite);
  }
  if (!is_last(number)) {
    for (const std::string& name : step.names) {
      follow_member(value, name, number, false);
    }
    return;
  }
  JsonValue chosen;
  chosen.kind = JsonValue::Kind::object;
  for (const std::string& name : step.names) {
    if (const JsonValue* member = value.find(name)) {
      chosen.members.push_back({name, *member});
    }
  }
  follow(chosen, number + 1, is_definite);
}

void Walk::follow_member(const JsonValue& value, const std::string& name, size_t number,
                         bool is_definite) {
  if (const JsonValue* member = value.find(name)) {
    follow(*member, number + 1, is_definite);
  } else {
    miss(is_definite);
  }
}

void Walk::follow_element(const JsonValue& array, int64_t index, size_t number, bool is_definite) {
  const auto size = static_cast<int64_t>(array.elements.size());
  index = index < 0 ? size + index : index;
  if (index >= 0 && index < size) {
    follow(array.elements[static_cast<size_t>(index)], number + 1, is_definite);
  }
}

// [from:] and [:to] count from the end where negative. [from:to] does not count `to` so, and goes
// on from the last elements to the first where `from` alone is negative.
void Walk::follow_slice(const JsonValue& array, size_t number) {
  const Step& step = steps_[number];
  const auto size = static_cast<int64_t>(array.elements.size());
  int64_t from = step.begin.value_or(0);
  int64_t to = step.end.value_or(size);
  if (!step.end) {
    from = std::max<int64_t>(from < 0 ? size + from : from, 0);
  } else if (!step.begin) {
    to = to < 0 ? size + to : to;
  } else {
    from = std::max(from, -size);  // there is nothing ahead of that
  }
  for (int64_t index = from; index < std::min(to, size) && size > 0; ++index) {
    follow_element(array, index, number, false);
  }
}

void Walk::follow_filter(const JsonValue& value, size_t number, bool is_definite) {
  const auto take = [&](const JsonValue& candidate) {
    const std::optional<bool> takes = steps_[number].filter->takes(candidate, document_);
    refused = refused || !takes;
    if (takes.value_or(false)) {
      follow(candidate, number + 1, false);
    }
  };
  if (value.kind == JsonValue::Kind::object) {
    take(value);
  } else if (value.kind == JsonValue::Kind::array) {
    std::for_each(value.elements.begin(), value.elements.end(), take);
  } else {
    miss(is_definite);
  }
}

// The next step from each object and array at and below the value.
void Walk::descend(const JsonValue& value, size_t number) {
  if (value.is_scalar() || refused) {
    return;
  }
  const Step& next = steps_[number + 1];
  const bool of_arrays = next.kind == Step::Kind::elements || next.kind == Step::Kind::slice;
  if (next.kind == Step::Kind::all || of_arrays == (value.kind == JsonValue::Kind::array)) {
    follow(value, number + 1, false);
  }
  each_child(value, [&](const JsonValue& child) { descend(child, number); });
}

// "lax" or "strict", in any case, and the path behind it.
std::optional<JsonPath::Mode> accept_mode(std::string_view& text) {
  constexpr std::string_view kBlanks = " \t\n\v\f\r";
  std::string_view rest = text.substr(std::min(text.find_first_not_of(kBlanks), text.size()));
  for (const auto& [word, mode] : {std::pair(std::string_view("LAX"), JsonPath::Mode::lax),
                                   std::pair(std::string_view("STRICT"), JsonPath::Mode::strict)}) {
    const std::string_view behind = rest.substr(std::min(word.size(), rest.size()));
    const size_t path = behind.find_first_not_of(kBlanks);
    if (upper_case(rest.substr(0, word.size())) == word && path > 0 && path != behind.npos) {
      text = behind.substr(path);
      return mode;
    }
  }
  return std::nullopt;
}

}  // namespace

JsonPath::JsonPath(std::string_view text) {
  constexpr size_t kLongest = 4096;  // for filters lie within each other, and are read so
  if (text.size() > kLongest) {
    throw Error(ErrorCode::unsupported, "cannot use a JSON path of " + std::to_string(text.size()) +
                                            " bytes: it has " + std::to_string(kLongest) +
                                            " at most");
  }
  mode_ = accept_mode(text).value_or(Mode::strict);
  steps_ = read_json_path(text);
}

JsonPath::JsonPath(Mode mode, std::vector<JsonPathStep> steps)
    : mode_(mode), steps_(std::move(steps)) {}

bool JsonPath::is_definite() const {
  for (size_t i = 0; steps_ && i < steps_->size(); ++i) {
    if (!function::is_definite((*steps_)[i], i + 1 == steps_->size())) {
      return false;
    }
  }
  return true;
}

JsonPathResult JsonPath::find_in(const JsonValue& start, const JsonValue& document) const {
  using Kind = JsonPathResult::Kind;
  if (!steps_ || document.kind == JsonValue::Kind::null_) {
    return {Kind::failed};
  }
  Walk walk(*steps_, document, mode_ == Mode::strict);
  walk.follow(start, 0, true);
  if (walk.refused) {
    return {Kind::refused};
  }
  if (walk.failed) {
    return {Kind::failed};
  }
  if (!is_definite()) {
    return {Kind::value, JsonValue::array(std::move(walk.found))};
  }
  if (walk.found.empty()) {
    return {mode_ == Mode::lax ? Kind::nothing : Kind::failed};
  }
  return {Kind::value, std::move(walk.found.back())};
}

bool JsonPath::exists_in(const JsonValue& start, const JsonValue& document) const {
  return find_in(start, document).kind == JsonPathResult::Kind::value;
}

}  // namespace millrace::function
