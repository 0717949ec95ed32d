#include "function/value/json_path.h"

#include <doctest/doctest.h>

#include "base/error.h"

namespace millrace::function {

static std::string found(std::string_view path, std::string_view document) {
  const auto json = parse_json(document);
  REQUIRE(json);
  const JsonPathResult result = JsonPath(path).find_in(*json);
  switch (result.kind) {
    case JsonPathResult::Kind::nothing: return "nothing";
    case JsonPathResult::Kind::failed: return "failed";
    case JsonPathResult::Kind::refused: return "refused";
    case JsonPathResult::Kind::value: break;
  }
  std::string text;
  append_json(result.value, text);
  return text;
}

TEST_CASE("definite paths lead to a value or fail") {
  CHECK(found("$", "1") == "1");
  CHECK(found("$.a.b", R"({"a": {"b": 2}})") == "2");
  CHECK(found("a", R"({"a": 1})") == "1");
  CHECK(found("$['a b']", R"({"a b": 1})") == "1");
  CHECK(found("$[-1]", "[1, 2]") == "2");
  CHECK(found("$.a", "{}") == "failed");
  CHECK(found("lax $.a", "{}") == "nothing");
  CHECK(found("LAX  $.a.b", "{}") == "nothing");
  CHECK(found("$[5]", "[1]") == "failed");
  CHECK(found("$.a", R"({"a": null})") == "null");
}

TEST_CASE("paths of many values give an array") {
  CHECK(found("$[*].x", R"([{"x": 1}, {}, {"x": 2}])") == "[1,2]");
  CHECK(found("$.a[*]", "{}") == "failed");
  CHECK(found("lax $.a[*]", "{}") == "[]");
  CHECK(found("$..x", R"({"x": 1, "a": [{"x": 2}]})") == "[1,2]");
  CHECK(found("$[0,2]", "[1, 2, 3]") == "[1,3]");
  CHECK(found("$[1:]", "[1, 2, 3]") == "[2,3]");
  CHECK(found("$[-2:]", "[1, 2, 3]") == "[2,3]");
  CHECK(found("$[:-1]", "[1, 2, 3]") == "[1,2]");
  CHECK(found("$['a','b']", R"({"a": 1, "b": 2, "c": 3})") == R"({"a":1,"b":2})");
}

TEST_CASE("of several members of a name the last one counts") {
  const char* document = R"({"a": 1, "b": 2, "a": 3})";
  CHECK(found("$.*", document) == "[2,3]");
  CHECK(found("$.keys()", document) == R"(["b","a"])");
  CHECK(found("$.length()", document) == "2");
}

TEST_CASE("an object of many members takes no longer than its size") {
  std::string document = "{";
  for (int i = 0; i < 200'000; ++i) {
    document += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":0";
  }
  CHECK(found("$.length()", document + "}") == "200000");
}

TEST_CASE("a slice from far ahead of an array") {
  CHECK(found("$[-2000000000:2]", "[1, 2, 3]") == "[1,2,3,1,2]");
}

TEST_CASE("filters") {
  const char* document = R"([{"x": 1, "n": "one"}, {"x": 2}, {"x": "2", "n": null}])";
  CHECK(found("$[?(@.x > 1)].x", document) == "[2]");
  CHECK(found("$[?(@.x == 2)].x", document) == R"([2,"2"])");
  CHECK(found("$[?(@.x === 2)].x", document) == "[2]");
  CHECK(found("$[?(@.n)].x", document) == R"([1,"2"])");
  CHECK(found("$[?(!@.n)].x", document) == "[2]");
  CHECK(found("$[?(@.n == 'one' || @.x == 2)].x", document) == R"([1,2,"2"])");
  CHECK(found("$[?(@.n =~ /O.*/i)].x", document) == "[1]");
  CHECK(found("$[?(@.x != 1 && !(@.n))].x", document) == "[2]");
  CHECK(found("$[?(@.x == $[0].x)].x", document) == "[1]");
  CHECK(found("$[?(@ > 1)]", "[[1]]") == "refused");
}

TEST_CASE("functions at the end") {
  CHECK(found("$.length()", "[1, 2]") == "2");
  CHECK(found("$.sum()", "[1, 2]") == "3.0");
  CHECK(found("$.keys()", R"({"a": 1})") == R"(["a"])");
  CHECK(found("$.min()", "[]") == "failed");
}

TEST_CASE("a path whose filters lie deep within each other") {
  const auto nested = [](size_t depth) {
    return "$[?(" + std::string(depth, '(') + "@" + std::string(depth, ')') + ")]";
  };
  CHECK(found(nested(1000), "[1]") == "[1]");
  CHECK(found("$[?(" + std::string(4000, '!') + ")]", "[1]") == "failed");
  CHECK_THROWS_WITH_AS(JsonPath{nested(1'000'000)}, doctest::Contains("at most"), Error);
}

TEST_CASE("what is no path fails") {
  for (const char* path : {"", "$.", "$.a b", "$[last]", "$[", "$['a'", "$k", "$[?(]", "$[:]"}) {
    CAPTURE(path);
    CHECK(found(path, R"({"a": 1})") == "failed");
  }
}

}  // namespace millrace::function
