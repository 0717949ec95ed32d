#include "state/table_store.h"

#include <doctest/doctest.h>

#include "base/error.h"

namespace millrace::state {

TEST_CASE("numbers come back from a snapshot under their owner's name") {
  TableStore before;
  Tables scan(&before, "scan-0");
  Numbers& offsets = scan.numbers("next_offset");
  offsets.put("0", 17);
  offsets.put("1", -5);

  TableStore after(before.snapshot());
  CHECK(after.unclaimed() == std::vector<std::string>{"scan-0/next_offset"});
  Numbers& restored = Tables(&after, "scan-0").numbers("next_offset");
  CHECK(restored.find("0") == 17);
  CHECK(restored.find("1") == -5);
  CHECK(!restored.find("2"));
  CHECK(after.unclaimed().empty());
}

TEST_CASE("a snapshot with any byte changed or missing is refused") {
  TableStore before;
  before.numbers("a").put("x", 1234567);
  const std::string good = before.snapshot();
  for (size_t size = 0; size < good.size(); ++size) {
    CHECK_THROWS_AS(TableStore(std::string_view(good).substr(0, size)), Error);
  }
  std::string bad = good;
  bad.back() ^= 1;
  CHECK_THROWS_AS(TableStore{bad}, Error);
}

}  // namespace millrace::state
