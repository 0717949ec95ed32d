#include "function/value/json_value.h"

#include <doctest/doctest.h>

namespace millrace::function {

// What Java lets go on with a name goes on with a word; anything else stands behind the value.
TEST_CASE("a word of JSON ends where a longer one cannot") {
  for (const char* text :
       {"true", "false ", "null,", "true]", "false}", "null\"", "true-", "false$"}) {
    CAPTURE(text);
    CHECK(parse_leading_json(text));
  }
  for (const char* text :
       {"truest", "false0", "nullX", "true_", "false_1", "null\xC3\xA9", "true\x7F", "[true_]"}) {
    CAPTURE(text);
    CHECK(!parse_leading_json(text));
  }
}

}  // namespace millrace::function
