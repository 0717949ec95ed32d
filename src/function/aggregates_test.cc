#include <doctest/doctest.h>

#include <cmath>

#include "column/builder.h"
#include "function/aggregate.h"
#include "function/evaluate.h"
#include "function/testing/expression_text.h"

namespace millrace::function {

using testing::read_type;

// A column of the given texts cast to a type; "NULL" for NULL.
static Column column_of(std::string_view type, const std::vector<std::string>& values) {
  ColumnBuilder builder(Type::string());
  for (const std::string& value : values) {
    if (value == "NULL") {
      builder.add_null();
    } else {
      builder.add_string(value);
    }
  }
  EvaluationContext context(Timestamp{0});
  Column column = cast(builder.finish(), read_type(type), Rows(values.size()), false, context);
  REQUIRE(context.failures().empty());
  return column;
}

// One accumulator, as a hash table's slot holds it.
class Accumulator {
 public:
  enum class Taken : uint8_t { never, back };  // what may become of rows

  Accumulator(std::string_view name, std::vector<Type> arguments, Taken rows = Taken::never)
      : Accumulator(find_aggregate(name), std::move(arguments), rows) {}
  Accumulator(const AggregateFunction* function, std::vector<Type> arguments,
              Taken rows = Taken::never) {
    REQUIRE(function != nullptr);
    auto bound = function->bind(arguments);
    REQUIRE(bound.has_value());
    signature_ = rows == Taken::back && !bound->retracts ? *bound->retracting : *bound;
    REQUIRE(signature_.size % 8 == 0);
    state_.resize(signature_.size / 8);
    signature_.begin(slot());
  }
  Accumulator(const Accumulator&) = delete;
  Accumulator& operator=(const Accumulator&) = delete;
  ~Accumulator() {
    if (signature_.destroy != nullptr) {
      signature_.destroy(slot());
    }
  }

  void add(const Column& column, std::span<const RowKind> kinds = {}) { add({&column, 1}, kinds); }
  void add(std::span<const Column> arguments, std::span<const RowKind> kinds = {}) {
    const size_t rows = arguments[0].size();
    const std::vector<char*> slots(rows, slot());
    signature_.update(slots.data(), arguments, Rows(rows), kinds);
  }
  void merge(const Accumulator& other) { signature_.merge(slot(), other.slot()); }
  std::string result() const {
    char* state = slot();
    return to_text(signature_.finish(&state, 1, signature_.result), 0);
  }
  std::string saved() const {
    ByteWriter out;
    signature_.save(slot(), out);
    return out.take();
  }
  void load(const std::string& bytes) {
    ByteReader in(bytes);
    signature_.load(slot(), in);
    CHECK(in.empty());
  }
  const AggregateSignature& signature() const { return signature_; }

 private:
  char* slot() const { return const_cast<char*>(reinterpret_cast<const char*>(state_.data())); }

  AggregateSignature signature_;
  std::vector<uint64_t> state_;
};

struct Case {
  std::string function;
  std::string type;
  std::vector<std::string> values;
  std::string result;
};

static const std::vector<Case> kCases = {
    {"COUNT", "INT", {"1", "NULL", "3"}, "2"},
    {"COUNT", "INT", {}, "0"},
    {"SUM", "INT", {"1", "NULL", "3"}, "4"},
    {"SUM", "INT", {"NULL"}, "NULL"},
    {"SUM", "INT", {"2147483647", "1"}, "-2147483648"},
    {"SUM", "TINYINT", {"127", "127", "4"}, "2"},
    {"SUM", "BIGINT", {"9223372036854775807", "1"}, "-9223372036854775808"},
    {"SUM", "DOUBLE", {"0.1", "0.2"}, "0.30000000000000004"},
    {"SUM", "DECIMAL(5, 2)", {"1.25", "999.99"}, "1001.24"},
    {"SUM", "DECIMAL(38, 0)", {"99999999999999999999999999999999999999", "1"}, "NULL"},
    {"SUM", "DECIMAL(38, 2)", {"-123456789012345678901.25", "0.25"}, "-123456789012345678901.00"},
    {"AVG", "INT", {"1", "2", "NULL"}, "1"},
    {"AVG", "INT", {"-1", "-2"}, "-1"},
    {"AVG", "INT", {"2147483647", "2147483647"}, "2147483647"},
    {"AVG", "DOUBLE", {"1", "2"}, "1.5"},
    {"AVG", "DOUBLE", {}, "NULL"},
    {"AVG", "DECIMAL(5, 2)", {"1.00", "1.00", "2.00"}, "1.333333"},
    {"AVG", "DECIMAL(10, 8)", {"0.00000001", "0.00000002"}, "0.00000002"},
    {"MIN", "INT", {"3", "NULL", "-1"}, "-1"},
    {"MAX", "DOUBLE", {"-3.5", "NULL", "-1"}, "-1.0"},
    {"MAX", "INT", {"NULL"}, "NULL"},
    {"MIN", "STRING", {"pear", "a rather long apple", "NULL"}, "a rather long apple"},
    {"MAX", "STRING", {"a rather long pear", "apple", "zzz"}, "zzz"},
    {"MIN", "DECIMAL(30, 2)", {"12345678901234567890.25", "-0.50"}, "-0.50"},
    {"MAX",
     "TIMESTAMP(3)",
     {"2026-01-01 00:00:00", "2025-01-01 00:00:00"},
     "2026-01-01 00:00:00.000"},
    {"MIN", "BOOLEAN", {"true", "false"}, "FALSE"},
    {"FIRST_VALUE", "INT", {"NULL", "7", "8"}, "7"},
    {"LAST_VALUE",
     "STRING",
     {"a", "something longer than sixteen", "NULL"},
     "something longer than sixteen"},
    {"STDDEV_POP", "DOUBLE", {"2", "4", "4", "4", "5", "5", "7", "9"}, "2.0"},
    {"STDDEV_POP", "INT", {"1", "2", "4"}, "1"},
    {"VAR_SAMP", "DOUBLE", {"1", "2", "3"}, "1.0"},
    {"VAR_SAMP", "DOUBLE", {"1"}, "NULL"},
    {"VAR_POP", "INT", {"2147483647", "2"}, "2147483647"},
    {"VAR_SAMP", "BIGINT", {"9223372036854775807", "-9"}, "9223372036854775807"},
    {"VAR_POP", "SMALLINT", {"32767", "-32768"}, "-32768"},  // of 1073709056.25
};

TEST_CASE("aggregates give the same at once, in halves merged, and after a checkpoint") {
  for (const Case& c : kCases) {
    CAPTURE(c.function);
    CAPTURE(c.type);
    const Column column = column_of(c.type, c.values);
    Accumulator whole(c.function, {column.type()});
    whole.add(column);
    CHECK(whole.result() == c.result);

    const size_t half = c.values.size() / 2;
    Accumulator front(c.function, {column.type()});
    Accumulator back(c.function, {column.type()});
    front.add(column.slice(0, half));
    back.add(column.slice(half, c.values.size() - half));
    front.merge(back);
    CHECK(front.result() == c.result);

    Accumulator restored(c.function, {column.type()});
    restored.load(whole.saved());
    CHECK(restored.result() == c.result);
  }
}

TEST_CASE("aggregates that retract forget rows taken back") {
  for (const Case& c : kCases) {
    const Column column = column_of(c.type, c.values);
    Accumulator changed(c.function, {column.type()});
    if (!changed.signature().retracts || c.type == "DECIMAL(38, 0)") {
      continue;
    }
    CAPTURE(c.function);
    CAPTURE(c.type);
    changed.add(column);
    const Column passing = column_of(c.type, {"5", "NULL", "5"});
    changed.add(passing,
                std::vector<RowKind>{RowKind::update_after, RowKind::insert, RowKind::insert});
    changed.add(passing,
                std::vector<RowKind>{RowKind::update_before, RowKind::delete_, RowKind::delete_});
    const std::string left = changed.result();
    if (left != c.result) {  // floating point may be off by its last digit
      CHECK(std::abs(std::stod(left) - std::stod(c.result)) < 1e-9);
    }
  }
}

TEST_CASE("ahead of OVER means and deviations are of sums in the type of the values") {
  const Case cases[] = {
      {"AVG", "INT", {"2147483647", "2"}, "-1073741823"},
      {"AVG", "TINYINT", {"127", "100", "NULL"}, "-14"},
      {"VAR_POP", "INT", {"2147483647", "2"}, "2"},
      {"VAR_SAMP", "INT", {"2147483647", "2"}, "5"},
      {"STDDEV_POP", "INT", {"2147483647", "2"}, "1"},
      {"VAR_POP", "SMALLINT", {"-82", "-24", "-81"}, "8016"},
      {"STDDEV_SAMP", "SMALLINT", {"-82", "-24", "-81"}, "109"},
      {"VAR_SAMP", "INT", {"1"}, "NULL"},
      {"VAR_POP", "DECIMAL(38, 18)", {"-1", "3.25", "3.25"}, "4.013889000000000000"},
      {"STDDEV_POP", "DECIMAL(38, 18)", {"-1", "3.25", "3.25"}, "2.003469241091562000"},
      {"VAR_POP", "DECIMAL(38, 18)", {"12345678901234567000", "2.5"}, "NULL"},
      {"VAR_SAMP", "DECIMAL(38, 18)", {"1"}, "NULL"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.function);
    CAPTURE(c.type);
    const Column column = column_of(c.type, c.values);
    Accumulator over(find_over_function(c.function), {column.type()});
    over.add(column);
    CHECK(over.result() == c.result);
  }
}

TEST_CASE("a NaN that is taken back is gone") {
  struct {
    std::string function;
    std::string left;
  } cases[] = {
      {"ARRAY_AGG", "[1.0, 2.0]"}, {"COLLECT", "{1.0=1, 2.0=1}"}, {"MIN", "1.0"}, {"MAX", "2.0"},
      {"FIRST_VALUE", "1.0"},      {"LAST_VALUE", "2.0"}};
  for (const auto& [name, left] : cases) {
    CAPTURE(name);
    ColumnBuilder arriving(Type::of(TypeKind::double_));
    for (const double value : {double{NAN}, 1.0, -double{NAN}, 2.0, double{NAN}}) {
      arriving.add(value);
    }
    ColumnBuilder leaving(Type::of(TypeKind::double_));
    for (int i = 0; i < 3; ++i) {
      leaving.add(double{NAN});
    }
    Accumulator changed(name, {read_type("DOUBLE")}, Accumulator::Taken::back);
    changed.add(arriving.finish());
    changed.add(leaving.finish(), std::vector<RowKind>(3, RowKind::delete_));
    CHECK(changed.result() == left);
  }
}

TEST_CASE("SINGLE_VALUE takes another value after a NaN that left") {
  ColumnBuilder builder(Type::of(TypeKind::double_));
  builder.add(double{NAN});
  const Column nan = builder.finish();
  Accumulator single("SINGLE_VALUE", {read_type("DOUBLE")});
  single.add(nan);
  single.add(nan, std::vector<RowKind>{RowKind::delete_});
  single.add(column_of("DOUBLE", {"2.5"}));
  CHECK(single.result() == "2.5");
}

TEST_CASE("PERCENTILE counts further than a BIGINT reaches") {
  const std::vector<Column> rows = {
      column_of("DOUBLE", {"1", "1", "1", "2"}), column_of("DOUBLE", {"0.5", "0.5", "0.5", "0.5"}),
      column_of("BIGINT", {"9223372036854775807", "9223372036854775807", "9223372036854775807",
                           "9223372036854775807"})};
  const std::vector<Type> types = {rows[0].type(), rows[1].type(), rows[2].type()};
  Accumulator whole("PERCENTILE", types);
  whole.add(rows);
  CHECK(whole.result() == "1.0");

  Accumulator restored("PERCENTILE", types);
  restored.load(whole.saved());
  CHECK(restored.result() == "1.0");
  const std::vector<RowKind> leaving(4, RowKind::delete_);
  restored.add(rows, leaving);
  CHECK(restored.result() == "NULL");
  restored.add(rows, leaving);
  CHECK(restored.result() == "NULL");
  restored.merge(whole);
  restored.merge(whole);
  CHECK(restored.result() == "1.0");
}

TEST_CASE("COUNT(*) counts rows") {
  Accumulator count("COUNT", {});
  count.add(column_of("INT", {"1", "NULL"}));
  count.add(column_of("INT", {"1"}), std::vector<RowKind>{RowKind::delete_});
  CHECK(count.result() == "1");
  CHECK(count.signature().result.to_string() == "BIGINT NOT NULL");
}

TEST_CASE("each row goes to its own state, also under a selection") {
  const auto sum = find_aggregate("SUM")->bind(std::vector<Type>{read_type("BIGINT")});
  std::vector<std::vector<uint64_t>> slots(2, std::vector<uint64_t>(sum->size / 8));
  std::vector<char*> states;
  const std::vector<uint32_t> rows = {1, 2, 4};
  for (const size_t slot : {0, 1, 0}) {
    states.push_back(reinterpret_cast<char*>(slots[slot].data()));
  }
  const Column values = column_of("BIGINT", {"1", "20", "300", "4000", "50000"});
  sum->update(states.data(), {&values, 1}, Rows(rows), {});
  char* both[] = {reinterpret_cast<char*>(slots[0].data()),
                  reinterpret_cast<char*>(slots[1].data())};
  const Column result = sum->finish(both, 2, sum->result);
  CHECK(to_text(result, 0) == "50020");
  CHECK(to_text(result, 1) == "300");
}

TEST_CASE("the types of sums and means are Flink's") {
  const auto result = [](std::string_view name, std::string_view type) {
    return find_aggregate(name)->bind(std::vector<Type>{read_type(type)})->result.to_string();
  };
  CHECK(result("SUM", "INT") == "INT");
  CHECK(result("SUM", "DECIMAL(5, 2)") == "DECIMAL(38, 2)");
  CHECK(result("AVG", "DECIMAL(5, 2)") == "DECIMAL(38, 6)");
  CHECK(result("AVG", "FLOAT") == "FLOAT");
  CHECK(result("STDDEV_POP", "INT") == "INT");
  CHECK_FALSE(find_aggregate("SUM")->bind(std::vector<Type>{read_type("STRING")}).has_value());
  CHECK(find_aggregate("sum") == find_aggregate("SUM"));
  CHECK(find_aggregate("MEDIAN_OF_SORTS") == nullptr);
}

}  // namespace millrace::function
