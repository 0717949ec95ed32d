#include "function/value/json_value.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <map>

#include "base/json.h"
#include "base/utf8.h"
#include "function/value/java_decimal.h"

namespace millrace::function {

JsonValue JsonValue::number(std::string written) {
  JsonValue value;
  value.kind = Kind::number;
  value.text = std::move(written);
  return value;
}

JsonValue JsonValue::array(std::vector<JsonValue> elements) {
  JsonValue value;
  value.kind = Kind::array;
  value.elements = std::move(elements);
  return value;
}

const JsonValue* JsonValue::find(std::string_view name) const {
  const JsonValue* found = nullptr;
  for (const auto& [key, member] : members) {
    found = key == name ? &member : found;
  }
  return found;
}

namespace {

// Reads values from the front of a text. Each function gives false where there is none.
class Reader {
 public:
  explicit Reader(std::string_view text, JsonNumbers numbers = JsonNumbers::as_decimals)
      : text_(text), numbers_(numbers) {}

  bool at_end() {
    skip_blanks();
    return text_.empty();
  }

  bool read(JsonValue& value) {
    skip_blanks();
    return !text_.empty() && read_value(value);
  }

 private:
  // As Jackson has them, with which Flink reads: objects and arrays in each other, and the digits
  // of a number.
  static constexpr size_t kDeepest = 1000;
  static constexpr size_t kMostDigits = 1000;
  static constexpr std::string_view kBlanks = " \t\n\r";

  void skip_blanks() {
    text_.remove_prefix(std::min(text_.find_first_not_of(kBlanks), text_.size()));
  }
  bool accept(std::string_view word) {
    if (!text_.starts_with(word)) {
      return false;
    }
    text_.remove_prefix(word.size());
    return true;
  }
  bool accept_sign(char c) {
    skip_blanks();
    return accept({&c, 1});
  }

  // What a name goes on with in Java. (Jackson takes some signs for it that are not ASCII's, such
  // as dashes, for the end.)
  static bool goes_on(char c) {
    const auto byte = static_cast<uint8_t>(c);
    return std::isalnum(byte) != 0 || c == '_' || byte >= 0x7F;
  }
  // Not the beginning of a longer one.
  bool accept_word(std::string_view word) {
    return accept(word) && (text_.empty() || !goes_on(text_.front()));
  }

  bool read_value(JsonValue& value) {
    switch (text_.front()) {
      case '{':
      case '[': return read_nested(value);
      case '"': value.kind = JsonValue::Kind::text; return read_text(value.text);
      case 't':
      case 'f':
        value.kind = JsonValue::Kind::boolean;
        value.truth = text_.front() == 't';
        return accept_word(value.truth ? "true" : "false");
      case 'n': return accept_word("null");
      default: return read_infinity(value) || read_number(value);
    }
  }

  bool read_nested(JsonValue& value) {
    if (depth_ == kDeepest) {
      return false;
    }
    ++depth_;
    const bool good = text_.starts_with('{') ? read_object(value) : read_array(value);
    --depth_;
    return good;
  }

  bool read_object(JsonValue& value) {
    value.kind = JsonValue::Kind::object;
    accept("{");
    if (accept_sign('}')) {
      return true;
    }
    do {
      skip_blanks();
      auto& [name, member] = value.members.emplace_back();
      if (!text_.starts_with('"') || !read_text(name) || !accept_sign(':') || !read(member)) {
        return false;
      }
    } while (accept_sign(','));
    return accept_sign('}');
  }

  bool read_array(JsonValue& value) {
    value.kind = JsonValue::Kind::array;
    accept("[");
    if (accept_sign(']')) {
      return true;
    }
    do {
      if (!read(value.elements.emplace_back())) {
        return false;
      }
    } while (accept_sign(','));
    return accept_sign(']');
  }

  size_t digits_from(size_t at) const {
    return std::min(text_.find_first_not_of("0123456789", at), text_.size()) - at;
  }
  bool read_infinity(JsonValue& value) {
    for (const std::string_view written : {"Infinity", "-Infinity"}) {
      if (numbers_ == JsonNumbers::of_variant && accept(written)) {
        value = JsonValue::number(std::string(written));
        return true;
      }
    }
    return false;
  }
  bool read_number(JsonValue& value) {
    size_t at = text_.front() == '-' ? 1 : 0;
    const size_t whole = digits_from(at);
    if (whole == 0 || (whole > 1 && text_[at] == '0')) {
      return false;
    }
    size_t digits = text_[at] == '0' ? 0 : whole;
    at += whole;
    const size_t behind_whole = at;
    if (at < text_.size() && text_[at] == '.') {
      const size_t fraction = digits_from(at + 1);
      if (fraction == 0) {
        return false;
      }
      at += 1 + fraction;
      digits += fraction;
    }
    if (at < text_.size() && (text_[at] == 'e' || text_[at] == 'E')) {
      ++at;
      at += at < text_.size() && (text_[at] == '+' || text_[at] == '-') ? 1 : 0;
      const size_t exponent = digits_from(at);
      if (exponent == 0) {
        return false;
      }
      at += exponent;
      digits += exponent;
    }
    const bool ends = at == text_.size() || kBlanks.find(text_[at]) != kBlanks.npos;
    if (digits > kMostDigits || (depth_ == 0 && !ends)) {
      return false;
    }
    const std::string_view written = text_.substr(0, at);
    value = JsonValue::number(numbers_ != JsonNumbers::as_decimals ? std::string(written)
                              : at > behind_whole                  ? java_decimal(written)
                                                  : std::string(written == "-0" ? "0" : written));
    text_.remove_prefix(at);
    return true;
  }

  bool read_text(std::string& out) {
    accept("\"");
    while (!text_.empty()) {
      const char c = text_.front();
      if (static_cast<uint8_t>(c) < 0x20) {
        return false;
      }
      text_.remove_prefix(1);
      if (c == '"') {
        return true;
      }
      if (c != '\\') {
        out += c;
      } else if (!read_escape(out)) {
        return false;
      }
    }
    return false;
  }

  bool read_escape(std::string& out) {
    static constexpr std::string_view kWritten = "\"\\/bfnrt";
    static constexpr std::string_view kMeant = "\"\\/\b\f\n\r\t";
    if (text_.empty()) {
      return false;
    }
    const char c = text_.front();
    text_.remove_prefix(1);
    if (c == 'u') {
      return read_code(out);
    }
    const size_t place = kWritten.find(c);
    if (place == std::string_view::npos) {
      return false;
    }
    out += kMeant[place];
    return true;
  }

  std::optional<uint32_t> read_four_digits() {
    uint32_t code = 0;
    if (text_.size() < 4) {
      return std::nullopt;
    }
    const auto [rest, failure] = std::from_chars(text_.data(), text_.data() + 4, code, 16);
    if (failure != std::errc() || rest != text_.data() + 4) {
      return std::nullopt;
    }
    text_.remove_prefix(4);
    return code;
  }

  // \uD83D\uDE00 is one character of two codes. Half of one is a question mark, as where Java
  // writes such text as UTF-8.
  bool read_code(std::string& out) {
    const auto code = read_four_digits();
    if (!code) {
      return false;
    }
    const bool is_half = *code >= 0xD800 && *code < 0xE000;
    if (!is_half) {
      append_utf8(*code, out);
    } else if (const auto low = *code < 0xDC00 ? accept_low_half() : std::nullopt) {
      append_utf8(0x10000 + ((*code - 0xD800) << 10) + (*low - 0xDC00), out);
    } else {
      out += '?';
    }
    return true;
  }

  std::optional<uint32_t> accept_low_half() {
    const std::string_view before = text_;
    const auto low = accept("\\u") ? read_four_digits() : std::nullopt;
    if (low && *low >= 0xDC00 && *low < 0xE000) {
      return low;
    }
    text_ = before;
    return std::nullopt;
  }

  std::string_view text_;
  JsonNumbers numbers_;
  size_t depth_ = 0;
};

}  // namespace

std::optional<JsonValue> parse_json(std::string_view text) {
  Reader reader(text);
  JsonValue value;
  return reader.read(value) && reader.at_end() ? std::optional(std::move(value)) : std::nullopt;
}

std::optional<JsonValue> parse_leading_json(std::string_view text, JsonNumbers numbers) {
  Reader reader(text, numbers);
  JsonValue value;
  return reader.read(value) ? std::optional(std::move(value)) : std::nullopt;
}

// As Java orders text, by its UTF-16: what needs two codes comes before the last 8192 of one code.
struct ByCodes {
  static bool is_last(char c) { return static_cast<uint8_t>(c) >= 0xEE; }
  bool operator()(std::string_view a, std::string_view b) const {
    const auto [left, right] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
    if (left == a.end() || right == b.end()) {
      return right != b.end();
    }
    const bool swaps =
        is_last(*left) && is_last(*right) &&
        (static_cast<uint8_t>(*left) >= 0xF0) != (static_cast<uint8_t>(*right) >= 0xF0);
    return (static_cast<uint8_t>(*left) < static_cast<uint8_t>(*right)) != swaps;
  }
};

static void append_object(const JsonValue& value, std::string& out) {
  std::map<std::string_view, const JsonValue*, ByCodes> members;
  for (const auto& [name, member] : value.members) {
    members[name] = &member;
  }
  out += '{';
  std::string_view separator;
  for (const auto& [name, member] : members) {
    out += separator;
    append_json_string(name, out);
    out += ':';
    append_json(*member, out);
    separator = ",";
  }
  out += '}';
}

void append_json(const JsonValue& value, std::string& out) {
  switch (value.kind) {
    case JsonValue::Kind::null_: out += "null"; return;
    case JsonValue::Kind::boolean: out += value.truth ? "true" : "false"; return;
    case JsonValue::Kind::number: out += value.text; return;
    case JsonValue::Kind::text: append_json_string(value.text, out); return;
    case JsonValue::Kind::object: append_object(value, out); return;
    case JsonValue::Kind::array: break;
  }
  out += '[';
  for (size_t i = 0; i < value.elements.size(); ++i) {
    out += i > 0 ? "," : "";
    append_json(value.elements[i], out);
  }
  out += ']';
}

}  // namespace millrace::function
