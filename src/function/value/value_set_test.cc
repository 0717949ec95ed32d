#include "function/value/value_set.h"

#include <doctest/doctest.h>

#include <cmath>

#include "column/builder.h"

namespace millrace::function {

TEST_CASE("a value is found again, and NaN is equal to nothing") {
  ColumnBuilder builder(Type::of(TypeKind::double_));
  for (const double value : {0.0, 1.5, -0.0, 1.5, std::nan(""), std::nan("")}) {
    builder.add(value);
  }
  builder.add_null();
  builder.add_null();
  const Column values = builder.finish();
  ValueSet set(values);
  set.begin(values.size());
  CHECK(set.add(0));
  CHECK_FALSE(set.has(1));
  CHECK(set.add(1));
  CHECK_FALSE(set.add(2));
  CHECK_FALSE(set.add(3));
  CHECK(set.add(4));
  CHECK(set.add(5));
  CHECK(set.add(6));
  CHECK_FALSE(set.add(7));
  set.begin(2);
  CHECK_FALSE(set.has(1));
}

// Each compared with each: minutes.
TEST_CASE("many values take no longer than each does") {
  constexpr uint32_t kValues = 400'000;
  ColumnBuilder builder(Type::string());
  for (uint32_t i = 0; i < 2 * kValues; ++i) {
    builder.add_string("value " + std::to_string(i % kValues));
  }
  const Column values = builder.finish();
  ValueSet set(values);
  set.begin(values.size());
  uint32_t added = 0;
  for (uint32_t i = 0; i < 2 * kValues; ++i) {
    added += set.add(i) ? 1 : 0;
  }
  CHECK(added == kValues);
}

}  // namespace millrace::function
