#include "function/value/regex_text.h"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "base/error.h"
#include "function/value/utf8.h"

namespace millrace::function {

void RegexText::enter() {
  constexpr size_t kDeepest = 250;  // as PCRE2 has it
  if (++depth_ > kDeepest) {
    throw Error(ErrorCode::unsupported,
                "cannot use a regular expression whose groups or classes lie more than " +
                    std::to_string(kDeepest) + " deep within each other");
  }
}

bool RegexText::accept(std::string_view word) {
  if (!text_.starts_with(word)) {
    return false;
  }
  text_.remove_prefix(word.size());
  return true;
}

bool RegexText::skip() {
  text_.remove_prefix(1);
  return true;
}

void RegexText::skip_line() {
  text_.remove_prefix(std::min(text_.find_first_of("\n\r"), text_.size()));
}

uint32_t RegexText::take_character() {
  size_t at = 0;
  const uint32_t code = take_code_point(text_, at);
  text_.remove_prefix(at);
  return code;
}

std::optional<uint32_t> RegexText::accept_code(size_t digits, int base) {
  uint32_t code = 0;
  const char* end = text_.data() + std::min(digits, text_.size());
  const auto [rest, failure] = std::from_chars(text_.data(), end, code, base);
  if (failure != std::errc() || rest != text_.data() + digits) {
    return std::nullopt;
  }
  text_.remove_prefix(digits);
  return code;
}

// \x41, \x{1F600}
std::optional<uint32_t> RegexText::accept_hexadecimal() {
  if (!accept("{")) {
    return accept_code(2, 16);
  }
  const size_t end = text_.find('}');
  const auto code = end == std::string_view::npos ? std::nullopt : accept_code(end, 16);
  return code && *code <= 0x10FFFF && accept("}") ? code : std::nullopt;
}

// A character may be two codes: 😀.
std::optional<uint32_t> RegexText::accept_utf16() {
  const auto high = accept_code(4, 16);
  if (!high || *high < 0xD800 || *high >= 0xDC00 || !is_at("\\u")) {
    return high;
  }
  const std::string_view before = text_;
  accept("\\u");
  const auto low = accept_code(4, 16);
  if (low && *low >= 0xDC00 && *low < 0xE000) {
    return 0x10000 + ((*high - 0xD800) << 10) + (*low - 0xDC00);
  }
  text_ = before;
  return high;
}

// One to three digits, no more than 377.
std::optional<uint32_t> RegexText::accept_octal() {
  size_t count = 0;
  while (count < text_.size() && count < 3 && text_[count] >= '0' && text_[count] <= '7') {
    ++count;
  }
  count = count == 3 && text_[0] > '3' ? 2 : count;
  return count == 0 ? std::nullopt : accept_code(count, 8);
}

std::optional<uint32_t> RegexText::take_escaped_character() {
  if (text_.size() < 2) {
    return std::nullopt;
  }
  accept("\\");
  const char c = peek();
  if (std::isalnum(static_cast<uint8_t>(c)) == 0) {
    return take_character();
  }
  skip();
  switch (c) {
    case 't': return '\t';
    case 'n': return '\n';
    case 'r': return '\r';
    case 'f': return '\f';
    case 'a': return 0x07;
    case 'e': return 0x1B;
    case '0': return accept_octal();
    case 'x': return accept_hexadecimal();
    case 'u': return accept_utf16();
    case 'c': return at_end() ? std::nullopt : std::optional(take_character() ^ 0x40U);
    default: return std::nullopt;
  }
}

std::optional<RegexFlags> RegexText::accept_flags(RegexFlags flags) {
  bool on = true;
  while (!at_end() && peek() != ')' && peek() != ':') {
    switch (peek()) {
      case 'i': flags.any_case = on; break;
      case 'u': flags.unicode_case = on; break;
      case 's': flags.dotall = on; break;
      case 'm': flags.multiline = on; break;
      case 'x': flags.comments = on; break;
      case 'd': flags.unix_lines = on; break;
      case 'U':
        throw Error(ErrorCode::unsupported,
                    "cannot use the flag U, classes of Unicode, in a regular expression: name " +
                        std::string("them, as in \\p{L}"));
      case '-':
        if (!on) {
          return std::nullopt;
        }
        on = false;
        break;
      default: return std::nullopt;
    }
    skip();
  }
  return flags;
}

std::string_view RegexText::accept_name() {
  size_t size = 0;
  while (size < text_.size() && std::isalnum(static_cast<uint8_t>(text_[size])) != 0 &&
         (size > 0 || std::isalpha(static_cast<uint8_t>(text_[0])) != 0)) {
    ++size;
  }
  const std::string_view name = text_.substr(0, size);
  text_.remove_prefix(size);
  return name;
}

size_t RegexText::accept_reference(size_t groups) {
  if (text_.size() < 2 || text_[0] != '\\' || text_[1] < '1' || text_[1] > '9') {
    return 0;
  }
  size_t number = static_cast<size_t>(text_[1] - '0');
  text_.remove_prefix(2);
  while (!at_end() && std::isdigit(static_cast<uint8_t>(peek())) != 0 &&
         number * 10 + static_cast<size_t>(peek() - '0') <= groups) {
    number = number * 10 + static_cast<size_t>(peek() - '0');
    skip();
  }
  return number;
}

std::string_view RegexText::accept_digits() {
  const size_t size = std::min(text_.find_first_not_of("0123456789"), text_.size());
  const std::string_view digits = text_.substr(0, size);
  text_.remove_prefix(size);
  return digits;
}

bool RegexText::accept_quantifier(std::string& times) {
  const std::string_view before = text_;
  if (accept("*") || accept("+") || accept("?")) {
    times = before.substr(0, 1);
    return true;
  }
  if (!accept("{")) {
    return true;
  }
  const std::string_view least = accept_digits();
  const bool has_bound = accept(",");
  const std::string_view most = has_bound ? accept_digits() : least;
  const bool is_good =
      !least.empty() && least.size() < 6 && most.size() < 6 && accept("}") &&
      (most.empty() || std::stoul(std::string(least)) <= std::stoul(std::string(most)));
  times = before.substr(0, before.size() - text_.size());
  return is_good;
}

}  // namespace millrace::function
