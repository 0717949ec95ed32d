#include "function/value/bitmap.h"

#include <doctest/doctest.h>

namespace millrace::function {

static Bitmap of(std::initializer_list<uint32_t> values) {
  Bitmap bitmap;
  for (const uint32_t value : values) {
    bitmap.add(value);
  }
  return bitmap;
}

static Bitmap range(uint32_t first, uint32_t last, uint32_t step = 1) {
  Bitmap bitmap;
  for (uint32_t value = first; value <= last; value += step) {
    bitmap.add(value);
  }
  return bitmap;
}

TEST_CASE("a set comes back from its bytes") {
  for (const Bitmap& bitmap : {Bitmap(), of({0}), of({1, 5, 4294967295}), range(0, 10'000),
                               range(0, 200'000, 2), range(65'530, 65'540), range(7, 30'000, 3)}) {
    const auto again = Bitmap::from_bytes(bitmap.to_bytes());
    REQUIRE(again);
    CHECK(again->to_string() == bitmap.to_string());
    CHECK(again->to_bytes() == bitmap.to_bytes());
    CHECK(again->count() == bitmap.count());
  }
}

TEST_CASE("bytes that are cut short are none") {
  const std::string bytes = of({1, 2, 70'000}).to_bytes();
  for (size_t size = 0; size < bytes.size(); ++size) {
    CHECK_FALSE(Bitmap::from_bytes(std::string_view(bytes).substr(0, size)));
  }
}

TEST_CASE("where there is no value there are no numbers") {
  CHECK(Bitmap::of_value({}).empty());
  CHECK(Bitmap::of_value(of({7}).to_bytes()).to_string() == "{7}");
}

TEST_CASE("sets are combined") {
  using Operation = Bitmap::Operation;
  const auto combined = [](Bitmap left, const Bitmap& right, Operation operation) {
    left.combine(right, operation);
    return left.to_string();
  };
  const Bitmap left = of({1, 2, 70'000});
  const Bitmap right = of({2, 3, 140'000});
  CHECK(combined(left, right, Operation::and_) == "{2}");
  CHECK(combined(left, right, Operation::or_) == "{1,2,3,70000,140000}");
  CHECK(combined(left, right, Operation::xor_) == "{1,3,70000,140000}");
  CHECK(combined(left, right, Operation::and_not) == "{1,70000}");
  CHECK(combined(left, left, Operation::xor_) == "{}");
  Bitmap many = range(0, 100'000);
  many.combine(range(50, 100'000), Operation::and_not);
  CHECK(many.count() == 50);
}

}  // namespace millrace::function
