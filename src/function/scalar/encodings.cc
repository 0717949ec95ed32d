// Strings in other writings: base 64, hexadecimal, binary, character sets, URLs.

#include <algorithm>
#include <vector>

#include "base/ascii_case.h"
#include "base/hex.h"
#include "base/utf8.h"
#include "function/kernel.h"
#include "function/scalar/binding.h"
#include "function/scalar/families.h"
#include "function/value/base64.h"
#include "function/value/utf16.h"

namespace millrace::function {

namespace {

constexpr std::string_view kHex = "0123456789ABCDEF";

// make(text, out) appends the result to an empty `out`; false makes it NULL.
template <typename Make>
Column each_text(const KernelCall& call, Make make) {
  return map_present<ResultStrings, StringRef>(
      call,
      [&, out = std::string()](ResultStrings& to, uint32_t row, const StringRef& text) mutable {
        out.clear();
        if (make(text.view(), out)) {
          to.set(row, out);
        } else {
          to.set_null(row);
        }
      });
}

// --- Hexadecimal and binary ---

bool to_hex(std::string_view text, std::string& out) {
  append_large_hex(text, out);
  return true;
}

std::optional<int> digit_of(char c) {
  return c >= '0' && c <= '9'   ? std::optional(c - '0')
         : c >= 'a' && c <= 'f' ? std::optional(c - 'a' + 10)
         : c >= 'A' && c <= 'F' ? std::optional(c - 'A' + 10)
                                : std::nullopt;
}

// The first of an odd number of digits becomes a byte of zero, as in Flink.
bool from_hex(std::string_view text, std::string& out) {
  if (text.size() % 2 == 1) {
    if (!digit_of(text.front())) {
      return false;
    }
    out += '\0';
    text.remove_prefix(1);
  }
  for (; !text.empty(); text.remove_prefix(2)) {
    const auto high = digit_of(text[0]);
    const auto low = digit_of(text[1]);
    if (!high || !low) {
      return false;
    }
    out += static_cast<char>(*high * 16 + *low);
  }
  return true;
}

// The digits of a number of two's complement, `bits` to the digit.
template <int bits>
Column digits_of(const KernelCall& call) {
  return map_present<ResultStrings, int64_t>(
      call, [](ResultStrings& to, uint32_t row, int64_t number) {
        auto rest = static_cast<uint64_t>(number);
        std::string text;
        do {
          text.insert(text.begin(), kHex[rest & ((1U << bits) - 1)]);
          rest >>= bits;
        } while (rest != 0);
        to.set(row, text);
      });
}

Column character(const KernelCall& call) {
  return map_present<ResultStrings, int64_t>(
      call, [](ResultStrings& to, uint32_t row, int64_t number) {
        std::string text;
        if (number >= 0) {
          const auto code = static_cast<uint8_t>(number & 255);
          if (code < 128) {
            text += static_cast<char>(code);
          } else {
            text += static_cast<char>(0xC0 | code >> 6);
            text += static_cast<char>(0x80 | (code & 63));
          }
        }
        to.set(row, text);
      });
}

// --- Character sets ---

enum class CharacterSet : uint8_t { utf8, latin1, ascii, utf16, utf16_big, utf16_little };

std::optional<CharacterSet> character_set(std::string_view name) {
  const std::string upper = upper_case(name);
  return upper == "UTF-8"        ? std::optional(CharacterSet::utf8)
         : upper == "ISO-8859-1" ? std::optional(CharacterSet::latin1)
         : upper == "US-ASCII"   ? std::optional(CharacterSet::ascii)
         : upper == "UTF-16"     ? std::optional(CharacterSet::utf16)
         : upper == "UTF-16BE"   ? std::optional(CharacterSet::utf16_big)
         : upper == "UTF-16LE"   ? std::optional(CharacterSet::utf16_little)
                                 : std::nullopt;
}

bool is_utf16(CharacterSet set) {
  return set == CharacterSet::utf16 || set == CharacterSet::utf16_big ||
         set == CharacterSet::utf16_little;
}

// UTF-16 that says nothing else has the greater byte first, and a mark in front that says so.
std::string encoded_utf16(std::string_view text, CharacterSet set) {
  std::string out = set == CharacterSet::utf16 && !text.empty() ? "\xFE\xFF" : "";
  for (const char16_t code : to_utf16(text)) {
    const char high = static_cast<char>(code >> 8);
    const char low = static_cast<char>(code & 0xFF);
    out += set == CharacterSet::utf16_little ? low : high;
    out += set == CharacterSet::utf16_little ? high : low;
  }
  return out;
}

std::string decoded_utf16(std::string_view bytes, CharacterSet set) {
  bool is_little = set == CharacterSet::utf16_little;
  if (set == CharacterSet::utf16 &&
      (bytes.starts_with("\xFE\xFF") || bytes.starts_with("\xFF\xFE"))) {
    is_little = bytes.starts_with('\xFF');
    bytes.remove_prefix(2);
  }
  std::u16string codes;
  for (; bytes.size() >= 2; bytes.remove_prefix(2)) {
    const auto first = static_cast<uint8_t>(bytes[0]);
    const auto second = static_cast<uint8_t>(bytes[1]);
    codes += static_cast<char16_t>(is_little ? second << 8 | first : first << 8 | second);
  }
  return from_utf16(codes) + (bytes.empty() ? "" : "\xEF\xBF\xBD");
}

// What the set does not have becomes a question mark.
std::string encoded(std::string_view text, CharacterSet set) {
  if (set == CharacterSet::utf8) {
    return std::string(text);
  }
  if (is_utf16(set)) {
    return encoded_utf16(text, set);
  }
  std::string out;
  for (size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<uint8_t>(text[at]);
    const bool is_latin = byte >= 0xC2 && byte <= 0xC3 && at + 1 < text.size();
    if (byte < 128) {
      out += text[at];
    } else if (is_latin && set == CharacterSet::latin1) {
      out += static_cast<char>((byte & 3) << 6 | (static_cast<uint8_t>(text[++at]) & 63));
    } else if (byte >= 0xC0) {
      out += '?';
    }
  }
  return out;
}

std::string decoded(std::string_view bytes, CharacterSet set) {
  if (set == CharacterSet::utf8) {
    return with_replacements(bytes);
  }
  if (is_utf16(set)) {
    return decoded_utf16(bytes, set);
  }
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<uint8_t>(c);
    if (byte < 128) {
      out += c;
    } else if (set == CharacterSet::latin1) {
      out += static_cast<char>(0xC0 | byte >> 6);
      out += static_cast<char>(0x80 | (byte & 63));
    } else {
      out += "\xEF\xBF\xBD";
    }
  }
  return out;
}

template <std::string (*convert)(std::string_view, CharacterSet)>
Column converted(const KernelCall& call) {
  return map_present<ResultStrings, StringRef, StringRef>(
      call, [](ResultStrings& to, uint32_t row, const StringRef& text, const StringRef& name) {
        if (const auto set = character_set(name.view())) {
          to.set(row, convert(text.view(), *set));
        } else {
          to.fail(row,
                  "unknown character set '" + std::string(name.view()) +
                      "': there are UTF-8, UTF-16, UTF-16BE, UTF-16LE, ISO-8859-1 and US-ASCII");
        }
      });
}

// --- URLs ---

bool to_url(std::string_view text, std::string& out) {
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '.' || c == '-' || c == '*' || c == '_';
    if (plain) {
      out += c;
    } else if (c == ' ') {
      out += '+';
    } else {
      out += '%';
      to_hex({&c, 1}, out);
    }
  }
  return true;
}

bool from_url(std::string_view text, std::string& out) {
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      out += text[at] == '+' ? ' ' : text[at];
      continue;
    }
    const auto high = at + 2 < text.size() ? digit_of(text[at + 1]) : std::nullopt;
    const auto low = at + 2 < text.size() ? digit_of(text[at + 2]) : std::nullopt;
    if (!high || !low) {
      return false;
    }
    out += static_cast<char>(*high * 16 + *low);
    at += 2;
  }
  return true;
}

// --- Characters ---

std::vector<std::string_view> characters_of(std::string_view all) {
  std::vector<std::string_view> parts;
  for (size_t at = 0; at < all.size();) {
    size_t end = at + 1;
    while (end < all.size() && (static_cast<uint8_t>(all[end]) & 0xC0) == 0x80) {
      ++end;
    }
    parts.push_back(all.substr(at, end - at));
    at = end;
  }
  return parts;
}

// Each character of `from` becomes the one at its place in `into`, or nothing where there is none.
std::string translate(std::string_view text, std::string_view from, std::string_view into) {
  const auto known = characters_of(from);
  const auto replacements = characters_of(into);
  std::string out;
  for (const std::string_view one : characters_of(text)) {
    const auto found = std::find(known.begin(), known.end(), one);
    const auto place = static_cast<size_t>(found - known.begin());
    out += found == known.end()          ? one
           : place < replacements.size() ? replacements[place]
                                         : std::string_view();
  }
  return out;
}

// As in Flink NULL is only the text: no characters stand for the others.
Column translated(const KernelCall& call) {
  ResultStrings result(call);
  const View<StringRef> text(call.arguments[0]);
  const View<StringRef> from(call.arguments[1]);
  const View<StringRef> into(call.arguments[2]);
  const auto characters = [](const View<StringRef>& of, uint32_t row) {
    return of.is_null(row) ? std::string_view() : of[row].view();
  };
  for_each_present(
      call.rows, result,
      [&](uint32_t row) {
        result.set(row, translate(text[row].view(), characters(from, row), characters(into, row)));
      },
      text);
  return result.finish();
}

using Types = std::span<const Type>;
constexpr auto kText = Accepts::text;

template <bool (*make)(std::string_view, std::string&)>
Column each_made(const KernelCall& call) {
  return each_text(call, make);
}

Column each_to_base64(const KernelCall& call) {
  return each_text(call, [](std::string_view text, std::string& out) {
    append_base64(text, out);
    return true;
  });
}

Column each_from_base64(const KernelCall& call) {
  return map_present<ResultStrings, StringRef>(
      call, [](ResultStrings& to, uint32_t row, const StringRef& text) {
        std::string out;
        if (append_from_base64(text.view(), out)) {
          to.set(row, out);
        } else {
          to.fail(row, "'" + std::string(text.view()) + "' is not in base 64");
        }
      });
}

std::optional<ScalarSignature> bind_translate(std::string_view name, Types given) {
  auto signature =
      strict(name, fitted(given, {kText, kText, kText}, 3), Type::string(), translated);
  if (signature) {
    signature->result.nullable = signature->arguments[0].nullable;
  }
  return signature;
}

std::optional<ScalarSignature> bind_hex(Types given) {
  if (given.size() == 1 && given[0].is_integer()) {
    return strict("HEX", fitted(given, {Accepts::whole}, 1), Type::string(), digits_of<4>);
  }
  const bool is_number = given.size() == 1 && given[0].is_numeric();
  return is_number ? std::nullopt
                   : strict("HEX", fitted(given, {kText}, 1), Type::string(), each_made<to_hex>);
}

std::optional<ScalarSignature> bind_decode(Types given) {
  if (given.size() != 2 || !given[0].is_binary() || !given[1].is_string()) {
    return std::nullopt;
  }
  return strict("DECODE", std::vector<Type>{given[0], given[1]}, Type::string(),
                converted<decoded>);
}

constexpr ScalarFunction kFunctions[] = {
    {"BIN", "BIN(number)", "The number in binary digits.",
     [](Types given) {
       return strict("BIN", fitted(given, {Accepts::whole}, 1), Type::string(), digits_of<1>);
     }},
    {"CHR", "CHR(number)", "The character of this code, of which the last eight bits count.",
     [](Types given) {
       return partial("CHR", fitted(given, {Accepts::whole}, 1), Type::string(), character);
     }},
    {"DECODE", "DECODE(bytes, character_set)", "The text that the bytes are in the character set.",
     bind_decode},
    {"ENCODE", "ENCODE(string, character_set)", "The text as bytes in the character set.",
     [](Types given) {
       return strict("ENCODE", fitted(given, {kText, kText}, 2), Type::bytes(), converted<encoded>);
     }},
    {"FROM_BASE64", "FROM_BASE64(string)", "The text that was written in base 64.",
     [](Types given) {
       return strict("FROM_BASE64", fitted(given, {Accepts::bytes}, 1), Type::string(),
                     each_from_base64);
     }},
    {"HEX", "HEX(number), HEX(string)", "In hexadecimal digits.", bind_hex},
    {"TO_BASE64", "TO_BASE64(string)", "The text in base 64.",
     [](Types given) {
       return strict("TO_BASE64", fitted(given, {Accepts::bytes}, 1), Type::string(),
                     each_to_base64);
     }},
    {"TRANSLATE", "TRANSLATE(string, from, to)",
     "Each character of `from` replaced by the one at its place in `to`.",
     [](Types given) { return bind_translate("TRANSLATE", given); }},
    {"TRANSLATE3", "TRANSLATE3(string, from, to)", "The same as TRANSLATE.",
     [](Types given) { return bind_translate("TRANSLATE3", given); }},
    {"UNHEX", "UNHEX(string)", "The bytes of hexadecimal digits; NULL of others.",
     [](Types given) {
       return partial("UNHEX", fitted(given, {kText}, 1), Type::bytes(), each_made<from_hex>);
     }},
    {"URL_DECODE", "URL_DECODE(string)", "The text that was written for a URL; NULL of no such.",
     [](Types given) {
       return partial("URL_DECODE", fitted(given, {kText}, 1), Type::string(), each_made<from_url>);
     }},
    {"URL_ENCODE", "URL_ENCODE(string)", "The text as a form's field in a URL.",
     [](Types given) {
       return partial("URL_ENCODE", fitted(given, {kText}, 1), Type::string(), each_made<to_url>);
     }},
};

}  // namespace

std::span<const ScalarFunction> encoding_functions() { return kFunctions; }

}  // namespace millrace::function
