"""Flink's Kafka connector against our broker: its source, and its sink with 'exactly-once', through a job
that is cancelled between two checkpoints and started from the last of them, and a broker that is killed
while a transaction is open.

    scripts/flink/cluster start
    .deps/venv/bin/python tests/systems/flink_kafka_test.py BROKER_ONLY_BINARY

Every record is then there once for who reads committed ones. Without a cluster that is up it says so and
skips.
"""

import collections
import json
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

from confluent_kafka import Consumer, Producer
from confluent_kafka.admin import AdminClient, NewTopic

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "clients"), str(HERE.parent.parent / "scripts/flink")]
from broker_alone import Broker  # noqa: E402
from gateway import JOB_MANAGER, Session, is_up, job, request  # noqa: E402

BINARY = ""
RECORDS = 6_000
PARTITIONS = 2
DEADLINE_S = 180
TABLES = """
CREATE TABLE source (number BIGINT) WITH ('connector' = 'kafka', 'topic' = 'numbers', 'format' = 'json',
  'properties.bootstrap.servers' = '{broker}', 'properties.group.id' = 'flink',
  'scan.startup.mode' = 'earliest-offset');
CREATE TABLE sink (number BIGINT, twice BIGINT) WITH ('connector' = 'kafka', 'topic' = 'doubled',
  'format' = 'json', 'properties.bootstrap.servers' = '{broker}',
  'properties.transaction.timeout.ms' = '60000', 'sink.delivery-guarantee' = 'exactly-once',
  'sink.transactional-id-prefix' = 'doubling')
"""


def wait_until(what, test):
    deadline = time.monotonic() + DEADLINE_S
    while time.monotonic() < deadline:
        if found := test():
            return found
        time.sleep(0.2)
    raise AssertionError(f"not within {DEADLINE_S} s: {what}")


class Numbers(threading.Thread):
    """Writes 0, 1, 2 and so on to the source's topic, some hundreds a second."""

    def __init__(self, address):
        super().__init__()
        self.producer = Producer({"bootstrap.servers": address, "enable.idempotence": True})

    def run(self):
        for number in range(RECORDS):
            self.producer.produce("numbers", json.dumps({"number": number}), partition=number % PARTITIONS)
            if number % 50 == 0:
                self.producer.flush()
                time.sleep(0.1)  # so that there is something to write at every step of the test
        self.producer.flush()


@unittest.skipUnless(is_up(), "no Flink is up: scripts/flink/cluster start")
class FlinkKafka(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="millrace-flink-kafka-")))
        self.folder.chmod(0o777)
        self.broker = self.enterContext(Broker(BINARY, self.folder / "data"))
        admin = AdminClient({"bootstrap.servers": self.broker.address})
        for made in admin.create_topics([NewTopic(name, PARTITIONS, 1) for name in ("numbers", "doubled")]).values():
            made.result(10)

    def start_job(self, checkpoint=None):
        settings = {"execution.checkpointing.interval": "500ms",
                    "execution.checkpointing.externalized-checkpoint-retention": "RETAIN_ON_CANCELLATION",
                    "execution.checkpointing.dir": f"file://{self.folder}/checkpoints",
                    "restart-strategy.type": "fixed-delay",
                    "restart-strategy.fixed-delay.attempts": "1000",
                    "restart-strategy.fixed-delay.delay": "500ms"}
        if checkpoint:
            settings["execution.state-recovery.path"] = checkpoint
        with Session(settings) as session:
            for statement in TABLES.format(broker=self.broker.address).split(";"):
                session.execute(statement)
            started = session.execute("INSERT INTO sink SELECT number, number * 2 FROM source").job
        self.addCleanup(self.cancel, started)
        return started

    def cancel(self, started):
        if job(started)["state"] not in ("CANCELED", "FINISHED", "FAILED"):
            request("PATCH", f"{JOB_MANAGER}/jobs/{started}?mode=cancel")
            wait_until("the job is cancelled", lambda: job(started)["state"] == "CANCELED")

    def checkpoints(self, started):
        return request("GET", f"{JOB_MANAGER}/jobs/{started}/checkpoints")

    def wait_for_checkpoints(self, started, count):
        before = self.checkpoints(started)["counts"]["completed"]
        wait_until("checkpoints", lambda: self.checkpoints(started)["counts"]["completed"] >= before + count)

    def committed(self, seen):
        """Adds what is committed and not seen yet."""
        while (message := self.reader.poll(0.5)) is not None:
            if message.error() is None:
                seen[json.loads(message.value())["number"]] += 1
        return seen

    def test_exactly_once(self):
        numbers = Numbers(self.broker.address)
        numbers.start()
        first = self.start_job()
        self.wait_for_checkpoints(first, 3)
        self.cancel(first)
        latest = self.checkpoints(first)["latest"]["completed"]["external_path"]

        second = self.start_job(latest)
        self.wait_for_checkpoints(second, 3)
        self.broker.restart()
        numbers.join()

        self.reader = Consumer({"bootstrap.servers": self.broker.address, "group.id": "reader",
                                "isolation.level": "read_committed", "auto.offset.reset": "earliest"})
        self.addCleanup(self.reader.close)
        self.reader.subscribe(["doubled"])
        seen = collections.Counter()
        wait_until("all are committed", lambda: len(self.committed(seen)) == RECORDS)
        self.wait_for_checkpoints(second, 2)
        self.assertEqual(self.committed(seen), collections.Counter(range(RECORDS)))


if __name__ == "__main__":
    BINARY = sys.argv.pop(1)
    unittest.main()
