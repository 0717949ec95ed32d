#include "state/row_order.h"

#include <doctest/doctest.h>

#include <cmath>

#include "base/error.h"
#include "column/builder.h"

namespace millrace::state {

namespace {

// Rows of one DOUBLE, a NULL where the value is absent, and a text.
struct Sample {
  explicit Sample(const std::vector<std::pair<std::optional<double>, std::string>>& values)
      : layout({Type::of(TypeKind::double_), Type::string()}), buffer(&layout) {
    ColumnBuilder numbers(Type::of(TypeKind::double_));
    ColumnBuilder texts(Type::string());
    for (const auto& [number, text] : values) {
      if (number) {
        numbers.add(*number);
      } else {
        numbers.add_null();
      }
      texts.add_string(text);
    }
    columns = {numbers.finish(), texts.finish()};
    buffer.read(columns, millrace::Rows(values.size()));
  }

  RowLayout layout;
  RowBuffer buffer;
  std::vector<Column> columns;
};

}  // namespace

TEST_CASE("NaN is above all, -0.0 below 0.0, and NULL where it is wanted") {
  const Sample rows(
      {{std::nullopt, ""}, {-1.0, ""}, {-0.0, ""}, {0.0, ""}, {1.0, ""}, {std::nan(""), ""}});
  const RowOrder nulls_first(rows.layout, {{0, false, false}});
  const RowOrder nulls_last(rows.layout, {{0, false, true}});
  const RowOrder descending(rows.layout, {{0, true, true}});
  for (size_t i = 0; i + 1 < rows.buffer.size(); ++i) {
    CAPTURE(i);
    CHECK(nulls_first.compare(rows.buffer[i], rows.buffer[i + 1]) < 0);
    CHECK(nulls_first.compare(rows.buffer[i + 1], rows.buffer[i]) > 0);
    CHECK(nulls_first.compare(rows.buffer[i], rows.buffer[i]) == 0);
    CHECK((descending.compare(rows.buffer[i], rows.buffer[i + 1]) > 0));
  }
  CHECK(nulls_last.compare(rows.buffer[0], rows.buffer[5]) > 0);
}

TEST_CASE("a later column decides between equals, texts by their bytes") {
  const Sample rows({{1.0, "b"}, {1.0, "abc"}, {1.0, "\xC3\xA4"}, {0.0, "z"}});
  const RowOrder order(rows.layout, {{0, false, false}, {1, true, true}});
  CHECK(order.compare(rows.buffer[3], rows.buffer[0]) < 0);
  CHECK(order.compare(rows.buffer[0], rows.buffer[1]) < 0);
  CHECK(order.compare(rows.buffer[2], rows.buffer[0]) < 0);
}

TEST_CASE("nested values have no order") {
  const RowLayout layout({Type::array(Type::of(TypeKind::integer))});
  CHECK_THROWS_AS(RowOrder(layout, {{0, false, false}}), Error);
}

}  // namespace millrace::state
