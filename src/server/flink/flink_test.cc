#include <doctest/doctest.h>

#include "connector/connectors.h"
#include "plan/program.h"
#include "server/flink/gateway.h"
#include "server/flink/portability.h"
#include "sql/parser.h"

namespace millrace::server::flink {

static std::vector<Finding> findings_in(const std::vector<sql::Statement>& statements, Lake lake) {
  std::vector<Finding> findings;
  for (const sql::Statement& statement : statements) {
    for (Finding& finding : findings_of(statement, lake)) {
      findings.push_back(std::move(finding));
    }
  }
  return findings;
}

// Of its last INSERT.
static std::vector<Finding> findings_in_plan_of(const std::string& text) {
  const plan::Script script = plan::plan_script(text, "f.sql", connector::connections());
  const plan::Plan& plan = *std::get<plan::Job>(script.given.back()).plan;
  return findings_in_plan(plan, plan.sinks.front()->position);
}

TEST_CASE("of a stack trace the deepest cause and the place in the statement are told") {
  const Refused refused = refusal(
      "<Exception on server side:\n"
      "org.apache.flink.table.gateway.api.utils.SqlGatewayException: failed\n\tat a.b(C.java:1)\n"
      "Caused by: org.apache.flink.table.api.ValidationException: SQL validation failed. From line "
      "2, "
      "column 8 to line 2, column 10: Column 'kk' not found\n\tat d.e(F.java:2)\n"
      "Caused by: org.apache.calcite.sql.validate.SqlValidatorException: Column 'kk' not found in "
      "any "
      "table\n\tat g.h(I.java:3)\n\nEnd of exception on server side>");
  CHECK(refused.message() == "Column 'kk' not found in any table");
  REQUIRE(refused.position());
  CHECK(refused.position()->line == 2);
  CHECK(refused.position()->column == 8);
  CHECK(refusal("java.lang.Exception: it is late\n\tat a.b(C.java:1)").message() == "it is late");
  CHECK(!refusal("no place").position());
}

TEST_CASE("what is Millrace's own is found before Flink finds it") {
  const auto statements = sql::parse_script(
      "SET 'millrace.dead-letter.table' = 'bad';\n"
      "CREATE TABLE a (v INT) WITH ('connector' = 'delta');\n"
      "CREATE TABLE b (v INT) WITH ('connector' = 'kafka', 'topic' = 'b', "
      "'properties.bootstrap.servers' = 'b:9092', 'visibility' = 'immediate');\n"
      "INSERT INTO b SELECT v FROM a",
      "f.sql");
  const auto findings = findings_in(statements, Lake::as_written);
  REQUIRE(findings.size() == 3);
  CHECK(findings[0].weight == Weight::ignored);
  CHECK(findings[1].position.line == 2);
  CHECK(findings[2].what.find("'visibility'") != std::string::npos);
  CHECK(findings_in(statements, Lake::replaced).size() == 2);
}

TEST_CASE("an INSERT that Flink wants ON CONFLICT of is told, one that says it is not") {
  const auto findings = [](const std::string& clause) {
    return findings_in_plan_of(
        "CREATE TABLE a (k INT, v INT) WITH ('connector' = 'datagen');\n"
        "CREATE TABLE b (k INT PRIMARY KEY NOT ENFORCED, v INT) WITH ('connector' = "
        "'upsert-kafka', "
        "'topic' = 'b', 'key.format' = 'json', 'value.format' = 'json');\n"
        "CREATE TABLE c (k INT PRIMARY KEY NOT ENFORCED, v INT) WITH ('connector' = 'blackhole');\n"
        "INSERT INTO c SELECT k, v FROM a;\n"
        "INSERT INTO b SELECT k, v FROM a" +
        clause);
  };
  REQUIRE(findings("").size() == 1);
  CHECK(findings("").front().position.line == 5);
  CHECK(findings(" ON CONFLICT DO DEDUPLICATE").empty());
}

TEST_CASE("tables, functions and statements that Flink refuses are told") {
  const auto found = [](const std::string& text) {
    const auto statements = sql::parse_script(text, "f.sql");
    const auto findings = findings_in(statements, Lake::as_written);
    return findings.empty() ? std::string() : findings.front().what;
  };
  const std::string servers = "'properties.bootstrap.servers' = 'b:9092'";
  CHECK(found("CREATE TABLE a (k INT) WITH ('connector' = 'kafka', 'topic' = 'a', 'format' = "
              "'json')")
            .find("'properties.bootstrap.servers'") != std::string::npos);
  CHECK(found("CREATE TABLE a (k INT) WITH ('connector' = 'kafka', " + servers + ")").empty());
  const std::string keyed = "CREATE TABLE a (k INT, PRIMARY KEY (k) NOT ENFORCED) WITH (" + servers;
  CHECK(found(keyed + ", 'connector' = 'kafka', 'format' = 'json')").find("PRIMARY KEY") !=
        std::string::npos);
  CHECK(found(keyed + ", 'connector' = 'kafka', 'format' = 'debezium-json')").empty());
  CHECK(found(keyed + ", 'connector' = 'upsert-kafka', 'value.format' = 'json')").empty());
  CHECK(
      found("CREATE FUNCTION f (a INT) RETURNS INT RETURN a + 1").starts_with("functions in SQL"));
  CHECK(found("CREATE FUNCTION f AS 'f' LANGUAGE C USING LIBRARY 'l.so'")
            .starts_with("functions of C libraries"));
  CHECK(found("CREATE FUNCTION f AS 'a.B' LANGUAGE JAVA").empty());
  CHECK(found("EXPLAIN STATE SELECT 1").starts_with("EXPLAIN STATE"));
  CHECK(found("EXPLAIN ESTIMATED_COST SELECT 1").empty());
}

TEST_CASE("a materialized table without a connector is in the lake") {
  const auto statements = sql::parse_script(
      "CREATE MATERIALIZED TABLE m AS SELECT 1 AS a;"
      "CREATE MATERIALIZED TABLE n WITH ('connector' = 'print') AS SELECT 1 AS a",
      "f.sql");
  REQUIRE(findings_in(statements, Lake::as_written).size() == 1);
  CHECK(findings_in(statements, Lake::as_written).front().position.column == 27);
  CHECK(findings_in(statements, Lake::replaced).empty());
  CHECK(for_flink(statements[0], {"/systems", "/lake"}).find("'path' = '/lake/m'") !=
        std::string::npos);
}

TEST_CASE("a lookup of a table that Flink does not look up is told") {
  const auto findings = findings_in_plan_of(
      "CREATE TABLE a (k INT, p AS PROCTIME()) WITH ('connector' = 'datagen');\n"
      "CREATE TABLE d (k INT, n STRING) WITH ('connector' = 'filesystem', 'path' = 'd', 'format' = "
      "'csv');\n"
      "CREATE TABLE b (n STRING) WITH ('connector' = 'blackhole');\n"
      "INSERT INTO b SELECT d.n FROM a JOIN d FOR SYSTEM_TIME AS OF a.p ON a.k = d.k");
  REQUIRE(findings.size() == 1);
  CHECK(findings.front().position.line == 4);
}

TEST_CASE("patterns over rows that Flink has not are found where they stand") {
  const auto statements = sql::parse_script(
      "INSERT INTO b SELECT x FROM a MATCH_RECOGNIZE (ORDER BY ts MEASURES CLASSIFIER() AS x\n"
      "ALL ROWS PER MATCH PATTERN (p q) SUBSET u = (p, q) DEFINE q AS q.v > u.v)",
      "f.sql");
  const auto findings = findings_in(statements, Lake::as_written);
  REQUIRE(findings.size() == 3);
  CHECK(findings[0].what.find("CLASSIFIER") == 0);
  CHECK(findings[1].position.line == 2);
  CHECK(findings[2].what.find("the columns of SUBSET") != std::string::npos);
}

TEST_CASE("what stands behind a pattern is not of it") {
  const auto statements = sql::parse_script(
      "INSERT INTO b SELECT x FROM a MATCH_RECOGNIZE (ORDER BY ts MEASURES p.v AS x PATTERN (p)\n"
      "DEFINE p AS (p.v) > 1) JOIN (SELECT NEXT(k) AS k, `SUBSET` = 1 AS s FROM c) AS d ON x = k",
      "f.sql");
  CHECK(findings_in(statements, Lake::as_written).empty());
}

TEST_CASE("a pattern with groups, which Flink has not, is told") {
  const auto findings = [](const std::string& pattern) {
    return findings_in_plan_of(
        "CREATE TABLE a (v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = "
        "'datagen');\n"
        "CREATE TABLE b (v INT) WITH ('connector' = 'blackhole');\n"
        "INSERT INTO b SELECT x FROM a MATCH_RECOGNIZE (ORDER BY ts MEASURES p.v AS x PATTERN (" +
        pattern + ") DEFINE p AS p.v > 1) AS m");
  };
  REQUIRE(findings("(p q)+").size() == 1);
  CHECK(findings("(p q)+").front().position.line == 3);
  REQUIRE(findings("^ p q").size() == 1);
  REQUIRE(findings("p*").size() == 1);
  CHECK(findings("p q").empty());
}

TEST_CASE("a lake table becomes JSON files, any other statement stays") {
  const auto statements = sql::parse_script(
      "CREATE TABLE a (v INT, who STRING) PARTITIONED BY (who) WITH ('connector' = 'delta');"
      "CREATE TABLE b (v INT) WITH ('connector' = 'print')");
  const Places places{"/systems", "/lake"};
  const std::string replaced = for_flink(statements[0], places);
  CHECK(replaced.find("'connector' = 'filesystem'") != std::string::npos);
  CHECK(replaced.find("'path' = '/lake/a'") != std::string::npos);
  CHECK(replaced.find("PARTITIONED BY (who)") != std::string::npos);
  CHECK(for_flink(statements[0], {"/systems", ""}) == statements[0].text);
  CHECK(for_flink(statements[1], places) == statements[1].text);
}

TEST_CASE("Flink is told the whole path of a file that lies beside the SQL") {
  const auto told = [](const std::string& path) {
    return for_flink(sql::parse_statement("CREATE TABLE a (v INT) WITH ('connector' = "
                                          "'filesystem', 'path' = '" +
                                          path + "', 'format' = 'csv')"),
                     {"/systems/fleet", ""});
  };
  CHECK(told("dims/a").find("'path' = '/systems/fleet/dims/a'") != std::string::npos);
  CHECK(told("/dims/a").find("'path' = '/dims/a'") != std::string::npos);
  CHECK(told("file:///dims/a").find("'path' = 'file:///dims/a'") != std::string::npos);
  CHECK(told("s3://dims/a").find("'path' = 's3://dims/a'") != std::string::npos);
}

}  // namespace millrace::server::flink
