#include "function/evaluate.h"

#include <doctest/doctest.h>

#include <array>

#include "base/error.h"
#include "base/random.h"
#include "column/builder.h"
#include "function/testing/expression_text.h"

namespace millrace::function {

using testing::read_expression;

namespace {

const std::vector<Type> kTypes = {Type::of(TypeKind::integer), Type::of(TypeKind::double_),
                                  Type::string(), Type::decimal(10, 2), Type::timestamp_ltz(3)};

// Few distinct values, so that equal rows and NULLs are common.
Batch random_batch(Random& random, uint32_t rows) {
  Batch batch;
  batch.physical_size = rows;
  ColumnBuilder integers(kTypes[0]);
  ColumnBuilder doubles(kTypes[1]);
  ColumnBuilder strings(kTypes[2]);
  ColumnBuilder decimals(kTypes[3]);
  ColumnBuilder times(kTypes[4]);
  for (uint32_t row = 0; row < rows; ++row) {
    const auto n = static_cast<int32_t>(random.below(5)) - 1;
    if (random.one_in(5)) {
      integers.add_null();
      strings.add_null();
    } else {
      integers.add<int32_t>(n);
      strings.add_string(n < 2 ? "short" + std::to_string(n)
                               : "longer than twelve bytes " + std::to_string(n));
    }
    if (random.one_in(5)) {
      doubles.add_null();
    } else {
      doubles.add<double>(n * 0.5);
    }
    decimals.add<int64_t>(n * 125);
    times.add<int64_t>(1'767'225'600'000 + n * 60'000);
  }
  batch.columns = {integers.finish(), doubles.finish(), strings.finish(), decimals.finish(),
                   times.finish()};
  return batch;
}

// Each column as a dictionary, with one distinct value per row, backwards.
Batch with_dictionaries(const Batch& batch) {
  Batch coded = batch;
  for (Column& column : coded.columns) {
    std::vector<uint32_t> backwards(batch.physical_size);
    for (uint32_t row = 0; row < batch.physical_size; ++row) {
      backwards[row] = batch.physical_size - 1 - row;
    }
    column = Column::dictionary(column.gather(backwards),
                                std::make_shared<const std::vector<uint32_t>>(backwards));
  }
  return coded;
}

struct Outcome {
  std::vector<std::string> values;  // by row of the batch; "-" where not asked for
  bool operator==(const Outcome&) const = default;
};

Outcome outcome_of(const Expression& expression, const Batch& batch, const Rows& rows) {
  EvaluationContext context(Timestamp{0});
  const Column column = evaluate(expression, batch, rows, context);
  CHECK(column.size() == batch.physical_size);
  Outcome outcome{std::vector<std::string>(batch.physical_size, "-")};
  for_each(rows, [&](uint32_t row) { outcome.values[row] = to_text(column, row); });
  for (const auto& failure : context.failures()) {
    outcome.values[failure.row] = "error: " + failure.reason;
  }
  return outcome;
}

const char* const kExpressions[] = {
    "$0",
    "$0 + 1",
    "$0 * $0 - 3",
    "10 / $0",
    "$1 / 2",
    "$0 > 1",
    "$0 = $0",
    "$2 = 'short1'",
    "$2 < 'm'",
    "$0 > 0 AND 10 / $0 > 4",
    "$0 = 0 OR 10 / $0 > 4",
    "$0 IS NULL OR $1 IS NULL",
    "NOT ($0 < 1)",
    "CASE WHEN $0 = 0 THEN 0 ELSE 10 / $0 END",
    "CASE WHEN $0 = 1 THEN 'one' WHEN $0 = 2 THEN 'two' END",
    "CASE WHEN $0 > 0 THEN $2 ELSE 'none' END",
    "COALESCE($2, 'nothing')",
    "COALESCE($0, $1, 7)",
    "CONCAT_WS('/', $2, CAST($0 AS STRING))",
    "UPPER($2)",
    "SUBSTRING($2, 2, 14)",
    "CAST($1 AS STRING)",
    "CAST($2 AS INT)",
    "TRY_CAST(SUBSTRING($2, 6) AS INT)",
    "$3 + $3",
    "$3 * 2",
    "10 / $3",
    "$4 - INTERVAL '1' MINUTE",
    "DATE_FORMAT($4, 'yyyy-MM-dd')",
    "DATE_FORMAT($4, 'HH:mm')",
    "DATE_FORMAT($4, 'a h:mm:ss.SSS')",
    "SPLIT_INDEX($2, ' ', 2)",
    "REGEXP_EXTRACT($2, '(t.)([0-9])', 2)",
    "JSON_OBJECT('a', $0, 'b', $2)",
    "CURRENT_TIMESTAMP",
    "1 + 1",
};

}  // namespace

TEST_CASE("the strings of one batch have a bound, beyond which rows fail one by one") {
  Batch batch;
  batch.physical_size = 18;
  ColumnBuilder strings(Type::string());
  for (uint32_t row = 0; row < batch.physical_size; ++row) {
    strings.add_string("sixteen bytes...");
  }
  batch.columns = {strings.finish()};
  EvaluationContext context(Timestamp{0});
  const std::array kStrings = {Type::string()};
  const Expression repeat = read_expression("REPEAT($0, 1048576)", kStrings);
  const Column column = evaluate(repeat, batch, batch.rows(), context);
  CHECK(View<StringRef>(column)[15].size() == size_t{16} << 20);
  REQUIRE(context.failures().size() == 2);
  CHECK(context.failures()[0].row == 16);
  CHECK(context.failures()[0].reason == "the strings of one batch are larger than 256 MiB");
}

TEST_CASE("selections, dictionaries and single rows give what dense columns give") {
  Random random(7);
  for (int round = 0; round < 5; ++round) {
    const Batch batch = random_batch(random, 200);
    const Batch coded = with_dictionaries(batch);
    std::vector<uint32_t> some;
    for (uint32_t row = 0; row < batch.physical_size; ++row) {
      if (random.one_in(3)) {
        some.push_back(row);
      }
    }
    for (const char* text : kExpressions) {
      CAPTURE(text);
      const Expression expression = read_expression(text, kTypes);
      const Outcome dense = outcome_of(expression, batch, Rows(batch.physical_size));
      CHECK(outcome_of(expression, coded, Rows(batch.physical_size)) == dense);

      Outcome chosen{std::vector<std::string>(batch.physical_size, "-")};
      for (const uint32_t row : some) {
        chosen.values[row] = dense.values[row];
      }
      CHECK(outcome_of(expression, batch, Rows(some)) == chosen);
      CHECK(outcome_of(expression, coded, Rows(some)) == chosen);
    }
  }
}

TEST_CASE("constant columns give what dense columns give") {
  Random random(8);
  const Batch batch = random_batch(random, 50);
  for (uint32_t row = 0; row < batch.physical_size; ++row) {
    Batch constant;
    constant.physical_size = 3;
    for (const Column& column : batch.columns) {
      constant.columns.push_back(
          Column::constant(column.gather(std::vector<uint32_t>{row}), constant.physical_size));
    }
    for (const char* text : kExpressions) {
      CAPTURE(text);
      const Expression expression = read_expression(text, kTypes);
      const Outcome dense = outcome_of(expression, batch, Rows(batch.physical_size));
      const Outcome same = outcome_of(expression, constant, Rows(constant.physical_size));
      CHECK(same.values == std::vector<std::string>(3, dense.values[row]));
    }
  }
}

TEST_CASE("select_true keeps the rows that evaluate to TRUE") {
  Random random(9);
  const Batch batch = random_batch(random, 300);
  for (const char* text : {"$0 > 0", "$0 > 0 AND 10 / $0 > 4", "$0 > 0 AND $1 > 0 AND $0 > 1",
                           "10 / $0 > 4", "1 = 1", "1 = 2", "1 = 1 AND 2 = 2"}) {
    CAPTURE(text);
    const Expression predicate = read_expression(text, kTypes);
    const Outcome outcome = outcome_of(predicate, batch, Rows(batch.physical_size));
    std::vector<uint32_t> expected;
    for (uint32_t row = 0; row < batch.physical_size; ++row) {
      if (outcome.values[row] == "TRUE") {
        expected.push_back(row);
      }
    }
    EvaluationContext context(Timestamp{0});
    CHECK(select_true(predicate, batch, Rows(batch.physical_size), context) == expected);
  }
}

TEST_CASE("only the rows that fail are reported, once each") {
  ColumnBuilder builder(kTypes[0]);
  for (const int32_t n : {1, 0, 2, 0}) {
    builder.add<int32_t>(n);
  }
  Batch batch;
  batch.physical_size = 4;
  batch.columns = {builder.finish()};
  EvaluationContext context(Timestamp{0});
  evaluate(read_expression("10 / $0 + 20 / $0", kTypes), batch, Rows(4), context);
  REQUIRE(context.failures().size() == 2);
  CHECK(context.failures()[0].row == 1);
  CHECK(context.failures()[1].row == 3);
  CHECK(context.failures()[1].reason == "division by zero");
}

TEST_CASE("constants are folded, and what varies is left") {
  const auto folded_text = [](const char* text) {
    return folded(read_expression(text, kTypes)).to_string({"a", "b", "c", "d", "e"});
  };
  CHECK(folded_text("1 + 2 * 3") == "7");
  CHECK(folded_text("$0 + (1 + 1)") == "(a + 2)");
  CHECK(folded_text("UPPER('x') || $2") == "('X' || c)");
  CHECK(folded_text("CURRENT_TIMESTAMP") == "CURRENT_TIMESTAMP()");
  CHECK(folded_text("CASE WHEN $0 = 0 THEN 1 / 0 ELSE 2 + 2 END") ==
        "CASE WHEN (a = 0) THEN (1 / 0) ELSE 4 END");
  CHECK_THROWS_AS(folded_text("1 / 0"), Error);
}

TEST_CASE("equal expressions are known for it") {
  const auto equal = [](const char* a, const char* b) {
    return read_expression(a, kTypes).equals(read_expression(b, kTypes));
  };
  CHECK(equal("UPPER($2) || 'x'", "UPPER($2) || 'x'"));
  CHECK_FALSE(equal("UPPER($2) || 'x'", "UPPER($2) || 'y'"));
  CHECK_FALSE(equal("$0 + 1", "$0 - 1"));
  CHECK_FALSE(equal("$0", "$1"));
  CHECK(equal("CASE WHEN $0 = 1 THEN NULL ELSE 2 END", "CASE WHEN $0 = 1 THEN NULL ELSE 2 END"));
}

}  // namespace millrace::function
