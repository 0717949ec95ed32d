#include "change/difference.h"

#include <doctest/doctest.h>

#include "change/sameness.h"
#include "connector/connectors.h"
#include "function/foreign/library.h"
#include "plan/fingerprint.h"
#include "plan/nodes.h"
#include "plan/program.h"

namespace millrace::change {

namespace {

// A plan that reads such tables.
plan::Plan plan_over(const std::vector<std::map<std::string, std::string>>& tables) {
  plan::Plan plan;
  for (const auto& options : tables) {
    auto table = std::make_shared<catalog::Table>();
    table->name = "t" + std::to_string(plan.nodes.size() + 1);
    for (const auto& [key, value] : options) {
      table->options[key] = {value, {}};
    }
    plan.add(std::make_unique<plan::Scan>())->table = table;
  }
  return plan;
}

// Of a pipeline with this MATCH_RECOGNIZE.
std::string fingerprint_of_match(const std::string& measure, const std::string& pattern) {
  const plan::Program program = plan::plan_program(
      "CREATE TABLE t (v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = "
      "'kafka', "
      "'topic' = 't', 'format' = 'json');"
      "CREATE TABLE found (x INT) WITH ('connector' = 'print');"
      "INSERT INTO found SELECT x FROM t MATCH_RECOGNIZE (ORDER BY ts MEASURES " +
          measure + " AS x ALL ROWS PER MATCH PATTERN (" + pattern + ") DEFINE a AS a.v > 0)",
      "f.sql", connector::connections());
  return plan::fingerprint(*program.jobs.at(0).plan);
}

// Of a plan that calls a function f of this library.
std::string fingerprint_of_call(const std::string& library) {
  auto signature = std::make_shared<function::ScalarSignature>();
  signature->name = "f";
  signature->result = Type::of(TypeKind::integer);
  auto found = std::make_shared<function::ForeignFunction>();
  found->name = "'f' of '" + library + "'";
  signature->foreign = found;
  plan::Plan plan;
  plan.add(std::make_unique<plan::Values>())->rows = {
      {function::Expression::of_call(signature, {})}};
  return plan::fingerprint(plan);
}

}  // namespace

TEST_CASE("a function of another library is another plan, be its name the same") {
  CHECK(fingerprint_of_call("./a.so") == fingerprint_of_call("./a.so"));
  CHECK(fingerprint_of_call("./a.so") != fingerprint_of_call("./b.so"));
}

TEST_CASE("options and settings that differ are shown, secrets without their value") {
  const auto job = [](const std::string& settings, const std::string& options) {
    plan::Program program = plan::plan_program(
        settings +
            "CREATE TABLE t (v INT) WITH ('connector' = 'kafka', 'topic' = "
            "'t', 'format' = 'json'" +
            options +
            "); CREATE TABLE u (v INT) WITH ('connector' = 'print'); INSERT INTO u SELECT v FROM t",
        "f.sql", connector::connections());
    return std::move(program.jobs.at(0));
  };
  using Lines = std::vector<std::string>;
  const plan::Job first = job("", "");
  CHECK(sameness(first, job("-- As it was\n", "")) == Sameness::whole);
  const plan::Job other =
      job("SET 'millrace.state.memory' = '1 MB'; SET 'parallelism.default' = '4';",
          ", 'json.ignore-parse-errors' = 'true', 'properties.sasl.jaas.config' = 'mine'");
  CHECK(sameness(first, other) == Sameness::of_plan);
  CHECK(difference_of_terms(first, other) ==
        Lines{"+ SET 'millrace.state.memory' = '1 MB'",
              "+ table t: 'json.ignore-parse-errors' = 'true'",
              "+ table t: 'properties.sasl.jaas.config' = '******'"});
  const plan::Job third =
      job("SET 'millrace.state.memory' = '2 MB';",
          ", 'json.ignore-parse-errors' = 'true', 'properties.sasl.jaas.config' = 'yours'");
  CHECK(difference_of_terms(other, third) ==
        Lines{"- SET 'millrace.state.memory' = '1 MB'", "+ SET 'millrace.state.memory' = '2 MB'",
              "- table t: 'properties.sasl.jaas.config' = '******'",
              "+ table t: 'properties.sasl.jaas.config' = '******'"});
}

TEST_CASE("what state cannot go on with is another plan, a hint's time another version of it") {
  const auto job = [](const std::string& source, const std::string& sink, const std::string& hint) {
    plan::Program program = plan::plan_program(
        "CREATE TABLE t (v INT, k STRING) WITH ('connector' = 'kafka', " + source +
            ", 'format' = 'json'); CREATE TABLE u (k STRING, v BIGINT) " + sink +
            "; INSERT INTO u SELECT " + hint + "k, SUM(v) FROM t GROUP BY k",
        "f.sql", connector::connections());
    return std::move(program.jobs.at(0));
  };
  const std::string print = "WITH ('connector' = 'print')";
  const plan::Job first =
      job("'topic-pattern' = 't[0-9]'", print, "/*+ STATE_TTL('t' = '1 d') */ ");
  CHECK(sameness(first, job("'topic-pattern' = 'u[0-9]'", print,
                            "/*+ STATE_TTL('t' = '1 d') */ ")) == Sameness::none);
  const plan::Job shorter =
      job("'topic-pattern' = 't[0-9]'", print, "/*+ STATE_TTL('t' = '5 s') */ ");
  CHECK(sameness(first, shorter) == Sameness::of_plan);
  CHECK(
      difference_of_terms(first, shorter) ==
      std::vector<std::string>{"- hint STATE_TTL = '86400000 ms'", "+ hint STATE_TTL = '5000 ms'"});
  const auto into_files = [](const std::string& partitioned, const std::string& delimiter) {
    plan::Program program = plan::plan_program(
        "CREATE TABLE t (v INT, k STRING) WITH ('connector' = 'kafka', 'topic' = 't', 'format' = "
        "'json'); CREATE TABLE u (k STRING, v INT) " +
            partitioned +
            " WITH ('connector' = 'filesystem', 'path' = 'u', 'format' = 'csv', "
            "'csv.field-delimiter' = '" +
            delimiter + "'); INSERT INTO u SELECT k, v FROM t",
        "f.sql", connector::connections());
    return std::move(program.jobs.at(0));
  };
  const plan::Job files = into_files("PARTITIONED BY (k)", ";");
  CHECK(sameness(files, into_files("", ";")) == Sameness::none);
  CHECK(sameness(files, into_files("PARTITIONED BY (k)", "|")) == Sameness::none);
}

TEST_CASE("two texts as one") {
  using Lines = std::vector<std::string>;
  CHECK(difference_of_lines("a\nb\nc\n", "a\nx\nc\nd\n") ==
        Lines{"  a", "- b", "+ x", "  c", "+ d"});
  CHECK(difference_of_lines("", "a\n") == Lines{"+ a"});
  CHECK(difference_of_lines("a\n", "") == Lines{"- a"});
  CHECK(difference_of_lines("a\nb\n", "a\nb\n") == Lines{"  a", "  b"});
}

TEST_CASE("what begins elsewhere than at the beginning is told, for a change begins there") {
  const std::map<std::string, std::string> topic = {{"connector", "kafka"}, {"topic", "calls"}};
  const auto with = [&](const std::string& mode) {
    auto options = topic;
    options["scan.startup.mode"] = mode;
    return options;
  };
  const auto told = begun_anew(plan_over({topic,
                                          with("latest-offset"),
                                          with("earliest-offset"),
                                          {{"connector", "upsert-kafka"}, {"topic", "people"}},
                                          {{"connector", "delta"}}}));
  REQUIRE(told.size() == 2);
  CHECK(told[0] ==
        "table 't1' begins at 'group-offsets'; the new version reads topic 'calls' from the "
        "beginning all the same");
  CHECK(told[1].starts_with("table 't2' begins at 'latest-offset'"));
}

TEST_CASE("a pipeline whose patterns give something else is another one") {
  const std::string before = fingerprint_of_match("LAST(a.v)", "a b");
  CHECK(fingerprint_of_match("LAST(a.v)", "a b") == before);
  CHECK(fingerprint_of_match("LAST(a.v) + 1", "a b") != before);
  CHECK(fingerprint_of_match("FINAL LAST(a.v)", "a b") != before);
  CHECK(fingerprint_of_match("LAST(a.v)", "a {- b -}") != before);
}

}  // namespace millrace::change
