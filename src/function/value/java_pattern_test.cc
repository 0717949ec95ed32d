#include "function/value/java_pattern.h"

#include <doctest/doctest.h>

#include "base/error.h"

namespace millrace::function {

namespace {

// Every fit with brackets around it.
std::string marked(std::string_view pattern, std::string_view text) {
  const JavaPattern compiled(pattern);
  if (compiled.is_mistaken()) {
    return "no pattern";
  }
  const JavaPattern::Search search(compiled, text);
  std::string out;
  size_t copied = 0;
  std::string_view part;
  for (size_t at = 0; at <= text.size() && search.find(at, {&part, 1});) {
    const auto begin = static_cast<size_t>(part.data() - text.data());
    out += std::string(text.substr(copied, begin - copied)) + "[" + std::string(part) + "]";
    copied = begin + part.size();
    at = copied + (part.empty() ? 1 : 0);
  }
  return out + std::string(text.substr(std::min(copied, text.size())));
}

}  // namespace

TEST_CASE("plain expressions") {
  CHECK(marked("b+", "abba") == "a[bb]a");
  CHECK(marked("a|b", "cab") == "c[a][b]");
  CHECK(marked("(a)(b)?", "ab a") == "[ab] [a]");
  CHECK(marked("x*", "ax") == "[]a[x][]");
  CHECK(marked("o{2}", "foo") == "f[oo]");
  CHECK(marked("", "ab") == "[]a[]b[]");
}

TEST_CASE("look-around, references and possessive quantifiers") {
  CHECK(marked("foo(?=bar)", "foobar foo") == "[foo]bar foo");
  CHECK(marked("foo(?!bar)", "foobar foo") == "foobar [foo]");
  CHECK(marked("(?<=a)b", "ab cb") == "a[b] cb");
  CHECK(marked("(\\w)\\1", "aab") == "[aa]b");
  CHECK(marked("(?<c>\\w)\\k<c>", "aab") == "[aa]b");
  CHECK(marked("a++ab", "aaab") == "aaab");
  CHECK(marked("(?>a|ab)c", "abc ac") == "abc [ac]");
  CHECK(marked("(a)\\2", "aa") == "aa");  // there is no second group
}

TEST_CASE("ends of lines and words are Java's") {
  CHECK(marked("$", "a\n") == "a[]\n[]");
  CHECK(marked("$", "a\r\n") == "a[]\r\n[]");
  CHECK(marked("(?m)^.",
               "a\rb\r\nc\xE2\x80\xA8"
               "d") == "[a]\r[b]\r\n[c]\xE2\x80\xA8[d]");
  CHECK(marked("(?m)$", "a\r\nb") == "a[]\r\nb[]");
  CHECK(marked(".", "a\rb") == "[a]\r[b]");
  CHECK(marked("(?d).", "a\rb") == "[a][\r][b]");
  CHECK(marked("\\R", "a\r\nb\n") == "a[\r\n]b[\n]");
  CHECK(marked("\\bd",
               "\xC3\xA9"
               "d d") ==
        "\xC3\xA9"
        "d [d]");
}

TEST_CASE("classes within classes") {
  CHECK(marked("[a-c[x-z]]", "abdxy") == "[a][b]d[x][y]");
  CHECK(marked("[a-z&&[^aeiou]]", "abe") == "a[b]e");
  CHECK(marked("[a-z&&aeiou]", "abe") == "[a]b[e]");
  CHECK(marked("[^a-z&&[^0-9]]", "a1-") == "a[1][-]");
  CHECK(marked("[\\p{L}&&[^\\p{Lu}]]", "aB") == "[a]B");
  CHECK(marked("[]a]", "]a") == "[]][a]");
  CHECK(marked("[a\\-z]", "-b") == "[-]b");
  CHECK(marked("[[:alpha:]]", "a:b") == "[a][:]b");
}

TEST_CASE("cases fold in ASCII unless asked") {
  CHECK(marked("(?i)ab", "AB") == "[AB]");
  CHECK(marked("(?i)\xC3\xA9", "\xC3\x89") == "\xC3\x89");
  CHECK(marked("(?iu)\xC3\xA9", "\xC3\x89") == "[\xC3\x89]");
  CHECK(marked("a(?i)b(?-i)c", "aBc aBC") == "[aBc] aBC");
  CHECK(marked("(?i:a)b", "Ab AB") == "[Ab] AB");
}

TEST_CASE("escaped characters") {
  CHECK(marked("\\Qa.b\\E+", "a.bb axb") == "[a.bb] axb");
  CHECK(marked("\\x41\\u0042\\x{43}", "ABC") == "[ABC]");
  CHECK(marked("\\ud83d\\ude00", "\xF0\x9F\x98\x80") == "[\xF0\x9F\x98\x80]");
  CHECK(marked("\\t\\011\\cI", "\t\t\t") == "[\t\t\t]");
  CHECK(marked("(?x) a # b", "a") == "[a]");
}

TEST_CASE("what is no pattern") {
  for (const char* pattern : {"(a", ")", "[a", "*", "a**", "a+*", "{", "a{,2}", "a{2,1}", "\\y",
                              "a\\", "[b-a]", "(?<n>a)(?<n>b)", "\\k<n>", "(?y)"}) {
    CAPTURE(pattern);
    CHECK(marked(pattern, "a") == "no pattern");
  }
}

TEST_CASE("a text that takes too long fails") {
  const JavaPattern pattern("(?=a)(a+)+[bc]");
  CHECK_THROWS_AS((void)pattern.find(std::string(4000, 'a'), {}), Error);
  CHECK(pattern.find("ab", {}));
}

TEST_CASE("a long text is no reason to give up") {
  std::string text;
  for (int i = 0; i < 100'000; ++i) {
    text += "ab";
  }
  CHECK(JavaPattern("(?=a)(?:a|b)*c").find(text + "c", {}));
}

// Else the time would be the square of the text's length.
TEST_CASE("many fits in a text take a look at all of it once") {
  std::string text;
  for (int i = 0; i < 100'000; ++i) {
    text += "ab ";
  }
  const JavaPattern pattern("\\bab\\b");
  const JavaPattern::Search search(pattern, text);
  size_t fits = 0;
  std::string_view part;
  for (size_t at = 0; search.find(at, {&part, 1}); ++fits) {
    at = static_cast<size_t>(part.data() - text.data()) + part.size();
  }
  CHECK(fits == 100'000);
}

TEST_CASE("brackets that lie too deep within each other are refused") {
  for (const char* opening : {"(", "(?:", "[", "[a&&"}) {
    CAPTURE(opening);
    std::string pattern;
    for (int i = 0; i < 1'000'000; ++i) {
      pattern += opening;
    }
    CHECK_THROWS_WITH_AS(JavaPattern{pattern}, doctest::Contains("deep within each other"), Error);
  }
  CHECK(JavaPattern(std::string(200, '(') + "a" + std::string(200, ')')).fits_whole("a"));
}

TEST_CASE("a whole text") {
  CHECK(JavaPattern("a|ab").fits_whole("ab"));
  CHECK(JavaPattern("(?=a)(a|ab)").fits_whole("ab"));
  CHECK_FALSE(JavaPattern("a").fits_whole("ab"));
}

}  // namespace millrace::function
