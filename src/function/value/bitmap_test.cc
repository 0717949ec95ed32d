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

// All numbers that there are, in less than a megabyte.
static std::string bytes_of_all() {
  constexpr uint32_t kChunks = 0x10000;
  const auto number = [](uint32_t value, size_t bytes) {
    std::string text;
    for (size_t i = 0; i < bytes; ++i) {
      text += static_cast<char>(value >> (8 * i) & 0xFF);
    }
    return text;
  };
  std::string bytes = number(12347 | (kChunks - 1) << 16, 4) + std::string(kChunks / 8, '\xFF');
  for (uint32_t upper = 0; upper < kChunks; ++upper) {
    bytes += number(upper, 2) + number(0xFFFF, 2);
  }
  bytes += std::string(size_t{4} * kChunks, '\0');  // places, which nobody reads
  for (uint32_t upper = 0; upper < kChunks; ++upper) {
    bytes += number(1, 2) + number(0, 2) + number(0xFFFF, 2);
  }
  return bytes;
}

TEST_CASE("runs take no more memory than they are, also combined") {
  const std::string bytes = bytes_of_all();
  const int64_t before = counted_bytes;
  std::optional<Bitmap> all = Bitmap::from_bytes(bytes);
  REQUIRE(all);
  CHECK(all->count() == uint64_t{1} << 32);
  CHECK(all->contains(123'456'789));
  all->combine(*Bitmap::from_bytes(bytes), Bitmap::Operation::or_);
  CHECK(all->count() == uint64_t{1} << 32);
  CHECK(counted_bytes - before < int64_t{16} << 20);
  CHECK(all->to_bytes().size() < bytes.size() + 1);
  all->add(5);
  all->combine(of({7}), Bitmap::Operation::and_not);
  CHECK_FALSE(all->contains(7));
  CHECK(all->contains(6));
  CHECK(all->count() == (uint64_t{1} << 32) - 1);
  CHECK(counted_bytes - before < int64_t{16} << 20);
}

TEST_CASE("runs that touch are one") {
  const Bitmap whole = range(0, 10'000);
  Bitmap grown = range(0, 5'000);
  grown.combine(range(5'001, 10'000), Bitmap::Operation::or_);
  CHECK(grown.to_bytes() == whole.to_bytes());
  grown.add(10'001);
  CHECK(grown.count() == 10'002);
  CHECK(Bitmap::from_bytes(grown.to_bytes())->to_string() == grown.to_string());
}

}  // namespace millrace::function
