#include "base/split.h"

#include <doctest/doctest.h>

namespace millrace {

TEST_CASE("a text is split into one piece more than it has separators") {
  using Pieces = std::vector<std::string_view>;
  CHECK(split("a;b", ';') == Pieces{"a", "b"});
  CHECK(split(";a;", ';') == Pieces{"", "a", ""});
  CHECK(split("", ';') == Pieces{""});
}

TEST_CASE("blanks are taken off both ends") {
  CHECK(trimmed("  a b ") == "a b");
  CHECK(trimmed("\t a", " \t") == "a");
  CHECK(trimmed("   ").empty());
  CHECK(trimmed("").empty());
}

}  // namespace millrace
