#include "change/difference.h"

#include <doctest/doctest.h>

namespace millrace::change {

TEST_CASE("two texts as one") {
  using Lines = std::vector<std::string>;
  CHECK(difference_of_lines("a\nb\nc\n", "a\nx\nc\nd\n") ==
        Lines{"  a", "- b", "+ x", "  c", "+ d"});
  CHECK(difference_of_lines("", "a\n") == Lines{"+ a"});
  CHECK(difference_of_lines("a\n", "") == Lines{"- a"});
  CHECK(difference_of_lines("a\nb\n", "a\nb\n") == Lines{"  a", "  b"});
}

}  // namespace millrace::change
