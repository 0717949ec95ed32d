#include "server/flink/check.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "connector/connectors.h"
#include "sql/parser.h"

namespace millrace::server::flink {

namespace {

constexpr const char* kTables =
    "CREATE TABLE ev (id INT, region STRING, dev STRING, v DOUBLE, n DECIMAL(10, 2), t "
    "TIMESTAMP(3), d DATE, a ARRAY<INT>, r ROW<x INT, y STRING>, m MAP<STRING, INT>, pt AS "
    "PROCTIME(), WATERMARK FOR t AS t - INTERVAL '5' SECOND) WITH ('connector' = 'filesystem', "
    "'path' = 'in', 'format' = 'json');\n"
    "CREATE TABLE csvo (region STRING, c BIGINT) WITH ('connector' = 'filesystem', 'path' = 'out', "
    "'format' = 'csv');\n"
    "CREATE TABLE bh (region STRING, c BIGINT) WITH ('connector' = 'blackhole');\n"
    "CREATE TABLE bhk (region STRING, c BIGINT, PRIMARY KEY (region) NOT ENFORCED) WITH "
    "('connector' = 'blackhole');\n"
    "CREATE TABLE pr (region STRING NOT NULL, c INT) WITH ('connector' = 'print')";

const Places kBesides{"/systems", ""};

std::vector<Finding> findings_in(Check& check, const std::string& text,
                                 const Places& places = kBesides) {
  return check.findings_in(sql::parse_script(text, "f.sql"), places);
}

Weight worst_of(const std::vector<Finding>& findings) {
  auto worst = Weight::ignored;
  for (const Finding& finding : findings) {
    worst = std::max(worst, finding.weight);
  }
  return worst;
}

struct Case {
  const char* statement;
  Weight flink;
};

// What a Flink 2.3 said of each.
constexpr Case kCases[] = {
    {"INSERT INTO bh SELECT region, COUNT(*) FROM ev GROUP BY region", Weight::ignored},
    {"INSERT INTO bh (c, region) SELECT id, region FROM ev", Weight::ignored},
    {"INSERT INTO pr SELECT region, id FROM ev", Weight::ignored},
    {"SELECT region, COUNT(*) AS c FROM ev GROUP BY region ORDER BY 2 LIMIT 2", Weight::ignored},
    {"CREATE TABLE x LIKE ev (INCLUDING ALL EXCLUDING CONSTRAINTS)", Weight::ignored},
    {"SET 'pipeline.name' = 'p'", Weight::ignored},
    {"SHOW TABLES", Weight::ignored},
    {"INSERT INTO csvo SELECT region, COUNT(*) FROM ev GROUP BY region", Weight::refused},
    {"INSERT INTO bhk SELECT dev, COUNT(*) FROM ev GROUP BY region, dev", Weight::refused},
    {"INSERT INTO bh SELECT region, v FROM ev", Weight::refused},
    {"INSERT INTO bh SELECT id, region FROM ev", Weight::refused},
    {"INSERT INTO pr (c) SELECT id FROM ev", Weight::refused},
    {"INSERT INTO bh (nosuch) SELECT region FROM ev", Weight::refused},
    {"INSERT INTO bh SELECT regoin, COUNT(*) FROM evv GROUP BY nosuch", Weight::refused},
    {"SELECT region, COUNT(*) AS c FROM ev GROUP BY region HAVING c > 1", Weight::refused},
    {"SELECT * FROM ev WHERE d > t", Weight::refused},
    {"SELECT region + 1 FROM ev", Weight::refused},
    {"SELECT CASE WHEN TRUE THEN 1 ELSE 'a' END FROM ev", Weight::refused},
    {"SELECT a[0] FROM ev", Weight::refused},
    {"SELECT r.z FROM ev", Weight::refused},
    {"SELECT SUM(SUM(id)) FROM ev", Weight::refused},
    {"SELECT id FROM ev UNION SELECT region FROM ev", Weight::refused},
    {"CREATE VIEW vv AS SELECT id, id FROM ev", Weight::refused},
    {"CREATE TABLE x (a INT, a STRING) WITH ('connector' = 'blackhole')", Weight::refused},
    {"CREATE TABLE x (a INT, t STRING, WATERMARK FOR t AS t) WITH ('connector' = 'blackhole')",
     Weight::refused},
    {"SELECT e.id, x.v FROM ev e, LATERAL (SELECT v FROM ev s WHERE s.id = e.id ORDER BY v LIMIT "
     "1) x",
     Weight::refused},
    {"SELECT e.id, x.v FROM ev e, LATERAL (SELECT v FROM ev ORDER BY v LIMIT 1) x",
     Weight::ignored},
    {"SELECT e.id, x.k FROM ev e, LATERAL (SELECT e.id + 1 AS k) x", Weight::refused},
    {"SELECT e.id, u.x FROM ev e JOIN UNNEST(e.a) AS u (x) ON e.id > u.x", Weight::refused},
    {"SELECT MAX(id), (SELECT MAX(id) FROM ev s WHERE s.region = e.region) FROM ev e GROUP BY "
     "region",
     Weight::refused},
    {"SELECT region, (SELECT MAX(id) FROM ev) FROM ev GROUP BY region", Weight::ignored},
    {"SELECT region FROM ev e GROUP BY region HAVING EXISTS (SELECT 1 FROM ev s WHERE s.region = "
     "e.region)",
     Weight::refused},
    {"SELECT a.id FROM ev a JOIN ev b ON a.id = b.id AND (b.v > 1 OR a.id IN (SELECT id FROM ev))",
     Weight::refused},
    {"SELECT a.id FROM ev a JOIN ev b ON a.id NOT IN (SELECT id FROM ev)", Weight::refused},
    {"SELECT a.id FROM ev a JOIN ev b ON a.id = b.id WHERE a.id IN (SELECT id FROM ev)",
     Weight::ignored},
    {"SELECT a.id FROM ev a JOIN ev b ON a.id = b.id AND a.id IN (1, 2)", Weight::ignored},
    {"SELECT COUNT(*) FROM ev GROUP BY GROUPING SETS (CUBE(region), ROLLUP(dev))", Weight::refused},
    {"SELECT COUNT(*) FROM ev GROUP BY GROUPING SETS (region, region)", Weight::ignored},
    {"SELECT COUNT(*) FROM ev GROUP BY CUBE(region), ROLLUP(region)", Weight::ignored},
    {"SELECT id, SUM(id) OVER () FROM ev", Weight::refused},
    {"SET 'no.such' = '1'", Weight::unknown},
    {"CREATE TABLE x (a INT) WITH ('connector' = 'jdbc', 'url' = 'u')", Weight::unknown},
    {"CREATE FUNCTION f AS 'a.B' LANGUAGE JAVA", Weight::unknown},
    {"INSERT INTO pr SELECT region, id FROM ev ORDER BY v", Weight::refused},
    {"SELECT NTILE(4) OVER (PARTITION BY region ORDER BY t) FROM ev", Weight::refused},
    {"INSERT OVERWRITE csvo SELECT region, 1 FROM ev", Weight::refused},
    {"SELECT c FROM bh", Weight::refused},
    {"CREATE TABLE x (a INT, PRIMARY KEY (a) ENFORCED) WITH ('connector' = 'blackhole')",
     Weight::refused},
};

// Of an option, and whether its table is used.
constexpr Case kOptions[] = {
    {"'format' = 'csv', 'csv.field-delimiter' = 'ab'", Weight::refused},
    {"'format' = 'json', 'json.timestamp-format.standard' = 'bogus'", Weight::refused},
    {"'format' = 'json', 'sink.rolling-policy.file-size' = 'abc'", Weight::refused},
    {"'format' = 'json', 'auto-compaction' = 'true'", Weight::unknown},
    {"'format' = 'json', 'no.such' = 'x'", Weight::unknown},
    {"'format' = 'raw', 'raw.charset' = 'ISO-8859-1'", Weight::unknown},
    {"'format' = 'debezium-json', 'debezium-json.schema-include' = 'true'", Weight::refused},
};

}  // namespace

TEST_CASE("a file is taken where it plans here, and where Flink has what is in it") {
  for (const Case& each : kCases) {
    CAPTURE(each.statement);
    Check check(connector::connections());
    REQUIRE(findings_in(check, kTables).empty());
    const std::vector<Finding> findings = findings_in(check, each.statement);
    CHECK(worst_of(findings) == each.flink);
    for (const Finding& finding : findings) {
      CHECK(finding.position.file == "f.sql");
      CHECK(finding.position.line == 1);
    }
  }
}

TEST_CASE("an option is told at its place, where what is written needs it to be another") {
  for (const Case& each : kOptions) {
    CAPTURE(each.statement);
    Check check(connector::connections());
    const auto findings =
        findings_in(check, std::string("CREATE TABLE x (a STRING) WITH ('connector' = "
                                       "'filesystem', 'path' = 'p', ") +
                               each.statement + ");\nINSERT INTO x VALUES ('a')");
    CHECK(worst_of(findings) == each.flink);
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].position.line == 1);
  }
  Check check(connector::connections());
  CHECK(findings_in(check,
                    "CREATE TABLE x (a STRING) WITH ('connector' = 'filesystem', 'path' = 'p', "
                    "'format' = 'csv', 'csv.field-delimiter' = 'ab')")
            .empty());
}

TEST_CASE("of a text that is no SQL here that is all there is to say") {
  Check check(connector::connections());
  const auto findings = check.findings_in("SELECT 1;\nANALYZE TABLE t", "f.sql", kBesides);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].weight == Weight::unknown);
  CHECK(findings[0].position.line == 2);
}

TEST_CASE("every statement's mistake is told, and of what follows from one that alone") {
  Check check(connector::connections());
  const auto findings = findings_in(check,
                                    "CREATE TABLE a (v INT) WITH ('connector' = 'jdbc');\n"
                                    "CREATE TABLE b (v INT) WITH ('connector' = 'blackhole');\n"
                                    "INSERT INTO b SELECT v FROM a;\n"
                                    "INSERT INTO b SELECT v FROM c;\n"
                                    "INSERT INTO b VALUES ('x')");
  REQUIRE(findings.size() == 3);
  CHECK(findings[0].what.starts_with("cannot be checked here: unknown connector 'jdbc'"));
  CHECK(findings[1].position.line == 4);
  CHECK(findings[2].position.line == 5);
}

TEST_CASE(
    "what follows from a mistake is known by the name that it has, not by the words about it") {
  Check check(connector::connections());
  const auto findings = findings_in(check,
                                    "CREATE TABLE known (v INT) WITH ('connector' = 'jdbc');\n"
                                    "SELECT v FROM default_database.known;\n"
                                    "SELECT v FROM nosuch");
  std::vector<uint32_t> lines;
  for (const Finding& finding : findings) {
    if (finding.weight != Weight::ignored) {
      lines.push_back(finding.position.line);
    }
  }
  CHECK(lines == std::vector<uint32_t>{1, 3});
}

TEST_CASE("a lake table that becomes files takes insertions alone") {
  const std::string text =
      "CREATE TABLE a (k INT, v INT) WITH ('connector' = 'datagen');\n"
      "CREATE TABLE b (k INT, c BIGINT) WITH ('connector' = 'delta');\n"
      "INSERT INTO b SELECT k, COUNT(*) FROM a GROUP BY k";
  Check replaced(connector::connections());
  const auto findings = findings_in(replaced, text, {"/systems", "/lake"});
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].position.line == 3);
  CHECK(findings[0].what.find("update changes") != std::string::npos);
}

TEST_CASE("what is of a statement set as a whole is told where it begins") {
  Check check(connector::connections());
  const auto findings =
      findings_in(check,
                  "CREATE TABLE a (k INT, y BYTES) WITH ('connector' = 'filesystem', 'path' = 'a', "
                  "'format' = 'json');\n"
                  "CREATE TABLE b (c BIGINT) WITH ('connector' = 'blackhole');"
                  "CREATE TABLE d (c BIGINT) WITH ('connector' = 'blackhole');\n"
                  "EXECUTE STATEMENT SET\nBEGIN\n"
                  "INSERT INTO d SELECT CAST(k AS BIGINT) FROM a;\n"
                  "INSERT INTO b SELECT COUNT(DISTINCT y) FROM a;\nEND;\n"
                  "INSERT INTO b\nSELECT COUNT(DISTINCT y) FROM a");
  REQUIRE(findings.size() == 2);
  CHECK(findings[0].position.line == 3);
  CHECK(findings[0].position.column == 1);
  CHECK(findings[1].position.line == 8);
  CHECK(findings[1].position.column == 13);
}

TEST_CASE("what Flink's connectors of Kafka ask for is told at the table") {
  const auto finds = [](const std::string& source, const std::string& sink) {
    const std::string topic =
        " (k INT) WITH ('connector' = 'kafka', 'topic' = 't', 'format' = 'json', "
        "'properties.bootstrap.servers' = 'localhost:9092'";
    Check check(connector::connections());
    const auto findings =
        findings_in(check, "CREATE TABLE a" + topic + source + ");\nCREATE TABLE b" + topic + sink +
                               ");\nINSERT INTO b SELECT k FROM a");
    return findings.empty() ? 0 : findings[0].position.line;
  };
  CHECK(finds("", "") == 1);
  CHECK(finds(", 'scan.startup.mode' = 'group-offsets'", "") == 1);
  CHECK(finds(", 'properties.group.id' = 'g'", "") == 0);
  CHECK(finds(", 'scan.startup.mode' = 'earliest-offset'", "") == 0);
  const std::string from_first = ", 'scan.startup.mode' = 'earliest-offset'";
  CHECK(finds(from_first, ", 'sink.delivery-guarantee' = 'exactly-once'") == 2);
  CHECK(finds(from_first,
              ", 'sink.delivery-guarantee' = 'exactly-once', "
              "'sink.transactional-id-prefix' = 'p'") == 0);
}

TEST_CASE("what Flink's batch mode cannot do is told") {
  const auto worst = [](const std::string& statement) {
    Check check(connector::connections());
    findings_in(check, kTables);
    return worst_of(findings_in(check,
                                "SET 'execution.runtime-mode' = 'batch';\n"
                                "CREATE TABLE cdc (k INT, n STRING) WITH ('connector' = "
                                "'filesystem', 'path' = 'c', 'format' = 'debezium-json');\n" +
                                    statement));
  };
  const std::string sum = "SELECT id, SUM(v) OVER (ORDER BY ";
  CHECK(worst("SELECT k, n FROM cdc") == Weight::refused);
  CHECK(worst(sum + "t RANGE BETWEEN INTERVAL '1' MINUTE PRECEDING AND CURRENT ROW) FROM ev") ==
        Weight::refused);
  CHECK(worst(sum + "id RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) FROM ev") == Weight::ignored);
  CHECK(worst(sum + "t) FROM ev") == Weight::ignored);
  const auto made = [&](const std::string& options) {
    return worst("CREATE TABLE g (k INT) WITH ('connector' = 'datagen', " + options +
                 "); SELECT k FROM g");
  };
  CHECK(made("'fields.k.kind' = 'sequence', 'fields.k.start' = '1', 'fields.k.end' = '9'") ==
        Weight::refused);
  CHECK(made("'number-of-rows' = '9'") == Weight::ignored);
}

TEST_CASE("what nobody would read is not handed over") {
  Check check(connector::connections());
  const auto findings = findings_in(check, "SELECT 1;\nSHOW TABLES;\nSET 'a' = 'b'");
  REQUIRE(findings.size() == 3);
  CHECK(findings[0].what.starts_with("this query is not handed to Flink"));
  CHECK(findings[1].what.starts_with("SHOW is not handed to Flink"));
  CHECK(findings[2].weight == Weight::unknown);
}

}  // namespace millrace::server::flink
