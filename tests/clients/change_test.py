"""Another SQL for a pipeline that runs: planned, compared, applied while a producer goes on and the
server is killed, and rolled back. Each record must count for exactly one version, and every window
be whole, as an independent computation has it.

    change_test.py MILLRACE_BINARY
"""

import contextlib
import json
import random
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from pathlib import Path

from kafka import KafkaConsumer, KafkaProducer

sys.path.insert(0, str(Path(__file__).resolve().parent))
from running_server import Server  # noqa: E402

BINARY = ""
START = datetime(2025, 11, 1, 10, 0, 0)
KINDS = ["call", "sms", "data_session"]

TABLES = """
SET 'pipeline.name' = 'minutes';
SET 'execution.checkpointing.interval' = '100 ms';
CREATE TABLE events (id BIGINT, kind STRING, mb INT, ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
WITH ('connector' = 'kafka', 'topic' = 'telecom_events', 'format' = 'json',
  'scan.startup.mode' = 'earliest-offset');
CREATE TABLE minutes (window_end TIMESTAMP(3), kind STRING, version INT, n BIGINT, mb BIGINT)
WITH ('connector' = 'delta');
CREATE TABLE seen (id BIGINT, version INT) WITH ('connector' = 'delta');
"""

INSERTS = """
EXECUTE STATEMENT SET BEGIN
INSERT INTO minutes SELECT window_end, {kind}, {version}, COUNT(*), CAST(SUM({mb}) AS BIGINT)
FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
GROUP BY window_start, window_end, kind;
INSERT INTO seen SELECT id, {version} FROM events;
END;
"""

# Ends with the record of this id: JSON_OBJECTAGG takes no key that is NULL.
BREAKS_AT = 700
BREAKS = TABLES + INSERTS.format(kind="kind", version=1, mb=f"""CHAR_LENGTH(JSON_OBJECTAGG(
  KEY NULLIF(CAST(id AS STRING), '{BREAKS_AT}') VALUE 1)) * 0 + SUM(mb)""").replace(
  "SUM(CHAR_LENGTH", "(CHAR_LENGTH")

LATE_ROWS = """
CREATE TABLE late (event_data STRING, reason STRING)
WITH ('connector' = 'kafka', 'topic' = 'late', 'format' = 'json');
SET 'millrace.late-row.table' = 'late';
"""

FIRST = TABLES + INSERTS.format(kind="kind", version=1, mb="mb")
SECOND = TABLES + INSERTS.format(kind="UPPER(kind)", version=2, mb="mb")
# The same plan, which ignores what it cannot read, and asks for more memory.
LENIENT = FIRST.replace("'format' = 'json',", "'format' = 'json', 'json.ignore-parse-errors' = 'true',"
                        ).replace("SET 'execution", "SET 'millrace.state.memory' = '64 MB';\nSET 'execution", 1)
SAME_RESULTS = TABLES + INSERTS.format(kind="kind", version=1, mb="CASE WHEN mb < 0 THEN 0 ELSE mb END")


class Producing(threading.Thread):
    """Sends events one after another, each until it is acknowledged, over kills of the server."""

    def __init__(self, bootstrap):
        super().__init__()
        self.bootstrap = bootstrap
        self.sent = []
        self.stopping = threading.Event()

    def event(self, number):
        chance = random.Random(number)
        at = START + timedelta(milliseconds=200 * number)
        return {"id": number, "kind": chance.choice(KINDS), "mb": chance.randrange(100),
                "ts": at.strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]}

    def run(self):
        producer = KafkaProducer(bootstrap_servers=self.bootstrap, retries=1000, enable_idempotence=True,
                                 retry_backoff_ms=20, reconnect_backoff_ms=20,
                                 reconnect_backoff_max_ms=100, linger_ms=5,
                                 value_serializer=lambda value: json.dumps(value).encode())
        number = 0
        while not self.stopping.is_set():
            batch = [self.event(number + i) for i in range(20)]
            futures = [producer.send("telecom_events", event) for event in batch]
            for future in futures:
                future.get(timeout=60)
            self.sent += batch
            number += len(batch)
        producer.close()

    def finish(self):
        self.stopping.set()
        self.join(timeout=90)
        assert not self.is_alive()


def whole_windows(sent):
    """(end, kind) -> (count, megabytes), of the minutes that the watermark has passed."""
    windows = defaultdict(lambda: [0, 0])
    watermark = None
    for event in sent:
        at = datetime.strptime(event["ts"], "%Y-%m-%d %H:%M:%S.%f")
        end = at.replace(second=0, microsecond=0) + timedelta(minutes=1)
        windows[end, event["kind"]][0] += 1
        windows[end, event["kind"]][1] += event["mb"]
        watermark = at - timedelta(seconds=5)
    return {key: tuple(sums) for key, sums in windows.items()
            if watermark >= key[0] - timedelta(milliseconds=1)}


class Change(unittest.TestCase):
    def setUp(self):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="millrace-change-")))
        self.data, self.file, self.other = folder / "data", folder / "now.sql", folder / "new.sql"
        self.file.write_text(FIRST)
        self.server = self.enterContext(Server(BINARY, self.data, self.file))

    def command(self, *words, code=0):
        done = subprocess.run([BINARY, "pipeline", *map(str, words), "--data", str(self.data)],
                              capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def version(self):
        return json.loads(self.command("list", "--output", "json").stdout)[0]["version"]

    def state(self):
        return json.loads(self.command("list", "--output", "json").stdout)[0]["state"]

    def restart_with(self, text):
        self.server.stop()
        self.file.write_text(text)
        self.server.start()

    def wait_for(self, what, condition):
        deadline = time.monotonic() + 60
        while not condition():
            self.assertLess(time.monotonic(), deadline, what)
            time.sleep(0.05)

    def change_to(self, text):
        self.other.write_text(text)
        return self.other

    def start_producing(self, least):
        producing = Producing(self.server.kafka)
        producing.start()
        self.addCleanup(producing.stopping.set)
        self.wait_for("records", lambda: len(producing.sent) >= least)
        return producing

    def check_results(self, sent):
        self.wait_for("all records", lambda: self.server.query(
            "SELECT COUNT(*) FROM seen")[0][0] >= len(sent))
        seen = self.server.query("SELECT id, version FROM seen ORDER BY id")
        self.assertEqual([row[0] for row in seen], [event["id"] for event in sent])
        whole = whole_windows(sent)
        self.wait_for("all windows", lambda: self.server.query(
            "SELECT COUNT(*) FROM minutes")[0][0] >= len(whole))
        rows = self.server.query("SELECT window_end, kind, n, mb FROM minutes")
        self.assertEqual({(end, kind.lower()): (n, mb) for end, kind, n, mb in rows}, whole)
        self.assertEqual(len(rows), len(whole))
        return [version for _, version in seen]

    def test_a_change_is_planned_and_compared(self):
        producing = self.start_producing(1000)
        producing.finish()
        self.assertIn("minutes: unchanged", self.command("plan", self.file).stdout)
        shown = self.command("plan", self.change_to(SECOND), code=3).stdout
        self.assertIn("minutes: changed, version 1 runs", shown)
        self.assertRegex(shown, r"\n    - .*kind")
        self.assertRegex(shown, r"\n    \+ .*UPPER\(")
        self.assertIn("a group for each kind", shown)
        self.assertRegex(shown, r"topic telecom_events, partition 0, offsets 0 to \d+")
        plan = json.loads(self.command("plan", self.other, "--output", "json", code=3).stdout)
        self.assertEqual(plan["pipelines"][0]["verdict"], "changed")
        self.assertEqual(plan["pipelines"][0]["begun_anew"], [])
        self.assertNotIn("read from the beginning:", shown)
        latest = SECOND.replace("'earliest-offset'", "'latest-offset'")
        shown = self.command("plan", self.change_to(latest), code=3).stdout
        self.assertRegex(shown, r"read from the beginning:\n +table 'events' begins at 'latest-offset'; "
                         "the new version reads topic 'telecom_events' from the beginning all the same")

        equal = json.loads(self.command("shadow", self.change_to(SAME_RESULTS), "--output",
                                        "json").stdout)[0]["tables"]
        self.assertEqual({table["table"]: table["only_old"] + table["only_new"]
                          for table in equal}, {"minutes": 0, "seen": 0})
        self.assertEqual(equal[1]["equal"], len(producing.sent))
        shown = self.command("shadow", self.change_to(SECOND), code=3).stdout
        self.assertIn(f"table seen: 0 rows equal, {len(producing.sent)} of the old version alone, "
                      f"{len(producing.sent)} of the new version alone", shown)
        self.assertRegex(shown, r"\n  \+ \d+ \| 2\n")
        self.assertEqual(self.version(), 1)
        self.check_results(producing.sent)

    def test_versions_take_turns_while_records_come(self):
        producing = self.start_producing(500)
        self.assertIn("version 2 runs", self.command("apply", self.change_to(SECOND)).stdout)
        self.assertIn("nothing in", self.command("apply", self.other).stderr)
        count = len(producing.sent)
        self.wait_for("more records", lambda: len(producing.sent) > count + 500)

        # With the old text: the version in force goes on, and says so.
        self.server.stop()
        self.server.start()
        self.assertIn("pipeline apply", self.command("list").stderr)
        self.assertEqual(self.version(), 2)
        self.assertIn("version 3 runs", self.command("rollback", "minutes").stdout)
        self.assertEqual(self.command("list").stderr, "")
        count = len(producing.sent)
        self.wait_for("more records", lambda: len(producing.sent) > count + 500)
        self.server.kill()
        self.server.start()
        producing.finish()
        versions = self.check_results(producing.sent)
        turns = [versions[0]] + [b for a, b in zip(versions, versions[1:]) if a != b]
        self.assertEqual(turns, [1, 2, 1])

    def names(self):
        return sorted(each["name"] for each in
                      json.loads(self.command("list", "--output", "json").stdout))

    def test_what_is_new_in_a_file_begins_and_what_is_gone_ends(self):
        producing = self.start_producing(100)
        more = FIRST + (
            "\nCREATE TABLE copies (id BIGINT) WITH ('connector' = 'delta');"
            "\nSET 'pipeline.name' = 'copies';\nINSERT INTO copies SELECT id FROM events;\n")
        file = self.file
        file.write_text(more)
        shown = self.command("plan", file, code=3).stdout
        self.assertIn("copies: new", shown)
        self.assertIn("minutes: unchanged", shown)
        self.assertIn("copies: version 1 runs", self.command("apply", file).stdout)
        self.assertEqual(self.names(), ["copies", "minutes"])
        self.assertIn("nothing in", self.command("apply", file).stderr)
        file.write_text(FIRST)
        self.assertIn("copies: gone", self.command("plan", file, code=3).stdout)
        self.assertIn("copies: it has ended", self.command("apply", file).stdout)
        self.assertEqual(self.names(), ["minutes"])
        file.write_text(more.replace("SELECT id FROM", "SELECT id + 1 FROM"))
        self.assertIn("copies: version 2 runs", self.command("apply", file).stdout)
        self.assertIn("copies: unchanged", self.command("plan", file).stdout)
        file.write_text(FIRST)
        self.command("apply", file)
        self.server.stop()
        self.server.start()
        self.assertEqual(self.names(), ["minutes"])
        producing.finish()
        self.check_results(producing.sent)

    def test_a_kill_finds_one_version_or_the_other(self):
        producing = self.start_producing(500)
        chance = random.Random(7)
        reached = Counter()
        texts = [SECOND, FIRST]
        for _ in range(6):
            before = self.version()
            self.change_to(texts[0])
            command = subprocess.Popen(
                [BINARY, "pipeline", "apply", str(self.other), "--data", str(self.data)],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
            time.sleep(chance.random() * 0.25)
            self.server.kill()
            command.wait(timeout=60)
            self.server.start()
            after = self.version()
            self.assertIn(after - before, (0, 1))
            reached[after - before] += 1
            if after > before:
                texts.reverse()
        producing.finish()
        self.command("apply", self.change_to(texts[0]))
        print("killed before and behind the switch:", dict(reached), file=sys.stderr)
        self.check_results(producing.sent)

    def test_late_rows_have_their_table_over_a_change_and_back(self):
        first, second = (text.replace("SET 'execution", LATE_ROWS + "SET 'execution")
                         for text in (FIRST, SECOND))
        self.restart_with(first)
        producer = KafkaProducer(bootstrap_servers=self.server.kafka,
                                 value_serializer=lambda value: json.dumps(value).encode())
        self.addCleanup(producer.close)
        sent = 0

        def send_late():
            nonlocal sent
            for at in (f"2025-11-01 1{sent}:10:00.000", "2025-11-01 09:00:00.000"):
                event = {"id": sent, "kind": "sms", "mb": 1, "ts": at}
                producer.send("telecom_events", event, partition=0).get(timeout=60)
            sent += 1
            self.wait_for("the late row", lambda: self.late_rows() >= sent)

        send_late()
        self.assertIn("version 2 runs", self.command("apply", self.change_to(second)).stdout)
        send_late()
        self.assertIn("version 3 runs", self.command("rollback", "minutes").stdout)
        send_late()
        self.assertEqual(self.late_rows(), 3)

    def late_rows(self):
        consumer = KafkaConsumer("late", bootstrap_servers=self.server.kafka, isolation_level="read_committed",
                                 auto_offset_reset="earliest", consumer_timeout_ms=2000)
        with contextlib.closing(consumer):
            return sum(1 for _ in consumer)

    def test_one_that_has_failed_is_changed_where_it_came_to(self):
        self.restart_with(BREAKS.replace("'minutes'", "'breaks'"))
        producing = self.start_producing(BREAKS_AT + 100)
        self.wait_for("the failure", lambda: self.state() == "failed")
        self.assertIn(f"'millrace pipeline apply {self.file} --data {self.data}'",
                      self.command("list").stderr)
        self.assertIn("version 2 runs", self.command("apply", self.change_to(
            SECOND.replace("'minutes'", "'breaks'"))).stdout)
        producing.finish()
        versions = self.check_results(producing.sent)
        self.assertEqual(versions[0], 1)
        self.assertIn(2, versions[:BREAKS_AT + 1])
        self.assertEqual(versions, sorted(versions))

    def test_one_that_never_began_takes_another_text(self):
        other = FIRST.replace("'minutes'", "'other'")
        wrong = other.replace("seen (id BIGINT, ", "seen (id STRING, ").replace(
            "SELECT id, 1", "SELECT CAST(id AS STRING), 1")
        self.restart_with(wrong)
        self.assertEqual(self.state(), "failed")
        self.restart_with(other)
        self.assertEqual(self.state(), "running")
        another = other.replace("'other'", "'another'")
        self.restart_with(wrong.replace("'other'", "'another'"))
        self.assertEqual(self.state(), "failed")
        self.assertIn("pipeline apply", self.command("list").stderr)
        self.assertIn("version 2 runs", self.command("apply", self.change_to(another)).stdout)
        self.assertEqual(self.state(), "running")
        self.assertIn("no version before 2", self.command("rollback", "another", code=1).stderr)

    def test_options_and_settings_are_of_the_version(self):
        producing = self.start_producing(300)
        shown = self.command("plan", self.change_to(LENIENT), code=3).stdout
        self.assertIn("minutes: changed, version 1 runs\n"
                      "  tables and settings, before (-) and now (+):\n"
                      "    + SET 'millrace.state.memory' = '64 MB'\n"
                      "    + table events: 'json.ignore-parse-errors' = 'true'\n"
                      "  it goes on with its state, and builds none anew\n", shown)
        self.assertNotIn("read from the beginning", shown)
        self.assertIn("version 2 runs", self.command("apply", self.other).stdout)
        self.assertIn("nothing in", self.command("apply", self.other).stderr)
        producing.finish()
        self.send_odd(producing.sent, is_row=True)

        # With the old text: the version in force goes on, and says so.
        self.server.stop()
        self.server.start()
        self.assertIn("pipeline apply", self.command("list").stderr)
        self.assertEqual(self.version(), 2)
        self.send_odd(producing.sent, is_row=True)
        self.check_results(producing.sent)
        self.assertIn("version 3 runs", self.command("rollback", "minutes").stdout)
        self.send_odd(producing.sent, is_row=False)
        self.wait_for("the dead letter", lambda: self.letters() == 1)
        self.server.kill()
        self.server.start()
        self.assertEqual(self.version(), 3)
        self.check_results(producing.sent)

    def send_odd(self, sent, is_row):
        """An event whose megabytes are no number: a row without them, or none."""
        event = Producing.event(self, len(sent))
        producer = KafkaProducer(bootstrap_servers=self.server.kafka)
        producer.send("telecom_events", json.dumps(event | {"mb": "many"}).encode()).get(timeout=60)
        producer.close()
        if is_row:
            sent.append(event | {"mb": 0})

    def letters(self):
        return self.server.query("SELECT COUNT(*) FROM dead_letters")[0][0]

    def test_options_that_do_not_hold_change_nothing(self):
        producing = self.start_producing(100)
        text = FIRST.replace("'format' = 'json',",
                             "'format' = 'json', 'properties.bootstrap.servers' = 'other:9092',")
        refused = self.command("apply", self.change_to(text), code=1).stderr
        self.assertIn("'other:9092'", refused)
        self.assertIn("nothing has changed", refused)
        self.assertEqual((self.version(), self.state()), (1, "running"))
        producing.finish()
        self.check_results(producing.sent)

    def test_one_that_ran_out_of_memory_goes_on_with_more(self):
        small = FIRST.replace("'minutes'", "'small'", 1).replace(
            "SET 'execution", "SET 'millrace.state.memory' = '100 KB';\n"
            "SET 'execution.checkpointing.incremental' = 'false';\nSET 'execution", 1).replace(
            "COUNT(*)", "COUNT(DISTINCT id)").replace("'1' MINUTE", "'1' DAY")
        self.restart_with(small)
        producing = self.start_producing(500)
        self.wait_for("the failure", lambda: self.state() == "failed")
        listed = self.command("list")
        self.assertIn(f"'millrace pipeline apply {self.file} --data {self.data}'", listed.stderr)
        self.assertIn("'millrace.state.memory' to more", listed.stdout)
        self.file.write_text(small.replace("100 KB", "256 MB"))
        self.assertIn("version 2 runs", self.command("apply", self.file).stdout)
        self.assertEqual(self.state(), "running")
        producing.finish()
        self.wait_for("all records", lambda: self.server.query(
            "SELECT COUNT(*) FROM seen")[0][0] >= len(producing.sent))
        self.assertEqual([row[0] for row in self.server.query("SELECT id FROM seen ORDER BY id")],
                         [event["id"] for event in producing.sent])

    def test_what_makes_no_difference_is_said(self):
        self.change_to("SET 'parallelism.default' = '4';\n" + FIRST)
        self.assertRegex(self.command("plan", self.other).stderr,
                         r"new\.sql:1:5: setting 'parallelism\.default' makes no difference here")

    def test_a_materialized_table_gets_the_columns_of_another_query(self):
        first = TABLES.replace("'minutes'", "'kinds'") + """
CREATE MATERIALIZED TABLE kinds FRESHNESS = INTERVAL '1' SECOND AS SELECT id, kind FROM events;
"""
        second = first + "ALTER MATERIALIZED TABLE kinds AS SELECT id, kind, mb FROM events;\n"
        self.restart_with(first)
        producing = self.start_producing(100)
        def rows():
            return self.server.query("SELECT COUNT(*) FROM kinds")[0][0]

        self.wait_for("rows", lambda: rows() >= 100)
        self.assertIn("version 2 runs", self.command("apply", self.change_to(second)).stdout)
        before = rows()
        self.wait_for("its rows", lambda: rows() >= before + 100)
        self.assertGreaterEqual(self.server.query("SELECT COUNT(mb) FROM kinds")[0][0], 100)
        self.assertIn("version 3 runs", self.command("rollback", "kinds").stdout)
        producing.finish()
        sent = len(producing.sent)
        self.wait_for("all rows", lambda: rows() >= sent)
        ids = self.server.query("SELECT id, mb FROM kinds ORDER BY id")
        self.assertEqual([row[0] for row in ids], [event["id"] for event in producing.sent])
        self.assertIsNone(ids[0][1])

    def test_letters_that_cannot_be_written_are_refused_before_the_switch(self):
        text = SECOND.replace("EXECUTE", "SET 'millrace.late-row.table' = 'seen';\nEXECUTE")
        refused = self.command("apply", self.change_to(text), code=1).stderr
        self.assertIn("table 'seen' cannot take late rows", refused)
        self.assertEqual(self.version(), 1)

    def test_what_cannot_be_changed_is_refused(self):
        columns = SECOND.replace("seen (id BIGINT, version INT)", "seen (id BIGINT, version STRING)"
                                 ).replace("SELECT id, 2", "SELECT id, 'two'")
        refused = self.command("apply", self.change_to(columns), code=1).stderr
        self.assertIn("other columns", refused)
        self.assertIn("nothing has changed", refused)
        made_up = SECOND.replace("FROM events;", "FROM made_up;").replace(
            "EXECUTE STATEMENT SET", "CREATE TABLE made_up (id BIGINT) WITH ('connector' = "
            "'datagen', 'rows-per-second' = '1');\nEXECUTE STATEMENT SET")
        refused = self.command("apply", self.change_to(made_up), code=1).stderr
        self.assertIn("table 'made_up' has no positions", refused)
        self.assertIn("no version before 1", self.command("rollback", "minutes", code=1).stderr)
        self.assertIn("there is no pipeline 'x'", self.command("rollback", "x", code=1).stderr)
        self.assertEqual(self.version(), 1)
        producing = self.start_producing(100)
        producing.finish()
        self.check_results(producing.sent)


if __name__ == "__main__":
    BINARY = sys.argv.pop(1)
    unittest.main(warnings="ignore")
