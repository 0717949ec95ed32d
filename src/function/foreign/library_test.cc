#include "function/foreign/library.h"

#include <doctest/doctest.h>

#include "column/builder.h"
#include "function/evaluate.h"

namespace millrace::function {

namespace {

const Position kPath{"", 1, 1};
const Position kSymbol{"", 1, 9};

ForeignFunction odd(const std::string& symbol) {
  return load_function(MILLRACE_ODD_FUNCTIONS, symbol, kPath, kSymbol);
}

Expression call_of(ForeignFunction found, std::vector<Type> types, const Type& result) {
  std::vector<Expression> arguments;
  for (size_t i = 0; i < types.size(); ++i) {
    arguments.push_back(Expression::of_column(i, types[i]));
  }
  return Expression::of_call(std::make_shared<const ScalarSignature>(
                                 signature_of("f", std::move(types), result, std::move(found))),
                             std::move(arguments));
}

// A NULL where the text is empty.
Column strings(const std::vector<std::string>& texts) {
  ColumnBuilder builder(Type::string());
  for (const std::string& text : texts) {
    text.empty() ? builder.add_null() : builder.add_string(text);
  }
  return builder.finish();
}

Batch batch_of(Column column) {
  Batch batch;
  batch.physical_size = static_cast<uint32_t>(column.size());
  batch.columns = {std::move(column)};
  return batch;
}

// Of the rows asked for, "!" for those that failed; behind them the reasons.
std::vector<std::string> computed(const Expression& call, const Batch& batch, const Rows& rows) {
  EvaluationContext context(Timestamp{0});
  const Column column = evaluate(call, batch, rows, context);
  REQUIRE(column.size() == batch.physical_size);
  std::vector<std::string> values;
  for_each(rows, [&](uint32_t row) {
    values.push_back(context.failed(row) ? "!" : to_text(column, row));
  });
  for (const auto& failure : context.failures()) {
    values.push_back(std::to_string(failure.row) + ": " + failure.reason);
  }
  return values;
}

using Values = std::vector<std::string>;

}  // namespace

TEST_CASE("a library's function sees the rows that count, and their results come back to them") {
  const Expression call =
      call_of(odd("number_of_row"), {Type::string()}, Type::of(TypeKind::bigint));
  const Batch batch = batch_of(strings({"a", "", "b", "c", ""}));
  CHECK(computed(call, batch, Rows(5)) == Values{"0", "NULL", "1", "2", "NULL"});
  const std::vector<uint32_t> some = {1, 3, 4};
  CHECK(computed(call, batch, Rows(some)) == Values{"NULL", "0", "NULL"});
  CHECK(computed(call, batch_of(strings({"a", "b"})), Rows(2)) == Values{"0", "1"});
  CHECK(computed(call, batch_of(strings({"", ""})), Rows(2)) == Values{"NULL", "NULL"});
}

TEST_CASE("strings cross over both ways, in every layout") {
  const Expression call = call_of(odd("echo"), {Type::string()}, Type::string(false));
  const std::string text = "longer than twelve bytes: \xc3\xa9";
  const Column flat = strings({"a", "", text});
  CHECK(computed(call, batch_of(flat), Rows(3)) == Values{"a", "nothing", text});
  const auto codes =
      std::make_shared<const std::vector<uint32_t>>(std::vector<uint32_t>{2, 2, 0, 1});
  CHECK(computed(call, batch_of(Column::dictionary(flat, codes)), Rows(4)) ==
        Values{text, text, "a", "nothing"});
  CHECK(computed(call, batch_of(Column::constant(strings({text}), 2)), Rows(2)) ==
        Values{text, text});
}

TEST_CASE("what a function may not give fails its row, as what it refuses") {
  const Expression echo = call_of(odd("echo"), {Type::string()}, Type::string(false));
  CHECK(computed(echo, batch_of(strings({"a", "fail", "null", "bad"})), Rows(4)) ==
        Values{"a", "!", "!", "!", "1: asked to",
               "2: the function gave NULL for a result that is NOT NULL",
               "3: the function gave a string that is not UTF-8"});
  ColumnBuilder numbers(Type::of(TypeKind::bigint));
  numbers.add<int64_t>(999);
  numbers.add<int64_t>(-1000);
  const Expression decimal =
      call_of(odd("as_decimal"), {Type::of(TypeKind::bigint)}, Type::decimal(3, 1));
  CHECK(computed(decimal, batch_of(numbers.finish()), Rows(2)) ==
        Values{"99.9", "!", "1: the function gave a value beyond DECIMAL(3, 1)"});
  const Expression wild = call_of(odd("wild_decimals"), {Type::string()}, Type::decimal(3, 1));
  CHECK(
      computed(wild, batch_of(strings({"a", "b", "c"})), Rows(3)) ==
      Values{"NULL", "!", "!", "1: asked to", "2: the function gave a value beyond DECIMAL(3, 1)"});
  const Expression truth = call_of(odd("truth"), {}, Type::of(TypeKind::boolean));
  EvaluationContext context(Timestamp{0});
  CHECK(select_true(truth, batch_of(strings({"a", "b"})), Rows(2), context).size() == 2);
}

TEST_CASE("a library that answers for rows that it was not asked for ends the work") {
  const Expression call = call_of(odd("too_many"), {}, Type::of(TypeKind::integer));
  EvaluationContext context(Timestamp{0});
  CHECK_THROWS_WITH_AS(evaluate(call, batch_of(strings({"a"})), Rows(1), context),
                       doctest::Contains("a row that it was not asked for"), Error);
}

TEST_CASE("a table function's rows are an array of them, whatever rows it sees") {
  const Type rows = Type::array(
      Type::row({{"text", Type::string(false)}, {"amount", Type::decimal(3, 1)}}, false), false);
  const Expression call = call_of(odd("repeats"), {Type::of(TypeKind::integer)}, rows);
  ColumnBuilder times(Type::of(TypeKind::integer));
  for (const int32_t count : {2, 0, -1, 1, 8, 9, 10}) {
    times.add(count);
  }
  times.add_null();
  const Batch batch = batch_of(times.finish());
  CHECK(computed(call, batch, Rows(8)) ==
        Values{"[(bad, 0.0), (bad, NULL)]", "[]", "!", "[(bad, 0.0)]", "!", "!", "!", "[]",
               "2: asked to", "4: the function gave a value beyond DECIMAL(3, 1)",
               "5: the function gave a string that is not UTF-8",
               "6: the function gave NULL for column 'text', which is NOT NULL"});
  const std::vector<uint32_t> some = {1, 3, 7};
  CHECK(computed(call, batch, Rows(some)) == Values{"[]", "[(bad, 0.0)]", "[]"});
}

TEST_CASE("a table function keeps to the order of its calls") {
  const Type rows = Type::array(Type::row({{"one", Type::of(TypeKind::integer)}}, false), false);
  const Expression call = call_of(odd("backwards"), {Type::string()}, rows);
  CHECK(computed(call, batch_of(strings({"a"})), Rows(1)) == Values{"[(1)]"});
  EvaluationContext context(Timestamp{0});
  CHECK_THROWS_WITH_AS(evaluate(call, batch_of(strings({"a", "b"})), Rows(2), context),
                       doctest::Contains("for one behind which it had gone on"), Error);
}

TEST_CASE("an aggregate function of a library keeps its accumulators through a checkpoint") {
  const AggregateSignature rows =
      aggregate_of("rows", {Type::string()}, Type::of(TypeKind::bigint), odd("without_result"));
  REQUIRE(rows.size == 16);
  CHECK_FALSE(rows.retracts);
  CHECK((rows.merge == nullptr));
  std::vector<uint64_t> slots(4);  // of two accumulators
  char* const states[] = {reinterpret_cast<char*>(&slots[0]), reinterpret_cast<char*>(&slots[2])};
  rows.begin(states[0]);
  rows.begin(states[1]);
  const Column column = strings({"a", "b"});
  char* const both[] = {states[0], states[0]};
  rows.update(both, std::span(&column, 1), Rows(2), {});
  ByteWriter out;
  rows.save(states[0], out);
  ByteReader in(out.bytes());
  rows.load(states[1], in);
  CHECK(slots[1] == 2);
  CHECK(slots[3] == 2);
  CHECK_THROWS_WITH_AS(rows.finish(states, 1, rows.result), doctest::Contains("asked to"), Error);
}

TEST_CASE("a row that counts twice is added twice, as many rows as there are") {
  const AggregateSignature sum = aggregate_of("sum_of", {Type::of(TypeKind::bigint)},
                                              Type::of(TypeKind::bigint), odd("sum_of"));
  std::vector<uint64_t> slots(4);  // of two accumulators
  char* const states[] = {reinterpret_cast<char*>(&slots[0]), reinterpret_cast<char*>(&slots[2])};
  sum.begin(states[0]);
  sum.begin(states[1]);
  ColumnBuilder numbers(Type::of(TypeKind::bigint));
  numbers.add<int64_t>(5);
  numbers.add<int64_t>(70);
  const Column column = numbers.finish();
  // As of windows that overlap, of which one row is in both and the other in none.
  const std::vector<uint32_t> rows = {1, 1};
  sum.update(states, std::span(&column, 1), Rows(rows), {});
  CHECK(to_text(sum.finish(states, 2, sum.result), 0) == "70");
  CHECK(to_text(sum.finish(states, 2, sum.result), 1) == "70");
}

TEST_CASE("what is no function of this interface is not loaded") {
  CHECK_THROWS_WITH_AS(load_function("/nowhere/libnone.so", "f", kPath, kSymbol),
                       doctest::Contains("1:1: cannot load library '/nowhere/libnone.so'"), Error);
  CHECK_THROWS_WITH_AS(odd("absent"), doctest::Contains("has no 'absent'"), Error);
  CHECK_THROWS_WITH_AS(odd("of_tomorrow"), doctest::Contains("is of version 99"), Error);
  for (const char* symbol : {"half_filled", "without_columns", "without_save"}) {
    CHECK_THROWS_WITH_AS(odd(symbol), doctest::Contains("not filled in"), Error);
  }
}

TEST_CASE("types that have a C type cross over, and no others") {
  CHECK(crosses_over(Type::string()));
  CHECK(crosses_over(Type::bytes()));
  CHECK(crosses_over(Type::decimal(18, 2)));
  CHECK(crosses_over(Type::timestamp(9)));
  CHECK_FALSE(crosses_over(Type::decimal(19, 2)));
  CHECK_FALSE(crosses_over(Type::with_length(TypeKind::varchar, 10)));
  CHECK_FALSE(crosses_over(Type::array(Type::string())));
  CHECK_FALSE(crosses_over(Type::of(TypeKind::interval_ms)));
  CHECK_FALSE(crosses_over(Type::of(TypeKind::variant)));
}

}  // namespace millrace::function
