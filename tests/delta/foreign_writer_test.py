"""A Delta table that another program writes to, looked up by a pipeline that runs: appended to, deleted from, optimised,
overwritten by partition, restored, widened and vacuumed.

    foreign_writer_test.py MILLRACE_BINARY
"""

import itertools
import json
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from arro3.core import Array, DataType, Table
from deltalake import DeltaTable, write_deltalake
from kafka import KafkaProducer

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "clients"))
from running_server import Server  # noqa: E402

BINARY = ""

PIPELINE = """
SET 'pipeline.name' = 'finder';
SET 'execution.checkpointing.interval' = '100 ms';
CREATE TABLE asked (n BIGINT, id BIGINT, pt AS PROCTIME())
WITH ('connector' = 'kafka', 'topic' = 'asked', 'format' = 'json', 'scan.startup.mode' = 'earliest-offset');
CREATE TABLE people (id BIGINT, name STRING, part STRING)
WITH ('connector' = 'delta', 'table-path' = '{people}', 'source.monitor-interval' = '50 ms');
CREATE TABLE found (n BIGINT, name STRING) WITH ('connector' = 'delta');
INSERT INTO found SELECT a.n, p.name FROM asked AS a
LEFT JOIN people FOR SYSTEM_TIME AS OF a.pt AS p ON a.id = p.id;
"""


def rows(*people, ages=None):
    columns = zip(("id", "name", "part"), zip(*people),
                  (DataType.int64(), DataType.string(), DataType.string()))
    arrays = {name: Array(list(values), kind) for name, values, kind in columns}
    if ages:
        arrays["age"] = Array(ages, DataType.int64())
    return Table.from_pydict(arrays)


class ForeignWriter(unittest.TestCase):
    def setUp(self):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="millrace-delta-")))
        self.people = str(folder / "people")
        self.numbers = itertools.count(1)
        write_deltalake(self.people, rows((1, "ann", "a"), (2, "bob", "b")), partition_by=["part"])
        file = folder / "pipeline.sql"
        file.write_text(PIPELINE.format(people=self.people))
        self.server = self.enterContext(Server(BINARY, folder / "data", file))
        self.producer = KafkaProducer(bootstrap_servers=self.server.kafka,
                                      value_serializer=lambda value: json.dumps(value).encode())
        self.addCleanup(self.producer.close)

    def wait_for(self, what, condition):
        deadline = time.monotonic() + 30
        while not condition():
            self.assertLess(time.monotonic(), deadline, f"{what() if callable(what) else what}\n{self.server.tail()}")
            time.sleep(0.02)

    def look_up(self, person):
        """The names that a question finds now."""
        number = next(self.numbers)
        self.producer.send("asked", {"n": number, "id": person}).get(timeout=30)
        names = []

        def answered():
            names[:] = [name for name, in self.server.query(f"SELECT name FROM found WHERE n = {number}")]
            return names
        self.wait_for(f"an answer about {person}", answered)
        return names

    def expect(self, person, *names):
        found = []

        def are_so():
            found[:] = self.look_up(person)
            return found == list(names)
        self.wait_for(lambda: f"{person} to be {names}, not {found}", are_so)

    def pipeline(self):
        done = subprocess.run([BINARY, "pipeline", "list", "--output", "json", "--data", str(self.server.data)],
                              capture_output=True, text=True, timeout=60, check=True)
        return json.loads(done.stdout)[0]

    def rows_read(self):
        return next(operator["out"] for operator in self.pipeline()["operators"]
                    if operator["operator"] == "Scan people")

    def test_each_commit_is_taken_up(self):
        self.expect(1, "ann")
        self.expect(3, None)
        write_deltalake(self.people, rows((3, "cid", "a"), (4, "dan", "a")), mode="append")
        self.expect(3, "cid")
        restored = DeltaTable(self.people).version()

        read = self.rows_read()
        DeltaTable(self.people).optimize.compact()
        write_deltalake(self.people, rows((5, "eva", "b")), mode="append")
        self.expect(5, "eva")
        self.expect(1, "ann")
        self.assertEqual(self.rows_read(), read + 1, "rows that were only written anew have moved")

        DeltaTable(self.people).delete("id = 4")
        self.expect(4, None)
        self.expect(3, "cid")
        write_deltalake(self.people, rows((2, "ben", "b")), mode="overwrite", predicate="part = 'b'")
        self.expect(2, "ben")
        self.expect(5, None)
        write_deltalake(self.people, rows((6, "fay", "a"), ages=[30]), mode="append", schema_mode="merge")
        self.expect(6, "fay")
        DeltaTable(self.people).restore(restored)
        self.expect(6, None)
        self.expect(4, "dan")
        self.expect(2, "bob")
        DeltaTable(self.people).vacuum(retention_hours=0, enforce_retention_duration=False, dry_run=False)
        self.expect(1, "ann")
        self.server.kill()
        self.server.start()
        self.expect(4, "dan")

    def test_what_is_vacuumed_too_early_ends_the_pipeline_with_an_error_that_says_so(self):
        self.expect(1, "ann")
        self.server.kill()
        DeltaTable(self.people).delete("id = 1")
        DeltaTable(self.people).vacuum(retention_hours=0, enforce_retention_duration=False, dry_run=False)
        self.server.start()
        self.wait_for("the pipeline to fail", lambda: "vacuumed before its rows were taken back"
                      in json.dumps(self.pipeline()))


if __name__ == "__main__":
    BINARY = sys.argv.pop(1)
    unittest.main()
