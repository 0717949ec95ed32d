#include "function/value/required_text.h"

#include <doctest/doctest.h>

namespace millrace::function {

static std::string shown(std::string_view pattern) {
  const RequiredText found = required_text(pattern);
  return found.text + " " + (found.most_before ? std::to_string(*found.most_before) : "any");
}

TEST_CASE("what a text must hold for a regular expression to fit") {
  CHECK(shown("abc") == "abc 0");
  CHECK(shown("(&|^)channel_id=([^&]*)") == "channel_id= 1");
  CHECK(shown("^id=") == "id= 0");
  CHECK(shown(".x") == "x 4");
  CHECK(shown("[0-9]?-abc") == "-abc 4");
  CHECK(shown("[]a]bc") == "bc 4");
  CHECK(shown("[^]a]bc") == "bc 4");
  CHECK(shown("[^^]bc") == "bc 4");
  CHECK(shown("[^^]a|b]xyz") == " 0");
  CHECK(shown("(ab)?cde") == "cde 2");
  CHECK(shown("é=abc") == "=abc 2");
}

TEST_CASE("of the bytes before it there may be no bound") {
  CHECK(shown("a+bcd") == "bcd any");
  CHECK(shown("[a-z]*=1") == "=1 any");
  CHECK(shown("x*yz") == "yz any");
  CHECK(shown(".*abc") == "abc any");
  CHECK(shown("(ab)*cde") == "cde any");
}

TEST_CASE("the longest run counts, and what may be missing is none of it") {
  CHECK(shown("ab.cde.f") == "cde 6");
  CHECK(shown("abc?d") == "ab 0");
  CHECK(shown("abcd*") == "abc 0");
  CHECK(shown("ab+c") == "ab 0");
}

TEST_CASE("expressions that are not plain require nothing") {
  for (const char* pattern :
       {"abc|def", "a\\dbc", "(?i)abc", "a{0}bc", "[[:alpha:]]abc", "[abc", "][", "][^", ""}) {
    CHECK(required_text(pattern).text.empty());
  }
}

}  // namespace millrace::function
