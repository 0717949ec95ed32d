#include "state/number_bits.h"

#include <doctest/doctest.h>

#include <map>
#include <random>

namespace millrace::state {

TEST_CASE("bits of numbers are those of an ordered map") {
  std::mt19937_64 random(7);
  NumberBits table;
  std::map<uint64_t, uint64_t> expected;
  for (int i = 0; i < 20'000; ++i) {
    // Few numbers, so that they come again, and their like far apart.
    const uint64_t number = (random() % 5'000) << (random() % 2 * 40);
    const uint64_t bits = uint64_t{1} << random() % 64;
    CHECK(table.set(number, bits) == expected[number]);
    expected[number] |= bits;
  }
  CHECK(table.size() == expected.size());
  std::map<uint64_t, uint64_t> found;
  table.for_each([&](uint64_t number, uint64_t bits) { found[number] = bits; });
  CHECK(found == expected);
}

// Without room for all of them this takes minutes.
TEST_CASE("bits of numbers that come in the order of another table find their room") {
  constexpr uint64_t kNumbers = 1'300'000;
  NumberBits from;
  for (uint64_t number = 0; number < kNumbers; ++number) {
    from.set(number, 1);
  }
  NumberBits into;
  into.reserve(from.size());
  const size_t memory = into.memory();
  from.for_each([&](uint64_t number, uint64_t bits) { into.set(number, bits); });
  CHECK(into.size() == kNumbers);
  CHECK(into.memory() == memory);
}

}  // namespace millrace::state
