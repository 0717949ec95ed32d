#include "function/memberships.h"

#include <doctest/doctest.h>

#include <array>
#include <string>

#include "column/builder.h"
#include "function/evaluate.h"
#include "function/testing/expression_text.h"

namespace millrace::function {

namespace {

const std::array kColumns = {Type::of(TypeKind::integer), Type::string()};

// 0 to 9 beside the texts of these, and NULL.
Batch numbers_and_texts() {
  ColumnBuilder numbers(kColumns[0]);
  ColumnBuilder texts(kColumns[1]);
  for (int32_t value = 0; value < 10; ++value) {
    numbers.add<int32_t>(value);
    texts.add_string("a text of some length, " + std::to_string(value));
  }
  numbers.add_null();
  texts.add_null();
  Batch batch;
  batch.physical_size = 11;
  batch.columns = {numbers.finish(), texts.finish()};
  return batch;
}

std::string values_of(const Expression& expression) {
  const Batch batch = numbers_and_texts();
  EvaluationContext context(Timestamp{0});
  const Column column = evaluate(expression, batch, batch.rows(), context);
  std::string text;
  for_each(batch.rows(), [&](uint32_t row) { text += to_text(column, row) + " "; });
  return text;
}

// The condition as its comparisons are found in sets, which is no other one.
std::string found_of(const char* text) {
  const Expression written = folded(testing::read_expression(text, kColumns));
  const Expression found = with_memberships(written);
  CHECK(values_of(found) == values_of(written));
  CHECK(found.type == written.type);
  return found.to_string({"n", "t"});
}

}  // namespace

TEST_CASE("long lists of constants are looked up") {
  CHECK(found_of("$0 = 1 OR $0 = 3 OR 5 = $0 OR $0 = 7 OR $0 = 3") == "IN(n, [1, 3, 5, 7, 3])");
  CHECK(found_of("$0 = 1 OR $0 = 3 OR $0 = CAST(NULL AS INT) OR $0 = 7") ==
        "IN(n, [1, 3, NULL, 7])");
  CHECK(found_of("$0 <> 1 AND $0 <> 3 AND $0 <> 5 AND $0 <> 7") == "NOT(IN(n, [1, 3, 5, 7]))");
  CHECK(found_of("NOT ($0 = 1 OR $0 = 3 OR $0 = CAST(NULL AS INT) OR $0 = 7)") ==
        "NOT(IN(n, [1, 3, NULL, 7]))");
  CHECK(found_of("$1 = 'a text of some length, 3' OR $1 = '' OR $1 = 'x' OR $1 = 'y'") ==
        "IN(t, [a text of some length, 3, , x, y])");
}

TEST_CASE("what is compared otherwise stays beside them") {
  CHECK(found_of("$0 > 8 OR $0 = 1 OR $0 = 3 OR $1 = 'x' OR $0 = 5 OR $0 = 7") ==
        "((n > 8) OR IN(n, [1, 3, 5, 7]) OR (t = 'x'))");
  CHECK(found_of("$0 = 1 OR $0 = 3") == "((n = 1) OR (n = 3))");
  CHECK(found_of("$0 = 1 AND $0 = 3 AND $0 = 5 AND $0 = 7") ==
        "((n = 1) AND (n = 3) AND (n = 5) AND (n = 7))");
  CHECK(found_of("$0 <> 1 OR $0 <> 3 OR $0 <> 5 OR $0 <> 7") ==
        "((n <> 1) OR (n <> 3) OR (n <> 5) OR (n <> 7))");
}

TEST_CASE("a zero without a sign is the one with it") {
  const std::array doubles = {Type::of(TypeKind::double_)};
  ColumnBuilder values(doubles[0]);
  for (const double value : {-0.0, 0.0, 1.5}) {
    values.add<double>(value);
  }
  Batch batch;
  batch.physical_size = 3;
  batch.columns = {values.finish()};
  const Expression found = with_memberships(
      folded(testing::read_expression("$0 = 0e0 OR $0 = 2e0 OR $0 = 3e0 OR $0 = 4e0", doubles)));
  EvaluationContext context(Timestamp{0});
  const Column column = evaluate(found, batch, batch.rows(), context);
  CHECK(to_text(column, 0) == "TRUE");
  CHECK(to_text(column, 1) == "TRUE");
  CHECK(to_text(column, 2) == "FALSE");
}

TEST_CASE("memberships in different lists are different parts") {
  const Expression one = with_memberships(
      testing::read_expression("$1 = 'a, b' OR $1 = 'c' OR $1 = 'd' OR $1 = 'e'", kColumns));
  const Expression other = with_memberships(
      testing::read_expression("$1 = 'a' OR $1 = 'b, c' OR $1 = 'd' OR $1 = 'e'", kColumns));
  CHECK(one.equals(one));
  CHECK(!one.equals(other));
}

}  // namespace millrace::function
