#include <doctest/doctest.h>

#include <string>

#include "sql/parser.h"
#include "sql/printer.h"

namespace millrace::sql {

static std::string repeated(const std::string& piece, size_t times) {
  std::string text;
  for (size_t i = 0; i < times; ++i) {
    text += piece;
  }
  return text;
}

static std::string error_of(const std::string& text) {
  try {
    to_sql(parse_statement(text));
  } catch (const Error& error) {
    return error.message();
  }
  return "";
}

TEST_SUITE("sql parser depth") {
  TEST_CASE("what people write is far from the limit") {
    CHECK(error_of("SELECT " + repeated("(", 300) + "1" + repeated(")", 300)) == "");
    CHECK(error_of("SELECT 1" + repeated(" + 1", 900)) == "");
    CHECK(error_of("SELECT a IN (1" + repeated(", 1", 20'000) + ")") == "");
    CHECK(error_of("SELECT a" + repeated(" AND a <> 1", 20'000)) == "");
    CHECK(error_of("SELECT a" + repeated(" AND b OR c", 20'000)) == "");
  }

  TEST_CASE("hostile nesting is an error, not an overflow") {
    const std::string deep = "nested deeper than 1000 levels";
    const size_t n = 100'000;
    CHECK(error_of("SELECT " + repeated("(", n)) == deep);
    CHECK(error_of("SELECT " + repeated("- ", n) + "1") == deep);
    CHECK(error_of("SELECT " + repeated("NOT ", n) + "1") == deep);
    CHECK(error_of("SELECT 1" + repeated(" + 1", n)) == deep);
    CHECK(error_of("SELECT " + repeated("(", 900) + "a" + repeated(" AND a)", 900)) == deep);
    CHECK(error_of("SELECT a" + repeated("[1]", n)) == deep);
    CHECK(error_of("SELECT a" + repeated(" IS NULL", n)) == deep);
    CHECK(error_of("SELECT " + repeated("CASE WHEN ", n)) == deep);
    CHECK(error_of("SELECT " + repeated("f(", n)) == deep);
    CHECK(error_of("SELECT 1" + repeated(" UNION SELECT 1", n)) == deep);
    CHECK(error_of("SELECT 1" + repeated(" INTERSECT SELECT 1", n)) == deep);
    CHECK(error_of(repeated("(", n) + "SELECT 1") == deep);
    CHECK(error_of("SELECT * FROM " + repeated("(", n)) == deep);
    CHECK(error_of("SELECT * FROM a" + repeated(", a", n)) == deep);
    CHECK(error_of("SELECT " + repeated("(SELECT ", n)) == deep);
    CHECK(error_of("SELECT CAST(a AS " + repeated("ARRAY<", n)) == deep);
    CHECK(error_of("SELECT CAST(a AS INT" + repeated(" ARRAY", n) + ")") == deep);
    CHECK(error_of("SELECT 1 GROUP BY " + repeated("ROLLUP(", n)) == deep);
    CHECK(error_of("EXPLAIN " + repeated("EXECUTE ", n)) != "");
    CHECK(error_of("WITH a AS (" + repeated("WITH a AS (", n)) == deep);
  }
}

}  // namespace millrace::sql
