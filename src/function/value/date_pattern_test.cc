#include "function/value/date_pattern.h"

#include <doctest/doctest.h>

#include "base/error.h"

using namespace millrace;
using namespace millrace::function;

static std::string repeated(std::string_view text, size_t times) {
  std::string all;
  for (; times > 0; --times) {
    all += text;
  }
  return all;
}

TEST_CASE("sections of a time pattern lie in one another") {
  const DatePattern pattern(repeated("['x'", 100));
  CHECK(pattern.parse("").has_value());
  CHECK(pattern.parse(std::string(100, 'x')).has_value());
  CHECK_FALSE(pattern.parse(std::string(101, 'x')).has_value());
}

TEST_CASE("sections that would use up the stack are refused") {
  CHECK_THROWS_AS(DatePattern(repeated("['x'", 101)), Error);
  CHECK_THROWS_AS(DatePattern(repeated("['x'", 1'000'000)), Error);
}
