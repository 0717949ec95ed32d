#include "base/utf8.h"

#include <doctest/doctest.h>

namespace millrace {

TEST_CASE("characters of every length are well formed") {
  for (const std::string_view text :
       {"", "a", "é", "€", "😀", "añ€😀z", "\xEF\xBF\xBF", "\xF4\x8F\xBF\xBF"}) {
    CAPTURE(text);
    CHECK(is_utf8(text));
    CHECK(with_replacements(text) == text);
    CHECK(with_escapes(text) == text);
  }
}

TEST_CASE("a malformed piece is replaced once, and shown byte by byte") {
  struct Case {
    std::string_view bytes;
    std::string_view replaced;
    std::string_view escaped;
  };
  for (const Case& c : {
           Case{"\xFF", "\uFFFD", "\\xFF"},
           Case{"a\x80z", "a\uFFFDz", "a\\x80z"},
           Case{"\xE2\x82", "\uFFFD", "\\xE2\\x82"},  // cut off
           Case{"\xE2\x82"
                "A",
                "\uFFFDA",
                "\\xE2\\x82"
                "A"},
           Case{"\xC0\xAF", "\uFFFD\uFFFD", "\\xC0\\xAF"},  // overlong
           Case{"\xE0\x9F\xBF", "\uFFFD\uFFFD\uFFFD", "\\xE0\\x9F\\xBF"},
           Case{"\xED\xA0\x80", "\uFFFD\uFFFD\uFFFD", "\\xED\\xA0\\x80"},  // surrogate
           Case{"\xF4\x90\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD", "\\xF4\\x90\\x80\\x80"},
           Case{"\xF0\x9F\x98", "\uFFFD", "\\xF0\\x9F\\x98"},
       }) {
    CAPTURE(c.escaped);
    CHECK_FALSE(is_utf8(c.bytes));
    CHECK(with_replacements(c.bytes) == c.replaced);
    CHECK(with_escapes(c.bytes) == c.escaped);
  }
}

TEST_CASE("a character is written by its code") {
  std::string text;
  for (const uint32_t code : {0x41U, 0xE9U, 0x20ACU, 0x1F600U}) {
    append_utf8(code, text);
  }
  CHECK(text == "A\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
}

}  // namespace millrace
