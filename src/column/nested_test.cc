#include "column/nested.h"

#include <doctest/doctest.h>

#include "column/builder.h"

namespace millrace {

namespace {

const Type kNumber = Type::of(TypeKind::integer);

Column numbers(const std::vector<std::optional<int32_t>>& values) {
  ColumnBuilder builder(kNumber);
  for (const auto& value : values) {
    if (value) {
      builder.add(*value);
    } else {
      builder.add_null();
    }
  }
  return builder.finish();
}

// Lists of the given lengths over 0, 1, 2, ...
Column lists(const std::vector<uint32_t>& lengths) {
  auto offsets = std::make_shared<std::vector<uint32_t>>(1, 0);
  std::vector<std::optional<int32_t>> elements;
  for (const uint32_t length : lengths) {
    offsets->push_back(offsets->back() + length);
    while (elements.size() < offsets->back()) {
      elements.emplace_back(static_cast<int32_t>(elements.size()));
    }
  }
  return Column::list(Type::array(kNumber), lengths.size(), offsets, {numbers(elements)});
}

}  // namespace

TEST_CASE("several columns become one, whatever their layouts") {
  const Column one = numbers({1, std::nullopt});
  const Column all = concatenated(kNumber, std::vector<Column>{one, Column::constant(one, 2)});
  REQUIRE(all.size() == 4);
  CHECK(View<int32_t>(all)[0] == 1);
  CHECK(all.is_null(1));
  CHECK(View<int32_t>(all)[3] == 1);
}

TEST_CASE("lists are joined with the offsets of those after them moved on") {
  const Column null = Column::null(Type::array(kNumber), 2);
  const Column all =
      concatenated(Type::array(kNumber), std::vector<Column>{lists({2, 0}), null, lists({3})});
  REQUIRE(all.size() == 5);
  CHECK(*all.offsets() == std::vector<uint32_t>{0, 2, 2, 2, 2, 5});
  CHECK_FALSE(all.is_null(1));
  CHECK(all.is_null(2));
  CHECK(all.is_null(3));
  CHECK(View<int32_t>(all.children()[0])[4] == 2);
}

TEST_CASE("a row of NULLs has fields, and more NULLs are laid over a column") {
  const Type type = Type::row({{"a", kNumber}, {"b", Type::array(kNumber)}});
  const Column null = Column::null(type, 3);
  CHECK(null.is_null(2));
  CHECK(flattened(null).children()[1].size() == 3);

  auto validity = std::make_shared<Validity>(2);
  validity->set_null(0);
  const Column more = with_nulls(numbers({7, std::nullopt}), validity);
  CHECK(more.is_null(0));
  CHECK(more.is_null(1));
  CHECK_FALSE(with_nulls(numbers({7, std::nullopt}), nullptr).is_null(0));
}

}  // namespace millrace
