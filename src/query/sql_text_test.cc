#include "query/sql_text.h"

#include <doctest/doctest.h>

#include "query/postgres_words.h"

namespace millrace::query {

TEST_CASE("semicolons in strings, names and comments do not end a statement") {
  const std::vector<std::string_view> statements = split_statements(
      "SELECT ';', \"a;b\", $x$ ; $x$, E'\\';' -- ;\n/* ; /* ; */ */ ; ;\n SELECT 2 ;");
  REQUIRE(statements.size() == 2);
  CHECK(statements[0] == "SELECT ';', \"a;b\", $x$ ; $x$, E'\\';'");
  CHECK(statements[1] == "SELECT 2");
  CHECK(split_statements(" -- nothing\n").empty());
  CHECK(split_statements("SELECT 'open").size() == 1);
}

TEST_CASE("parameters are no dollar quotes") {
  CHECK(split_statements("SELECT $1; SELECT $2").size() == 2);
}

TEST_CASE("Postgres' own words are replaced outside of strings") {
  CHECK(localized("SELECT 'pg_catalog.x' FROM pg_catalog.pg_class c") ==
        "SELECT 'pg_catalog.x' FROM pg_class c");
  CHECK(localized("a OPERATOR(pg_catalog.~) '^(x)$' COLLATE pg_catalog.default") ==
        "a  ~  '^(x)$'  ");
  CHECK(localized("'1'::pg_catalog.regclass, o::regtype::pg_catalog.text, n::name") ==
        "'1' , o ::text, n::VARCHAR");
  CHECK(localized("SELECT * FROM public.t, information_schema.tables") ==
        "SELECT * FROM main.t, pg_information.tables");
}

}  // namespace millrace::query
