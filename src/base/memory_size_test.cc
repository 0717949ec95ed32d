#include "base/memory_size.h"

#include <doctest/doctest.h>

namespace millrace {

TEST_CASE("sizes of memory are read as Flink's options have them") {
  CHECK(parse_memory_size("128MB") == 128 << 20);
  CHECK(parse_memory_size("64 kb") == 64 << 10);
  CHECK(parse_memory_size("1g") == int64_t{1} << 30);
  CHECK(parse_memory_size("4096") == 4096);
  CHECK(parse_memory_size("12 bytes") == 12);
  for (const char* bad : {"", "MB", "-1", "1 pb", "1.5 mb", "9223372036854775807k"}) {
    CAPTURE(bad);
    CHECK(!parse_memory_size(bad));
  }
}

}  // namespace millrace
