#include "function/value/json_filter.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "function/value/json_path_reader.h"
#include "function/value/number_text.h"

namespace millrace::function {

namespace {

using Filter = JsonFilter;
using FilterPtr = std::shared_ptr<const JsonFilter>;
using Comparison = JsonFilter::Comparison;
using Kind = JsonValue::Kind;

// --- What it takes ---

// A side's value; nothing where its path leads nowhere.
std::optional<JsonValue> value_of(const JsonOperand& operand, const JsonValue& value,
                                  const JsonValue& document) {
  if (!operand.path) {
    return operand.literal;
  }
  JsonPathResult result = operand.path->find_in(operand.from_root ? document : value, document);
  return result.kind == JsonPathResult::Kind::value ? std::optional(std::move(result.value))
                                                    : std::nullopt;
}

std::optional<double> number_of(const JsonValue& value) {
  return value.kind == Kind::number || value.kind == Kind::text ? parse_double(value.text)
                                                                : std::nullopt;
}

bool are_equal(const JsonValue& left, const JsonValue& right) {
  if (left.kind == Kind::number && (right.kind == Kind::number || right.kind == Kind::text)) {
    const auto number = number_of(right);
    return number && *number_of(left) == *number;
  }
  if (left.kind == Kind::text && (right.kind == Kind::number || right.kind == Kind::text)) {
    return left.text == right.text;
  }
  return left.kind == right.kind && left.truth == right.truth;
}

bool is_ordered(Comparison comparison, const JsonValue& left, const JsonValue& right) {
  const bool comparable =
      left.kind == right.kind && (left.kind == Kind::number || left.kind == Kind::text);
  if (!comparable) {
    return false;
  }
  const bool is_number = left.kind == Kind::number;
  const bool less = is_number ? *number_of(left) < *number_of(right) : left.text < right.text;
  const bool greater = is_number ? *number_of(left) > *number_of(right) : left.text > right.text;
  switch (comparison) {
    case Comparison::less: return less;
    case Comparison::less_equal: return !greater;
    case Comparison::greater: return greater;
    case Comparison::greater_equal: return !less;
    case Comparison::equal:
    case Comparison::same:
    case Comparison::matches: break;
  }
  return false;
}

std::string text_for_pattern(const JsonValue& value) {
  return value.kind == Kind::boolean ? (value.truth ? "true" : "false") : value.text;
}

bool holds(const Filter& filter, const std::optional<JsonValue>& left,
           const std::optional<JsonValue>& right) {
  if (filter.comparison == Comparison::matches) {
    const JavaPattern* pattern = filter.operands[1].pattern.get();
    return pattern != nullptr && left && pattern->fits_whole(text_for_pattern(*left));
  }
  if (!left || !right) {
    return false;
  }
  if (filter.comparison == Comparison::equal) {
    return are_equal(*left, *right);
  }
  return filter.comparison == Comparison::same
             ? left->kind == right->kind && are_equal(*left, *right)
             : is_ordered(filter.comparison, *left, *right);
}

std::optional<bool> compare(const Filter& filter, const JsonValue& value,
                            const JsonValue& document) {
  const auto left = value_of(filter.operands[0], value, document);
  const auto right = value_of(filter.operands[1], value, document);
  if ((left && !left->is_scalar()) || (right && !right->is_scalar())) {
    return std::nullopt;
  }
  return holds(filter, left, right) != filter.negated;
}

// --- Its text ---

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  FilterPtr read() {
    FilterPtr filter = read_parts(Filter::Kind::or_);
    skip_blanks();
    return at_ == text_.size() ? filter : nullptr;
  }

 private:
  bool accept(std::string_view word) {
    skip_blanks();
    if (!text_.substr(at_).starts_with(word)) {
      return false;
    }
    at_ += word.size();
    return true;
  }
  void skip_blanks() { at_ = std::min(text_.find_first_not_of(' ', at_), text_.size()); }
  char peek() const { return at_ < text_.size() ? text_[at_] : 0; }

  FilterPtr read_parts(Filter::Kind kind) {
    const bool is_or = kind == Filter::Kind::or_;
    std::vector<FilterPtr> parts;
    do {
      parts.push_back(is_or ? read_parts(Filter::Kind::and_) : read_part());
      if (parts.back() == nullptr) {
        return nullptr;
      }
    } while (accept(is_or ? "||" : "&&"));
    return parts.size() == 1 ? parts.front()
                             : std::make_shared<const Filter>(Filter{kind, std::move(parts)});
  }

  FilterPtr read_part() {
    const size_t start = at_;
    if (accept("!")) {
      skip_blanks();
      if (peek() != '@' && peek() != '$') {
        FilterPtr part = read_part();
        return part == nullptr ? nullptr
                               : std::make_shared<const Filter>(Filter{Filter::Kind::not_, {part}});
      }
      at_ = start;
    }
    if (accept("(")) {
      FilterPtr inside = read_parts(Filter::Kind::or_);
      return inside != nullptr && accept(")") ? inside : nullptr;
    }
    return read_comparison();
  }

  FilterPtr read_comparison() {
    Filter filter{Filter::Kind::compare};
    const bool is_negated = accept("!");
    std::optional<JsonOperand> left = read_operand();
    if (!left) {
      return nullptr;
    }
    const size_t behind = at_;
    if (read_operator(filter)) {
      std::optional<JsonOperand> right = read_operand();
      if (right) {
        filter.operands = {std::move(*left), std::move(*right)};
        return std::make_shared<const Filter>(std::move(filter));
      }
    }
    at_ = behind;
    if (!left->path) {
      return nullptr;
    }
    Filter exists{Filter::Kind::exists};
    exists.negated = is_negated;
    exists.operands.push_back(std::move(*left));
    return std::make_shared<const Filter>(std::move(exists));
  }

  bool read_operator(Filter& filter) {
    struct Sign {
      std::string_view text;
      Comparison comparison;
      bool negated = false;
    };
    static constexpr std::array<Sign, 9> kSigns = {{{"===", Comparison::same},
                                                    {"!==", Comparison::same, true},
                                                    {"==", Comparison::equal},
                                                    {"!=", Comparison::equal, true},
                                                    {"<=", Comparison::less_equal},
                                                    {">=", Comparison::greater_equal},
                                                    {"=~", Comparison::matches},
                                                    {"<", Comparison::less},
                                                    {">", Comparison::greater}}};
    for (const Sign& sign : kSigns) {
      if (accept(sign.text)) {
        filter.comparison = sign.comparison;
        filter.negated = sign.negated;
        return true;
      }
    }
    for (const std::string_view word : {"in ", "nin ", "subsetof ", "anyof ", "noneof ", "all ",
                                        "size ", "contains ", "empty ", "type "}) {
      if (accept(word)) {
        throw Error(ErrorCode::unsupported,
                    "cannot use '" + std::string(word.substr(0, word.size() - 1)) +
                        "' in the filter of a JSON path: there are ==, !=, <, <=, >, >= and =~");
      }
    }
    return false;
  }

  std::optional<JsonOperand> read_operand() {
    skip_blanks();
    switch (peek()) {
      case '@':
      case '$': return read_path();
      case '\'':
      case '"': return read_text();
      case '/': return read_pattern();
      default: return read_word();
    }
  }

  // Up to a blank or an operator, past what is in brackets.
  std::optional<JsonOperand> read_path() {
    const size_t start = at_;
    int depth = 0;
    for (; at_ < text_.size(); ++at_) {
      const char c = peek();
      const bool opens = c == '[' || c == '(';
      const bool closes = c == ']' || c == ')';
      if (depth == 0 && (closes || std::string_view(" <>=~!").find(c) != std::string_view::npos)) {
        break;
      }
      depth += opens ? 1 : closes ? -1 : 0;
    }
    JsonOperand operand;
    operand.from_root = text_[start] == '$';
    auto steps = read_json_path(text_.substr(start, at_ - start));
    if (!steps) {
      return std::nullopt;
    }
    operand.path.emplace(JsonPath::Mode::strict, std::move(*steps));
    return operand;
  }

  std::optional<JsonOperand> read_text() {
    const char quote = peek();
    JsonOperand operand;
    operand.literal.kind = Kind::text;
    for (++at_; at_ < text_.size() && peek() != quote; ++at_) {
      at_ += peek() == '\\' ? 1 : 0;
      operand.literal.text += at_ < text_.size() ? std::string(1, peek()) : "";
    }
    const bool is_closed = at_ < text_.size();
    at_ += is_closed ? 1 : 0;
    return is_closed ? std::optional(std::move(operand)) : std::nullopt;
  }

  // /pattern/ and its flags.
  std::optional<JsonOperand> read_pattern() {
    const size_t start = ++at_;
    while (at_ < text_.size() && peek() != '/') {
      at_ += peek() == '\\' ? 2 : 1;
    }
    if (at_ >= text_.size()) {
      return std::nullopt;
    }
    std::string pattern(text_.substr(start, at_ - start));
    const size_t flags = ++at_;
    at_ = std::min(text_.find_first_not_of("idmsuxU", at_), text_.size());
    if (at_ > flags) {
      pattern = "(?" + std::string(text_.substr(flags, at_ - flags)) + ")" + pattern;
    }
    JsonOperand operand;
    operand.pattern = std::make_shared<const JavaPattern>(pattern);
    return operand.pattern->is_mistaken() ? std::nullopt : std::optional(std::move(operand));
  }

  // A number, true, false or null.
  std::optional<JsonOperand> read_word() {
    const size_t end = std::min(text_.find_first_of(" )&|<>=!", at_), text_.size());
    auto value = parse_json(text_.substr(at_, end - at_));
    at_ = end;
    if (!value || !value->is_scalar()) {
      return std::nullopt;
    }
    JsonOperand operand;
    operand.literal = std::move(*value);
    return operand;
  }

  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace

std::optional<bool> JsonFilter::takes(const JsonValue& value, const JsonValue& document) const {
  switch (kind) {
    case Kind::exists: {
      const JsonValue& start = operands[0].from_root ? document : value;
      return operands[0].path->exists_in(start, document) != negated;
    }
    case Kind::compare: return compare(*this, value, document);
    case Kind::not_: {
      const auto taken = parts[0]->takes(value, document);
      return taken ? std::optional(!*taken) : std::nullopt;
    }
    case Kind::or_:
    case Kind::and_: break;
  }
  const bool decides = kind == Kind::or_;
  for (const auto& part : parts) {
    const auto taken = part->takes(value, document);
    if (!taken || *taken == decides) {
      return taken;
    }
  }
  return !decides;
}

std::shared_ptr<const JsonFilter> read_json_filter(std::string_view text) {
  return Reader(text).read();
}

}  // namespace millrace::function
