#include "sql/parser.h"

#include <doctest/doctest.h>

#include <string>

namespace millrace::sql {

TEST_SUITE("sql parser") {
  TEST_CASE("a script is statements with their text and place") {
    const auto statements =
        parse_script("-- one\nSELECT 1;;\n  SELECT a -- two\n FROM t;", "f.sql");
    REQUIRE(statements.size() == 2);
    CHECK(statements[0].text == "SELECT 1");
    CHECK(statements[0].position.line == 2);
    CHECK(statements[1].text == "SELECT a -- two\n FROM t");
    CHECK(statements[1].position.file == "f.sql");
    CHECK(statements[1].position.line == 3);
    CHECK(statements[1].position.column == 3);
  }

  TEST_CASE("the first mistake is reported, not a later one") {
    // The string in line 2 is never closed, but line 1 is wrong already.
    try {
      parse_script("SELECT 1 FROM;\nSELECT 'abc", "f.sql");
      FAIL("parsed");
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::syntax);
      CHECK(error.position()->line == 1);
      CHECK(error.position()->column == 14);
    }
  }

  TEST_CASE("a view keeps its query's text and place, to be parsed again") {
    const auto statements = parse_script("CREATE VIEW v AS\n  SELECT a\n FROM t;", "f.sql");
    const auto& view = std::get<CreateView>(statements[0].node);
    CHECK(view.query_text == "SELECT a\n FROM t");
    const QueryPtr query = parse_query(view.query_text, view.query_position);
    const auto& select = std::get<Select>(query->body);
    CHECK(select.items[0].expression->position.line == 2);
    CHECK(select.items[0].expression->position.column == 10);
    CHECK(select.from->position.line == 3);
    CHECK(select.from->position.column == 7);
    CHECK(select.from->position.file == "f.sql");
  }

  TEST_CASE("one statement means one") {
    CHECK_NOTHROW(parse_statement("SELECT 1;"));
    CHECK_THROWS_AS(parse_statement("SELECT 1; SELECT 2"), Error);
  }
}

}  // namespace millrace::sql
