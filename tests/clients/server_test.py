"""The program as a process: ports.json, health, signals, exit codes, and what it says when its
surroundings are not what they should be.

    server_test.py MILLRACE_BINARY
"""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request
from pathlib import Path

from kafka import KafkaConsumer

sys.path.insert(0, str(Path(__file__).resolve().parent))
from running_server import REPOSITORY, Server  # noqa: E402

BINARY = ""


def run(*words, **options):
    return subprocess.run([BINARY, *map(str, words)], capture_output=True, text=True, timeout=60,
                          stdin=subprocess.DEVNULL, **options)


def get(url, **headers):
    """(status, body) whatever the status is."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


class WithFolder(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="millrace-server-")))
        self.data = self.folder / "data"

    def assert_fails(self, done, *parts, code=1):
        self.assertEqual(done.returncode, code, done.stderr)
        for part in parts:
            self.assertIn(str(part), done.stderr)
        self.assertNotIn("terminate called", done.stderr)


class RunningServer(WithFolder):
    def setUp(self):
        super().setUp()
        self.server = self.enterContext(Server(BINARY, self.data))

    def test_ports_are_chosen_written_and_answer(self):
        self.assertEqual(set(self.server.ports), {"kafka", "http", "pg", "kinesis", "registry"})
        for name in ("http", "kafka", "pg", "kinesis"):
            with socket.create_connection(("127.0.0.1", self.server.ports[name]), timeout=5):
                pass
        self.assertIsNone(self.server.ports["registry"])

    def test_health_readiness_and_metrics(self):
        status, body = get(self.server.http + "/healthz")
        self.assertEqual((status, json.loads(body)["status"]), (200, "ok"))
        self.assertEqual(get(self.server.http + "/readyz")[0], 200)
        status, body = get(self.server.http + "/metrics")
        self.assertEqual(status, 200)
        for line in body.splitlines():
            self.assertRegex(line, r"^(# (HELP|TYPE) |[a-z_]+(\{.*\})? [-+0-9.eInf]+$)")
        self.assertIn("/healthz", json.loads(get(self.server.http + "/openapi.json")[1])["paths"])

    def test_requests_of_other_pages_are_refused(self):
        self.assertEqual(get(self.server.http + "/healthz", Host="evil.example")[0], 403)
        self.assertEqual(get(self.server.http + "/healthz", Origin="http://evil.example")[0], 403)

    def test_sigterm_ends_it_cleanly(self):
        for signum in (signal.SIGTERM, signal.SIGINT):
            if not self.server.is_running():
                self.server.start()
            self.server.process.send_signal(signum)
            self.assertEqual(self.server.process.wait(timeout=15), 0)
            self.assertFalse((self.data / "ports.json").exists())

    def test_an_open_connection_does_not_delay_the_end(self):
        with socket.create_connection(("127.0.0.1", self.server.ports["http"])) as idle:
            idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            idle.recv(1000)
            started = time.monotonic()
            self.assertEqual(self.server.stop(), 0)
            self.assertLess(time.monotonic() - started, 10)

    def test_a_second_server_on_the_directory_is_told_who_has_it(self):
        done = run("server", "--data", self.data, "--http-port", 0, "--kafka-port", 0, "--pg-port", 0)
        self.assert_fails(done, self.data, f"process {self.server.process.pid}", "--data")
        self.assertTrue((self.data / "ports.json").exists())
        self.assertEqual(get(self.server.http + "/healthz")[0], 200)

    def test_a_port_taken_is_named_with_its_flag(self):
        for flag in ("--http-port", "--kafka-port", "--pg-port"):
            flags = {"--http-port": 0, "--kafka-port": 0, "--pg-port": 0, flag: self.server.ports["http"]}
            done = run("server", "--data", self.folder / "other",
                       *(word for pair in flags.items() for word in pair))
            self.assert_fails(done, self.server.ports["http"], flag, "in use")
            self.assertFalse((self.folder / "other" / "ports.json").exists())

    def test_after_a_kill_its_ports_are_not_believed(self):
        self.server.kill()
        self.assertTrue((self.data / "ports.json").exists())
        self.assertEqual(run("topic", "list", "--data", self.data).returncode, 0)

    def test_topics_through_the_server(self):
        def topic(*words):
            done = run("topic", *words, "--data", self.data)
            self.assertEqual(done.returncode, 0, done.stderr)
            return done.stdout
        topic("create", "orders", "--partitions", "2")
        subprocess.run([BINARY, "topic", "produce", "orders", "--data", self.data, "--key-separator", ":"],
                       input="k:one\ntwo\n", text=True, check=True, capture_output=True)
        self.assertEqual(topic("consume", "orders"), "one\ntwo\n")
        self.assertEqual(topic("consume", "orders", "--tail", "1"), "two\n")
        listed = json.loads(topic("list", "--output", "json"))
        self.assertEqual([(t["name"], len(t["partitions"])) for t in listed if t["name"] == "orders"],
                         [("orders", 2)])
        # One of the two partitions is empty: nothing is deleted of the other either.
        self.assert_fails(run("topic", "delete-records", "orders", "--before", "1", "--data", self.data),
                          "partition 1 ends at 0", "nothing was deleted")
        self.assertEqual(topic("consume", "orders"), "one\ntwo\n")
        self.assert_fails(run("topic", "alter-config", "orders", "--set", "segment.bytes=5", "--data", self.data),
                          "Value must be at least 1048576")
        self.assert_fails(run("topic", "desribe", "orders", "--data", self.data), "did you mean 'describe'", code=2)
        self.server.kill()
        self.assertEqual(topic("consume", "orders"), "one\ntwo\n", "the directory itself says the same")
        topic("delete", "orders")
        self.assert_fails(run("topic", "describe", "orders", "--data", self.data), "no topic 'orders'")

    def assert_broker_keeps(self, topic):
        """Neither shown nor written by 'millrace topic', with a server and without."""
        def check():
            listed = json.loads(run("topic", "list", "--output", "json", "--data", self.data).stdout)
            self.assertNotIn(topic, [each["name"] for each in listed])
            for verb in ("describe", "consume", "delete"):
                self.assert_fails(run("topic", verb, topic, "--data", self.data), "keeps topic '" + topic)
            written = subprocess.run([BINARY, "topic", "produce", topic, "--data", self.data], input="a\n",
                                     text=True, capture_output=True)
            self.assert_fails(written, "keeps topic '" + topic)
        check()
        self.server.kill()
        check()
        self.server.start()

    def test_groups_are_shown_reset_and_deleted(self):
        def group(*words):
            done = run("group", *words, "--data", self.data)
            self.assertEqual(done.returncode, 0, done.stderr)
            return done.stdout
        self.assertEqual(run("topic", "create", "orders", "--data", self.data).returncode, 0)
        subprocess.run([BINARY, "topic", "produce", "orders", "--data", self.data],
                       input="a\nb\nc\nd\n", text=True, check=True, capture_output=True)
        consumer = KafkaConsumer("orders", bootstrap_servers=[self.server.kafka], group_id="billing",
                                 auto_offset_reset="earliest", enable_auto_commit=False,
                                 max_poll_records=1)
        self.assertEqual(next(consumer).value, b"a")
        self.assertIsNone(json.loads(group("list", "--output", "json"))[0]["lag"], "nothing is committed")
        self.assertIn("lag unknown", group("describe", "billing"))
        consumer.commit()
        described = json.loads(group("describe", "billing", "--output", "json"))
        self.assertEqual((described["state"], described["lag"], described["members"][0]["client"]),
                         ("Stable", 3, consumer.config["client_id"]))
        self.assertEqual(described["partitions"][0]["member"], described["members"][0]["member"])
        self.assert_fails(run("group", "reset-offsets", "billing", "--to-latest", "--execute",
                              "--data", self.data), "has members")
        consumer.close()
        self.assertEqual(group("export", "billing"), "orders,0,1\n")
        for words, offset in ((["--to-latest"], 4), (["--shift-by", "-2"], 2), (["--to-offset", "9"], 4),
                              (["--to-earliest"], 0), (["--by-duration", "1 h"], 0),
                              (["--to-datetime", "2100-01-01T00:00:00Z"], 4),
                              (["--topic", "orders:0", "--to-offset", "3"], 3), (["--to-current"], 3)):
            shown = json.loads(group("reset-offsets", "billing", *words, "--output", "json"))
            done = json.loads(group("reset-offsets", "billing", *words, "--execute", "--output", "json"))
            self.assertEqual((shown, done[0]["offset"]), (done, offset), words)
        saved = self.folder / "offsets.csv"
        saved.write_text("orders,0,2\n")
        group("reset-offsets", "billing", "--from-file", str(saved), "--execute")
        self.server.kill()
        self.server.start()
        self.assertEqual(group("export", "billing"), "orders,0,2\n")
        self.assertEqual([(g["group"], g["state"], g["lag"])
                          for g in json.loads(group("list", "--output", "json"))],
                         [("billing", "Empty", 2)])
        self.assert_broker_keeps("__consumer_offsets")
        group("delete", "billing")
        self.assert_fails(run("group", "describe", "billing", "--data", self.data), "no consumer group")
        self.assert_fails(run("group", "reset-offsets", "billing", "--to-earliest", "--data", self.data),
                          "'billing' has committed no offsets")
        group("reset-offsets", "billing", "--to-earliest", "--topic", "orders", "--execute")
        self.assertEqual(group("export", "billing"), "orders,0,0\n")

    def test_quotas_are_set_listed_and_taken_back(self):
        def quota(*words):
            done = run("quota", *words, "--data", self.data)
            self.assertEqual(done.returncode, 0, done.stderr)
            return done.stdout
        quota("set", "producer_byte_rate=1000,request_percentage=50.5", "--user", "ann", "--every-client")
        quota("set", "consumer_byte_rate=2000", "--client", "etl")
        self.server.kill()
        self.server.start()
        self.assertEqual(json.loads(quota("list", "--output", "json")),
                         [{"client_id": None, "user": "ann",
                           "limits": {"producer_byte_rate": 1000, "request_percentage": 50.5}},
                          {"client_id": "etl", "limits": {"consumer_byte_rate": 2000}}])
        quota("remove", "producer_byte_rate", "--user", "ann", "--every-client")
        quota("remove", "--client", "etl")
        self.assertEqual([row.split() for row in quota("list").splitlines()][-1],
                         ["ann", "(every)", "-", "-", "50.5"])
        self.assert_fails(run("quota", "set", "producer_byte_rate=0", "--user", "ann", "--data", self.data),
                          "greater than 0")
        for words in (["set", "producer_byte_rate=1"], ["set", "producer_byte_rate=x", "--user", "ann"],
                      ["remove", "no_such", "--user", "ann"], ["remove", "--user", "a", "--every-user"]):
            self.assertEqual(run("quota", *words, "--data", self.data).returncode, 2, words)

    def test_a_deleted_topic_takes_its_committed_offsets_along(self):
        def ask(*words):
            done = run(*words, "--data", self.data)
            self.assertEqual(done.returncode, 0, done.stderr)
            return done.stdout
        for name in ("orders", "others"):
            ask("topic", "create", name)
            subprocess.run([BINARY, "topic", "produce", name, "--data", self.data], input="a\nb\n", text=True,
                           check=True, capture_output=True)
        consumer = KafkaConsumer("orders", "others", bootstrap_servers=[self.server.kafka], group_id="billing",
                                 auto_offset_reset="earliest", enable_auto_commit=False)
        for _ in range(4):
            next(consumer)
        consumer.commit()
        consumer.close()
        self.assertEqual(ask("group", "export", "billing"), "orders,0,2\nothers,0,2\n")
        ask("topic", "delete", "orders")
        self.assertEqual(ask("group", "export", "billing"), "others,0,2\n")
        self.server.kill()
        self.server.start()
        ask("topic", "create", "orders")
        self.assertEqual(ask("group", "export", "billing"), "others,0,2\n")

    def test_a_damaged_tail_of_a_log_is_cut_and_said_so(self):
        records = "".join(f"record {n}\n" for n in range(100))
        self.assertEqual(run("topic", "create", "orders", "--data", self.data).returncode, 0)
        subprocess.run([BINARY, "topic", "produce", "orders", "--data", self.data], input=records,
                       text=True, check=True, capture_output=True)
        self.assertEqual(self.server.stop(), 0)
        last = sorted((self.data / "topics" / "orders" / "0").glob("*.log"))[-1]
        whole = last.stat().st_size
        with open(last, "ab") as file:
            file.write(bytes(range(256)) * 3)
        self.server.start()
        self.assertEqual(run("topic", "consume", "orders", "--data", self.data).stdout, records)
        self.assertEqual(last.stat().st_size, whole)
        cut = next(line for line in map(json.loads, self.server.tail().splitlines())
                   if line["what"] == "tail of the log cut")
        self.assertEqual((cut["segment"], cut["position"], cut["bytes"]), (str(last), whole, 768))


class Surroundings(WithFolder):
    def server(self, *words, data=None):
        return run("server", *words, "--data", data or self.data,
                   "--http-port", 0, "--kafka-port", 0, "--pg-port", 0, cwd=self.folder)

    def test_a_data_directory_that_cannot_be(self):
        file = self.folder / "file"
        file.write_text("not a directory")
        self.assert_fails(self.server(data=file), file, "Not a directory", "--data DIR")
        self.assert_fails(self.server(data=file / "below"), file, "--data DIR")
        self.assert_fails(self.server(data="/proc/nowhere"), "/proc/nowhere", "--data DIR")

    @unittest.skipIf(os.geteuid() == 0 and not hasattr(os, "setresuid"), "needs another user")
    def test_a_data_directory_of_somebody_else(self):
        if not all(folder.stat().st_mode & 0o001 for folder in Path(BINARY).resolve().parents):
            self.skipTest("the program lies where another user cannot reach it")
        self.data.mkdir(mode=0o555)
        self.folder.chmod(0o755)
        options = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
        done = run("server", "--data", self.data, "--http-port", 0, cwd="/", **options)
        self.assert_fails(done, self.data, "Permission denied", "--data DIR")

    def test_settings_that_are_wrong(self):
        (self.folder / "millrace.toml").write_text("[kafka]\nprot = 1\n")
        self.assert_fails(self.server(), "millrace.toml:2:1:", "kafka.prot", "did you mean 'kafka.port'")
        self.assert_fails(run("settings", "--config", self.folder / "none.toml"), "none.toml")

    def test_settings_from_file_environment_and_flags(self):
        (self.folder / "millrace.toml").write_text("[server]\ndata = 'from-file'\n[http]\nport = 1234\n")
        def data_setting(*words, **variables):
            done = run("settings", "--output", "json", *words, cwd=self.folder,
                       env={**os.environ, **variables})
            return next(row["value"] for row in json.loads(done.stdout) if row["key"] == "server.data")
        self.assertEqual(data_setting(), '"from-file"')
        self.assertEqual(data_setting(MILLRACE_DATA="from-variable"), '"from-variable"')
        self.assertEqual(data_setting("--data", "from-flag", MILLRACE_DATA="x"), '"from-flag"')

    def test_the_page_of_settings_is_that_of_the_program(self):
        page = (REPOSITORY / "docs" / "settings.md").read_text()
        self.assertEqual(run("settings", "--output", "markdown").stdout, page,
                         "run: build/release/millrace settings --output markdown > docs/settings.md")

    def test_the_page_of_topic_settings_is_that_of_the_program(self):
        page = (REPOSITORY / "docs" / "topic-settings.md").read_text()
        self.assertEqual(run("topic", "settings", "--output", "markdown").stdout, page,
                         "run: build/release/millrace topic settings --output markdown > docs/topic-settings.md")

    def test_log_to_a_file(self):
        log = self.folder / "log.json"
        (self.folder / "millrace.toml").write_text(f"[log]\nfile = '{log}'\n[http]\naddress = '1.2.3'\n")
        self.assert_fails(self.server(), "1.2.3", "--http-port")
        for line in log.read_text().splitlines():
            self.assertLessEqual({"at", "level", "part", "what"}, set(json.loads(line)))


PIPELINE = """
CREATE TABLE numbers (n INT, word STRING) WITH (
  'connector' = 'kafka', 'topic' = 'numbers', 'properties.bootstrap.servers' = 'localhost:9092',
  'scan.startup.mode' = 'earliest-offset', 'format' = 'json'{bounded});
CREATE TABLE even (n INT, word STRING) WITH ('connector' = 'delta');
SET 'execution.checkpointing.interval' = '200 ms';
INSERT INTO even SELECT n, word FROM numbers WHERE MOD(n, 2) = 0;
"""
RECORDS = "".join(f'{{"n": {n}, "word": "w{n}"}}\n' for n in range(10)) + "no JSON\n"


class Pipelines(WithFolder):
    def setUp(self):
        super().setUp()
        self.file = self.folder / "even.sql"
        self.file.write_text(PIPELINE.format(bounded=""))

    def produce(self):
        subprocess.run([BINARY, "topic", "produce", "numbers", "--data", self.data], input=RECORDS,
                       text=True, check=True, capture_output=True)

    def test_a_mistake_in_a_file_is_shown_with_its_place(self):
        self.file.write_text("CREATE TABLE t (a INT) WITH ('connector' = 'delta');\n"
                             "INSERT INTO t SELECT b FORM t;\n")
        for words in (["server", self.file, "--data", self.data, "--http-port", 0, "--kafka-port", 0,
                       "--pg-port", 0], ["run", self.file], ["explain", self.file]):
            done = run(*words)
            self.assert_fails(done, f"{self.file}:2:")
            self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)
        self.assertFalse((self.data / "ports.json").exists())
        self.assert_fails(run("explain", self.folder / "none.sql"), "none.sql")

    def test_rows_in_rows_out_and_every_way_to_ask_for_them(self):
        with Server(BINARY, self.data, self.file) as server:
            self.produce()
            deadline = time.monotonic() + 30
            while server.query("SELECT count(*) FROM even") != [(5,)] and time.monotonic() < deadline:
                time.sleep(0.05)
            expected = [{"n": n, "word": f"w{n}"} for n in (0, 2, 4, 6, 8)]
            sql = ["sql", "--data", self.data, "--output"]
            self.assertEqual(json.loads(run(*sql, "json", "SELECT * FROM even ORDER BY n").stdout), expected)
            self.assertEqual(run(*sql, "csv", "SELECT word FROM even WHERE n = 4;").stdout, "word\nw4\n")
            self.assertEqual(get(server.http + "/readyz")[0], 200)
            pipeline, = json.loads(run("pipeline", "list", "--data", self.data, "--output", "json").stdout)
            self.assertEqual(pipeline["state"], "running")
            scan = next(o for o in pipeline["operators"] if o["id"].startswith("scan"))
            self.assertEqual((scan["in"], scan["out"], scan["dead_lettered"]), (11, 10, 1))
            for operator in pipeline["operators"]:
                self.assertEqual(operator["in"], operator["out"] + operator["filtered"] + operator["late"]
                                 + operator["dead_lettered"], operator)
            metrics = get(server.http + "/metrics")[1]
            self.assertIn(f'millrace_pipeline_running{{pipeline="{pipeline["name"]}"}} 1', metrics)
            self.assertIn("millrace_operator_rows_total{", metrics)
            self.assertEqual(run("pipeline", "status", pipeline["name"], "--data", self.data).returncode, 0)
            self.assert_fails(run("pipeline", "status", "none", "--data", self.data), "no pipeline 'none'")
            self.assert_fails(run(*sql, "json", "SELECT nothing FROM even"), "nothing")
            self.assertEqual(server.stop(), 0)
        # The directory itself answers, too; pipelines there are none.
        self.assertEqual(json.loads(run(*sql, "json", "SELECT * FROM even ORDER BY n").stdout), expected)
        self.assertIn("even", run("table", "list", "--data", self.data).stdout)
        self.assert_fails(run("pipeline", "list", "--data", self.data), "no server")

    def test_a_statement_from_a_file_knows_its_name(self):
        self.data.mkdir()
        query = self.folder / "query.sql"
        query.write_text("SELECT 1 AS one,\n  missing")
        self.assert_fails(run("sql", "-f", query, "--data", self.data), f"{query}:2:3: ")
        self.assert_fails(run("sql", "--data", self.data), "one statement", code=2)

    def test_a_run_ends_with_its_input(self):
        self.data.mkdir()
        self.assertEqual(run("topic", "create", "numbers", "--data", self.data).returncode, 0)
        self.produce()
        self.file.write_text(PIPELINE.format(bounded=", 'scan.bounded.mode' = 'latest-offset'"))
        done = run("run", self.file, "--data", self.data)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("11 rows read, 5 written, 1 dead-lettered", done.stderr)
        count = "SELECT count(*) AS rows FROM even"
        self.assertEqual(run("sql", count, "--data", self.data, "--output", "csv").stdout, "rows\n5\n")
        self.assertEqual(run("run", self.file, "--data", self.data).returncode, 0)
        self.assertEqual(run("sql", count, "--data", self.data, "--output", "csv").stdout, "rows\n5\n",
                         "a second run goes on where the first ended")


class LettersOfQueries(unittest.TestCase):
    """A query by itself over a file with a record that cannot be read."""

    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.folder = Path(self.directory.name)
        (self.folder / "in").mkdir()
        (self.folder / "in" / "a.json").write_text('{"a": 1}\nbroken\n')
        self.file = self.folder / "query.sql"

    def tearDown(self):
        self.directory.cleanup()

    def run_query(self, *words, before=""):
        self.file.write_text(f"""CREATE TABLE t (a INT)
WITH ('connector' = 'filesystem', 'path' = '{self.folder}/in', 'format' = 'json');
{before}SELECT a FROM t;""")
        return run("run", self.file, *words)

    def test_without_a_table_it_fails_once_and_says_how_to_get_one(self):
        done = self.run_query()
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr.count("cannot be processed"), 1, done.stderr)
        self.assertIn("pipeline 'query-1' failed: ", done.stderr)
        self.assertIn("SET 'millrace.dead-letter.table' names one, --data has the lake's", done.stderr)

    def test_they_go_to_the_table_that_is_set(self):
        done = self.run_query(before="""CREATE TABLE dl (event_data STRING, reason STRING) WITH ('connector' = 'print');
SET 'millrace.dead-letter.table' = 'dl';
""")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("+I[broken, ", done.stdout)

    def test_they_go_to_the_lake_in_each_run(self):
        data = self.folder / "data"
        count = "SELECT count(DISTINCT pipeline) AS runs, count(*) AS letters FROM dead_letters"
        for runs in (1, 2):
            done = self.run_query("--data", data)
            self.assertEqual(done.returncode, 0, done.stderr)
            told = run("sql", count, "--data", data, "--output", "csv").stdout
            self.assertEqual(told, f"runs,letters\n{runs},{runs}\n")


STATEMENTS = """
CREATE TABLE t (a INT NOT NULL, b STRING) WITH ('connector' = 'kafka', 'topic' = 't', 'format' = 'json');
SHOW TABLES;
SELECT a, b, a FROM (VALUES (1, 'ann'), (2, CAST(NULL AS STRING)), (3, 'a name of more than thirty letters')) AS v (a, b);
SELECT X'ff0a' AS b;
EXPLAIN SELECT a FROM t WHERE a > 1;
SELECT * FROM (VALUES (1)) AS v (x) WHERE x > 1;
CREATE TABLE p (x INT) WITH ('connector' = 'print');
INSERT INTO p VALUES (7);
"""
ANSWERS = """table name
----------
t
+----+-------------+--------------------------------+-------------+
| op |           a |                              b |          a0 |
+----+-------------+--------------------------------+-------------+
| +I |           1 |                            ann |           1 |
| +I |           2 |                         <NULL> |           2 |
| +I |           3 | a name of more than thirty ... |           3 |
+----+-------------+--------------------------------+-------------+
Received a total of 3 rows
+----+--------------------------------+
| op |                              b |
+----+--------------------------------+
| +I |                        x'ff0a' |
+----+--------------------------------+
Received a total of 1 row
== Optimized Physical Plan ==
Calc(where=[(a > 1)])
+- TableSourceScan(table=[t], fields=[a])

Empty set
+I[7]
"""


class Statements(WithFolder):
    def file(self, text):
        path = self.folder / "statements.sql"
        path.write_text(text)
        return path

    def test_a_run_prints_what_statements_answer(self):
        done = run("run", self.file(STATEMENTS))
        self.assertEqual((done.returncode, done.stdout), (0, ANSWERS), done.stderr)

    def test_a_query_that_fails_ends_the_run(self):
        done = run("run", self.file("SELECT 1 / x FROM (VALUES (0)) AS v (x);\nSHOW TABLES;\n"))
        self.assert_fails(done, "query-1", "zero")
        self.assertNotIn("table name", done.stdout)

    def test_what_makes_no_difference_is_said_once(self):
        done = run("explain", self.file("SET 'parallelism.default' = '2';\nSET 'parallelism.default' = '3';\n"
                                        "SELECT 1;\n"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stderr.count("'parallelism.default' makes no difference"), 1, done.stderr)
        self.assert_fails(run("run", self.file("SET 'table.local-time-zone' = 'Asia/Nowhere';\nSELECT 1;\n")), ":1:31:")

    def test_a_file_without_a_plan_says_what_it_holds(self):
        for command in ("explain", "run"):
            self.assert_fails(run(command, self.file("-- nothing\n")), "there is no statement in")
        self.assertIn("1 statement without a mistake", run("explain", self.file("CREATE DATABASE d;\n")).stderr)
        done = run("run", self.file("CREATE DATABASE d;\n"))
        self.assertEqual((done.returncode, done.stdout), (0, ""))
        self.assertIn("nothing to run", done.stderr)

    def test_a_file_may_begin_with_a_byte_order_mark(self):
        done = run("run", self.file("\ufeffSELECT 1;\n"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("Received a total of 1 row", done.stdout)

    def test_security_of_a_cluster_is_said_to_make_no_difference(self):
        done = run("run", self.file("CREATE TABLE t (a INT) WITH ('connector' = 'kafka', 'topic' = 't', 'format' = 'json', "
                                    "'properties.sasl.jaas.config' = 'password=\"secret\"', 'properties.acks' = 'all', "
                                    "'properties.lingr.ms' = '5', 'scan.bounded.mode' = 'latest-offset');\nSELECT * FROM t;\n"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("option 'properties.sasl.jaas.config' of table 't' makes no difference here", done.stderr)
        self.assertIn("(did you mean 'properties.linger.ms'?)", done.stderr)
        self.assertNotIn("properties.acks", done.stderr)
        self.assertNotIn("secret", done.stderr)

    def test_an_option_that_is_set_later_is_told_like_those_of_its_table(self):
        done = run("explain", self.file("CREATE TABLE t (a INT) WITH ('connector' = 'kafka', 'topic' = 't', 'format' = 'json', "
                                    "'properties.send.buffer' = '5');\nALTER TABLE t SET ('properties.lingr.ms' = '5');\n"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stderr.count("'properties.send.buffer' of table 't' makes no difference"), 1, done.stderr)
        self.assertIn(":2:20: option 'properties.lingr.ms' of table 't' makes no difference here", done.stderr)

    def test_what_a_rule_refuses_stands_in_its_file(self):
        path = self.file("-- A comment.\nSELECT CAST('abc' AS INT) AS a;\n")
        self.assert_fails(run("explain", path), f"{path}:2:8: cannot compute")

    def test_another_server_is_told_to_be_none(self):
        table = """CREATE TABLE {0} (a INT) WITH ('connector' = 'kafka', 'topic' = 't', 'format' = 'json',
'properties.bootstrap.servers' = '{1}', 'scan.bounded.mode' = 'latest-offset');
"""
        own = table.format("own", "localhost:9092")
        done = run("run", self.file(own + "SELECT * FROM own;\n"))
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        other = table.format("other", "a:9092,b:9092")
        done = run("run", self.file(other + "SELECT * FROM other;\nSELECT a + 1 FROM other;\n"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stderr.count(":2:1: 'a:9092,b:9092' is not asked"), 1, done.stderr)

    def test_a_pipeline_that_failed_at_once_runs_the_text_that_mends_it(self):
        table = "CREATE TABLE d (a {}) WITH ('connector' = 'delta');\n"
        data = self.folder / "data"
        fails = table.format("INT") + "INSERT INTO d SELECT CHAR_LENGTH(JSON_OBJECTAGG(KEY k VALUE 1)) " \
            "FROM (VALUES (CAST(NULL AS STRING))) AS v (k);\n"
        self.assert_fails(run("run", self.file(table.format("ARRAY<INT>") + "INSERT INTO d SELECT ARRAY[1];\n"),
                              "--data", data), ":1:14:", "make it STRING")
        done = run("run", self.file("SET 'pipeline.name' = 'p';\n" + fails), "--data", data)
        self.assertEqual(done.returncode, 1, done.stderr)
        done = run("run", self.file("SET 'pipeline.name' = 'p';\n" + table.format("INT") +
                                    "INSERT INTO d SELECT 7;\n"), "--data", data)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("1 written", done.stderr)


class Demo(WithFolder):
    def test_it_shows_what_it_does_and_ends_by_itself(self):
        with socket.create_server(("127.0.0.1", 0)) as other:
            taken = other.getsockname()[1]
            done = run("demo", "--seconds", 12, "--data", self.data, "--kafka-port", 0, "--http-port", 0,
                       "--pg-port", taken)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(f"Port {taken} is taken: Postgres is at ", done.stdout)
        self.assertNotIn("Kafka is at", done.stdout)
        self.assertIn("psql -h 127.0.0.1 -p ", done.stdout)
        last = [line for line in done.stdout.splitlines() if "records in" in line][-1]
        shown = {part.split()[1]: int(part.split()[0].replace(",", "")) for part in last.split(";")[0].split(", ")}
        self.assertGreater(shown["records"], 10_000)
        self.assertGreater(shown["real_time_metrics"], 0)
        self.assertGreater(shown["anomalies"], 100)


class CommandLine(WithFolder):
    def test_exit_codes_and_suggestions(self):
        self.assertEqual(run("version").returncode, 0)
        self.assert_fails(run("sevrer"), "did you mean 'server'", code=2)
        self.assert_fails(run("server", "--kafak-port", "1"), "did you mean '--kafka-port'", code=2)
        self.assert_fails(run("server", "--http-port", "many"), "--http-port takes", code=2)
        self.assert_fails(run("topic", "create"), "NAME", code=2)
        self.assert_fails(run("topic", "list", "--output", "xml"), "--output takes", code=2)
        self.assert_fails(run("topic", "list", "--data", self.data), self.data, "millrace server")
        self.assertEqual(run().returncode, 2)

    def test_what_flink_would_refuse_is_said_without_one(self):
        file = self.folder / "p.sql"
        file.write_text("CREATE TABLE a (v INT) WITH ('connector' = 'datagen');\n"
                        "CREATE TABLE b (v INT) WITH ('connector' = 'delta');\n"
                        "INSERT INTO b SELECT v FROM a;\n")
        done = run("submit", file, "--check")
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"{file}:2:44: Flink itself has no connector 'delta'", done.stdout)
        self.assertEqual(run("submit", file, "--check", "--lake", self.folder).returncode, 0)
        self.assert_fails(run("submit", file, "--to", "flink=http://127.0.0.1:1"), "cannot connect")

    def test_every_verb_teaches(self):
        overview = run("--help").stdout
        verbs = [line.split()[0] for line in overview.splitlines() if line.startswith("  ")]
        self.assertGreater(len(verbs), 3)
        for verb in verbs:
            done = run(verb, "--help")
            self.assertEqual(done.returncode, 0)
            self.assertTrue(done.stdout.startswith(f"millrace {verb}"), done.stdout)


if __name__ == "__main__":
    BINARY = str(Path(sys.argv.pop(1)).resolve())
    unittest.main()
