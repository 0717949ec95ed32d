#include "change/comparison.h"

#include <doctest/doctest.h>

namespace millrace::change {

TEST_CASE("rows of both cancel out, whichever comes first") {
  Comparison comparison;
  comparison.add(Side::old_version, "t", false, "a", "");
  comparison.add(Side::new_version, "t", false, "b", "");
  comparison.add(Side::new_version, "t", false, "a", "");
  comparison.add(Side::old_version, "t", false, "b", "");
  comparison.add(Side::old_version, "t", false, "c", "");
  comparison.add(Side::old_version, "t", false, "c", "");
  comparison.add(Side::new_version, "t", false, "c", "");
  const auto tables = comparison.tables();
  REQUIRE(tables.size() == 1);
  CHECK(tables[0].equal == 3);
  CHECK(tables[0].only_old == 1);
  CHECK(tables[0].only_new == 0);
  CHECK(tables[0].samples_old == std::vector<std::string>{"c"});
}

TEST_CASE("retractions take rows away; a key has its last row") {
  Comparison comparison;
  comparison.add(Side::old_version, "t", false, "a", "");
  comparison.add(Side::old_version, "t", true, "a", "");
  comparison.add(Side::new_version, "t", false, "b", "");
  comparison.add(Side::old_version, "keyed", false, "1 | x", "1");
  comparison.add(Side::old_version, "keyed", false, "1 | y", "1");
  comparison.add(Side::new_version, "keyed", false, "1 | y", "1");
  comparison.add(Side::new_version, "keyed", false, "2 | z", "2");
  comparison.add(Side::new_version, "keyed", true, "2 | z", "2");
  const auto tables = comparison.tables();
  REQUIRE(tables.size() == 2);
  CHECK(tables[0].table == "keyed");
  CHECK(tables[0].equal == 1);
  CHECK(tables[0].only_old == 0);
  CHECK(tables[0].only_new == 0);
  CHECK(tables[1].equal == 0);
  CHECK(tables[1].only_old == 0);
  CHECK(tables[1].samples_new == std::vector<std::string>{"b"});
}

}  // namespace millrace::change
