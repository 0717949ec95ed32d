#include "connector/console/java_text.h"

#include <doctest/doctest.h>

#include "column/builder.h"
#include "function/evaluate.h"
#include "function/expression.h"

namespace millrace::connector {

namespace {

// What the text of SQL is as a value of a type.
std::string shown(const std::string& text, const Type& type) {
  ColumnBuilder builder(Type::string(false));
  builder.add_string(text);
  std::vector<function::Expression> value;
  value.push_back(function::Expression::of_literal(builder.finish()));
  const function::Expression cast =
      function::folded(function::Expression::of(function::ExpressionKind::cast, type, value));
  std::string out;
  append_java_text(cast.literal, 0, out);
  return out;
}

}  // namespace

// Each as Flink 2.3 prints it.
TEST_CASE("values are printed as Java prints them") {
  CHECK(shown("true", Type::of(TypeKind::boolean)) == "true");
  CHECK(shown("1e10", Type::of(TypeKind::double_)) == "1.0E10");
  CHECK(shown("1.5", Type::decimal(10, 2)) == "1.50");
  CHECK(shown("0.0000001", Type::decimal(20, 10)) == "1.000E-7");
  CHECK(shown("0", Type::decimal(20, 10)) == "0E-10");
  CHECK(shown("-0.0000001", Type::decimal(20, 7)) == "-1E-7");
  CHECK(shown("2024-01-02", Type::of(TypeKind::date)) == "2024-01-02");
  CHECK(shown("10:00:00", Type::of(TypeKind::time)) == "10:00");
  CHECK(shown("10:00:01", Type::of(TypeKind::time)) == "10:00:01");
  CHECK(shown("2026-01-01 00:00:00", Type::timestamp(3)) == "2026-01-01T00:00");
  CHECK(shown("2026-01-01 12:34:00", Type::timestamp(3)) == "2026-01-01T12:34");
  CHECK(shown("2026-01-01 00:00:01.12", Type::timestamp(6)) == "2026-01-01T00:00:01.120");
  CHECK(shown("2026-01-01 00:00:01.0005", Type::timestamp(6)) == "2026-01-01T00:00:01.000500");
}

TEST_CASE("bytes are printed as numbers") {
  ColumnBuilder builder(Type::of(TypeKind::varbinary));
  builder.add_string("\x01\xff");
  builder.add_string("");
  builder.add_null();
  const Column bytes = builder.finish();
  std::string out;
  for (size_t row = 0; row < 3; ++row) {
    append_java_text(bytes, row, out);
  }
  CHECK(out == "[1, -1][]null");
}

}  // namespace millrace::connector
