#include "rehearsal/script.h"

#include <doctest/doctest.h>

#include "base/error.h"

namespace millrace::rehearsal {

TEST_CASE("a script is read step by step") {
  const Script script = parse_script("a.test.sql",
                                     "-- why\n"
                                     "pipeline p.sql\n\n"
                                     "feed events\n"
                                     "{\"a\": 1}\n"
                                     "{\"a\": 2}\n\n"
                                     "feed events: a | b\n"
                                     "1 | x y\n\n"
                                     "kill\n"
                                     "wait 5 s\n"
                                     "expect out: a\n"
                                     "(none)\n");
  REQUIRE(script.steps.size() == 6);
  CHECK(script.steps[1].rows.size() == 2);
  CHECK(script.steps[2].rows[0] == std::vector<std::string>{"1", "x y"});
  CHECK(script.steps[3].kind == StepKind::kill);
  CHECK(script.steps[4].wait == Duration::seconds(5));
  CHECK(script.steps[5].rows.empty());
}

TEST_CASE("statements and changes stand in a script") {
  const Script script = parse_script("a.test.sql",
                                     "-- why\n"
                                     "sql\n"
                                     "CREATE TABLE t\n"
                                     "  (a INT);\n\n"
                                     "changes t: a | b\n"
                                     "+I ann | 1\n"
                                     "-U ann | 1\n");
  REQUIRE(script.steps.size() == 2);
  CHECK(script.steps[0].kind == StepKind::sql);
  CHECK(script.steps[0].name == "\n\nCREATE TABLE t\n(a INT);\n");  // in its third line
  CHECK(script.steps[1].rows[1] == std::vector<std::string>{"-U", "ann", "1"});
}

static std::string error_of(std::string_view text) {
  try {
    parse_script("a.test.sql", text);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST_CASE("a mistake in a script has its line") {
  CHECK(error_of("feed x\n1\n").starts_with("a.test.sql:1:1: the first step"));
  CHECK(error_of("pipeline p\nfed x\n").starts_with("a.test.sql:2:1: unknown step 'fed'"));
  CHECK(error_of("pipeline p\nexpect t: a | b\n1\n") ==
        "a.test.sql:3:1: expected 2 cells, found 1");
  CHECK(error_of("sql\nSELECT 1\n\nchanges t: a\n1\n") ==
        "a.test.sql:5:1: a change begins with +I, -U, +U or -D");
  CHECK(error_of("pipeline p\nwait long\n").starts_with("a.test.sql:2:1: expected a duration"));
}

TEST_CASE("rows agree in any order, and a difference shows both sides") {
  CHECK(difference({{"a", "1"}, {"b", "*"}}, {{"b", "2"}, {"a", "1"}}).empty());
  CHECK(difference({{"null"}}, {{"NULL"}}).empty());
  CHECK(difference({{"a", "1"}, {"b", "2"}}, {{"a", "1"}, {"b", "3"}}) ==
        "  a | 1\n- b | 2\n+ b | 3\n");
  CHECK(difference({{"*"}, {"a"}}, {{"a"}, {"b"}}).empty());
  CHECK(!difference({{"a"}}, {{"a"}, {"a"}}).empty());
}

TEST_CASE("changes agree in their order alone") {
  CHECK(difference_in_order({{"+I", "a"}, {"*", "b"}}, {{"+I", "a"}, {"-D", "b"}}).empty());
  CHECK(difference_in_order({{"a"}, {"b"}, {"c"}}, {{"a"}, {"d"}, {"b"}, {"c"}}) ==
        "  a\n+ d\n  b\n  c\n");
  CHECK(difference_in_order({{"a"}, {"b"}}, {{"b"}, {"a"}}) == "- a\n- b\n+ b\n+ a\n");
  CHECK(difference_in_order({{"a"}}, {}) == "- a\n");
}

}  // namespace millrace::rehearsal
