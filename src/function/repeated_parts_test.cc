#include "function/repeated_parts.h"

#include <doctest/doctest.h>

#include <array>

#include "column/builder.h"
#include "function/evaluate.h"
#include "function/testing/expression_text.h"

namespace millrace::function {

namespace {

const std::array kInteger = {Type::of(TypeKind::integer)};

Batch batch_of(std::initializer_list<int32_t> values) {
  ColumnBuilder builder(kInteger[0]);
  for (const int32_t value : values) {
    builder.add<int32_t>(value);
  }
  Batch batch;
  batch.physical_size = static_cast<uint32_t>(values.size());
  batch.columns = {builder.finish()};
  return batch;
}

std::vector<Expression> read_all(std::initializer_list<const char*> texts) {
  std::vector<Expression> expressions;
  for (const char* text : texts) {
    expressions.push_back(testing::read_expression(text, kInteger));
  }
  return with_common_parts(std::move(expressions));
}

// The rows of every expression as text, and the rows that failed, each once.
std::vector<std::string> outcome(const std::vector<Expression>& expressions, const Batch& batch,
                                 EvaluationContext& context) {
  std::vector<std::string> found;
  for (const Expression& expression : expressions) {
    const Column column = evaluate(expression, batch, batch.rows(), context);
    std::string text;
    for_each(batch.rows(), [&](uint32_t row) {
      text += (context.failed(row) ? "!" : to_text(column, row)) + " ";
    });
    found.push_back(text);
  }
  return found;
}

}  // namespace

TEST_CASE("a part that stands twice is computed once") {
  const std::vector<Expression> expressions = read_all({"($0 + 1) * 2", "$0 + 1", "$0 + 2"});
  CHECK(expressions[0].common_part == 0);
  CHECK(expressions[0].arguments[0].common_part == 1);
  CHECK(expressions[1].common_part == 1);
  CHECK(expressions[2].common_part == 0);
  const Batch batch = batch_of({1, 2});
  EvaluationContext context(Timestamp{0});
  const Column sum = evaluate(expressions[0].arguments[0], batch, batch.rows(), context);
  const Column again = evaluate(expressions[1], batch, batch.rows(), context);
  CHECK(sum.data() == again.data());
}

TEST_CASE("what was computed for some rows serves those and fewer, and no others") {
  const std::vector<Expression> expressions = read_all({"$0 + 1", "$0 + 1"});
  const Batch batch = batch_of({1, 2, 3, 4});
  EvaluationContext context(Timestamp{0});
  const std::vector<uint32_t> two = {1, 3};
  const std::vector<uint32_t> one = {3};
  const std::vector<uint32_t> other = {2};
  const Column first = evaluate(expressions[0], batch, Rows(two), context);
  CHECK(evaluate(expressions[1], batch, Rows(one), context).data() == first.data());
  const Column second = evaluate(expressions[1], batch, Rows(other), context);
  CHECK(to_text(second, 2) == "4");
  const Column whole = evaluate(expressions[1], batch, batch.rows(), context);
  CHECK(to_text(whole, 0) == "2");
  CHECK(evaluate(expressions[0], batch, Rows(other), context).data() == whole.data());
}

TEST_CASE("a row fails where it comes to a part that fails, not where another row does") {
  const std::vector<Expression> expressions =
      read_all({"CASE WHEN $0 > 1 THEN 10 / $0 ELSE 0 END", "$0 <> 0 AND 10 / $0 > 4"});
  const Batch batch = batch_of({0, 1, 2, 5});
  EvaluationContext context(Timestamp{0});
  CHECK(outcome(expressions, batch, context) ==
        std::vector<std::string>{"0 0 5 2 ", "FALSE TRUE TRUE FALSE "});
  CHECK(context.failures().empty());
  const std::vector<Expression> failing = read_all({"10 / $0", "1 + 10 / $0"});
  EvaluationContext other(Timestamp{0});
  CHECK(outcome(failing, batch, other) == std::vector<std::string>{"! 10 5 2 ", "! 11 6 3 "});
  CHECK(other.failures().size() == 1);
}

}  // namespace millrace::function
