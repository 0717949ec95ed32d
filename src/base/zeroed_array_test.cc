#include "base/zeroed_array.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>

namespace millrace {

TEST_CASE("an array of nothing takes no memory") {
  ZeroedArray<int64_t> none(0);
  CHECK(none.begin() == nullptr);
  CHECK(none.size() == 0);
  ZeroedArray<int64_t> some(3);
  none = std::move(some);
  CHECK(none.size() == 3);
  CHECK(std::count(none.begin(), none.end(), 0) == 3);
}

}  // namespace millrace
