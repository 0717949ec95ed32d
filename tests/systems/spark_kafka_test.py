"""Spark's Kafka source and sink against our broker: batches between offsets and between times, streams
that end and go on from their checkpoint, one that runs while the broker is killed, and transactions.

    scripts/bootstrap spark
    .deps/venv/bin/python tests/systems/spark_kafka_test.py BROKER_ONLY_BINARY

What Spark answers is compared, record by record, with what librdkafka was told when it wrote them, and
what Spark writes with what librdkafka reads. Without Spark it says so and skips.
"""

import collections
import json
import shutil
import sys
import tempfile
import time
import unittest
from pathlib import Path

from confluent_kafka import TIMESTAMP_NOT_AVAILABLE, Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

HERE = Path(__file__).resolve().parent
SPARK = HERE.parent.parent / ".deps/spark"
sys.path[:0] = [str(HERE.parent / "clients"), *map(str, SPARK.glob("lib/python3*/site-packages"))]
from broker_alone import Broker  # noqa: E402

try:
    from pyspark.sql import SparkSession
except ImportError:
    SparkSession = None
JARS = sorted(map(str, (SPARK / "kafka").glob("*.jar")))

BINARY = ""
PARTITIONS = 3
DEADLINE_S = 60
COLUMNS = ["topic", "partition", "offset", "key", "value", "unix_millis(timestamp) AS time", "headers"]

# A record as both sides tell it. Bytes are bytes, a time is milliseconds, headers a tuple of pairs.
Record = collections.namedtuple("Record", "topic partition offset key value time headers")


def as_bytes(value):
    return None if value is None else bytes(value)


def from_spark(row):
    headers = tuple((each.key, as_bytes(each.value)) for each in row.headers or ())
    return Record(row.topic, row.partition, row.offset, as_bytes(row.key), as_bytes(row.value), row.time, headers)


def from_librdkafka(message):
    kind, at = message.timestamp()
    assert kind != TIMESTAMP_NOT_AVAILABLE
    return Record(message.topic(), message.partition(), message.offset(), message.key(), message.value(), at,
                  tuple(message.headers() or ()))


def sorted_records(records):
    return sorted(records, key=lambda record: (record.topic, record.partition, record.offset))


class Written:
    """Writes to a topic, and knows what became of it."""

    def __init__(self, address, **settings):
        self.settings = settings
        self.producer = Producer({"bootstrap.servers": address, "linger.ms": 5, **settings})
        if "transactional.id" in settings:
            self.producer.init_transactions(30)
        self.records = []
        self.failed = []

    def write(self, topic, values, headers=(), **fields):
        def delivered(error, message):  # which does not tell the headers
            if error is not None:
                self.failed.append(error)
            else:
                self.records.append(from_librdkafka(message)._replace(headers=tuple(headers)))

        for number, value in enumerate(values):
            self.producer.produce(topic, value, partition=number % PARTITIONS, on_delivery=delivered,
                                  headers=list(headers), **fields)
        self.producer.flush(30)
        assert not self.failed, self.failed
        return self.records[-len(values):]


def wait_until(what, test, but=lambda: ""):
    deadline = time.monotonic() + DEADLINE_S
    while time.monotonic() < deadline:
        if test():
            return
        time.sleep(0.05)
    raise AssertionError(f"not within {DEADLINE_S} s: {what} {but()}")


@unittest.skipUnless(SparkSession and JARS and shutil.which("java"), "no Spark is here: scripts/bootstrap spark")
class SparkKafka(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        settings = {"spark.jars": ",".join(JARS), "spark.ui.enabled": "false", "spark.driver.host": "127.0.0.1",
                    "spark.driver.bindAddress": "127.0.0.1", "spark.sql.shuffle.partitions": "2",
                    "spark.driver.memory": "1g"}
        builder = SparkSession.builder.master("local[2]").appName("millrace")
        for name, value in settings.items():
            builder = builder.config(name, value)
        cls.spark = builder.getOrCreate()
        cls.spark.sparkContext.setLogLevel("ERROR")

    @classmethod
    def tearDownClass(cls):
        cls.spark.stop()

    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="millrace-spark-kafka-")))
        self.broker = self.enterContext(Broker(BINARY, self.folder / "data"))

    def make_topics(self, *names):
        admin = AdminClient({"bootstrap.servers": self.broker.address})
        for made in admin.create_topics([NewTopic(name, PARTITIONS, 1) for name in names]).values():
            made.result(10)

    def source(self, reader, **options):
        reader = reader.format("kafka").option("kafka.bootstrap.servers", self.broker.address)
        for name, value in {"includeHeaders": "true", **options}.items():
            reader = reader.option(name.replace("__", "."), value)
        return reader.load().selectExpr(*COLUMNS)

    def batch(self, **options):
        """The records of a batch query."""
        return [from_spark(row) for row in self.source(self.spark.read, **options).collect()]

    def assert_same(self, found, wanted):
        """Of two lists of records, in whichever order; all of a difference would be thousands of lines."""
        found, wanted = sorted_records(found), sorted_records(wanted)
        differences = [pair for pair in zip(found, wanted) if pair[0] != pair[1]]
        self.assertEqual((len(found), differences[:3]), (len(wanted), []))

    def read_all(self, topic, count):
        """What librdkafka reads of committed records, which must be `count`."""
        consumer = Consumer({"bootstrap.servers": self.broker.address, "group.id": "judge",
                             "isolation.level": "read_committed"})
        consumer.assign([TopicPartition(topic, each, 0) for each in range(PARTITIONS)])
        records = []

        def poll():
            message = consumer.poll(1)
            if message is not None and message.error() is None:
                records.append(from_librdkafka(message))
            return message is None and len(records) >= count

        wait_until(f"{count} records in {topic}", poll, lambda: f"{len(records)} are there")
        consumer.close()
        return sorted_records(records)

    def test_batch_reads_every_field_of_every_record(self):
        self.make_topics("one", "two")
        written = []
        for codec in ("none", "gzip", "snappy", "lz4", "zstd"):
            writer = Written(self.broker.address, **{"compression.type": codec})
            written += writer.write("one", [f"{codec} {n}".encode() * 20 for n in range(50)], key=codec,
                                    headers=[("codec", codec.encode()), ("codec", b""), ("none", None)])
        writer = Written(self.broker.address)
        written += writer.write("one", [None] * 3, key=b"deleted") + writer.write("two", [b"", b"x"], timestamp=1234)
        both = {"subscribe": "one,two", "startingOffsets": "earliest", "endingOffsets": "latest"}
        self.assert_same(self.batch(**both), written)
        self.assert_same(self.batch(subscribePattern="on.", minPartitions="7"),
                         [each for each in written if each.topic == "one"])
        self.assert_same(self.batch(assign='{"one": [1], "two": [0]}'),
                         [r for r in written if (r.topic, r.partition) in {("one", 1), ("two", 0)}])

    def test_batch_reads_from_offsets_and_times(self):
        self.make_topics("one")
        writer = Written(self.broker.address)
        for at in range(0, 60_000, 1000):
            writer.write("one", [b"%d.%d" % (at, n) for n in range(PARTITIONS)], timestamp=1_700_000_000_000 + at)
        first, last = {"0": 7, "1": -2, "2": 59}, {"0": 9, "1": 30, "2": -1}
        ranges = {0: range(7, 9), 1: range(30), 2: range(59, 60)}
        found = self.batch(subscribe="one", startingOffsets=json.dumps({"one": first}),
                           endingOffsets=json.dumps({"one": last}))
        self.assert_same(found, [r for r in writer.records if r.offset in ranges[r.partition]])
        middle = 1_700_000_030_000
        self.assert_same(self.batch(subscribe="one", startingTimestamp=str(middle)),
                         [record for record in writer.records if record.time >= middle])
        self.assert_same(self.batch(subscribe="one", endingTimestamp=str(middle)),
                         [record for record in writer.records if record.time < middle])

    def test_batch_reads_committed_records_alone(self):
        self.make_topics("one")
        committed = []
        writer = Written(self.broker.address, **{"transactional.id": "writer"})
        for number in range(6):
            writer.producer.begin_transaction()
            records = writer.write("one", [b"%d.%d" % (number, n) for n in range(9)])
            if number % 2 == 0:
                writer.producer.commit_transaction(30)
                committed += records
            else:
                writer.producer.abort_transaction(30)
        writer.producer.begin_transaction()
        writer.write("one", [b"open"] * PARTITIONS)
        self.assert_same(self.batch(subscribe="one", kafka__isolation__level="read_committed"), committed)
        self.assert_same(self.batch(subscribe="one"), writer.records)
        writer.producer.abort_transaction(30)

    def copy(self, **options):
        """One run of a query that copies "one" to "two", with what there is, and goes on the next time."""
        read = self.source(self.spark.readStream, subscribe="one", startingOffsets="earliest",
                           kafka__isolation__level="read_committed", **options)
        query = (read.selectExpr("key", "value", "partition", "headers").writeStream.format("kafka")
                 .option("kafka.bootstrap.servers", self.broker.address).option("topic", "two")
                 .option("includeHeaders", "true").option("checkpointLocation", f"{self.folder}/copy")
                 .trigger(availableNow=True).start())
        self.assertTrue(query.awaitTermination(DEADLINE_S))
        self.assertIsNone(query.exception())

    def test_stream_goes_on_from_its_checkpoint(self):
        self.make_topics("one", "two")
        writer = Written(self.broker.address, **{"transactional.id": "writer"})
        committed = []
        for run in range(3):
            writer.producer.begin_transaction()
            committed += writer.write("one", [b"%d.%d" % (run, n) for n in range(200)], key=b"%d" % run,
                                      headers=[("run", b"%d" % run)])
            writer.producer.commit_transaction(30)
            writer.producer.begin_transaction()
            writer.write("one", [b"aborted"] * 30)
            writer.producer.abort_transaction(30)
            self.copy(maxOffsetsPerTrigger="100")
            self.broker.restart()

        def content(record):
            return record.partition, record.key, record.value, record.headers

        copied = self.read_all("two", len(committed))
        self.assertEqual(sorted(map(content, copied)), sorted(map(content, committed)))
        # Of a run, the records of a partition come in their order.
        numbers = [[record.value for record in copied if record.partition == each] for each in range(PARTITIONS)]
        self.assertEqual(numbers, [[r.value for r in sorted_records(committed) if r.partition == each]
                                   for each in range(PARTITIONS)])

    def test_stream_runs_on_when_the_broker_is_killed(self):
        self.make_topics("one")
        files = f"{self.folder}/files"
        query = (self.source(self.spark.readStream, subscribe="one", startingOffsets="earliest",
                             failOnDataLoss="true", maxOffsetsPerTrigger="500")
                 .writeStream.format("parquet").option("path", files)
                 .option("checkpointLocation", f"{self.folder}/checkpoint")
                 .trigger(processingTime="200 milliseconds").start())
        self.addCleanup(query.stop)
        writer = Written(self.broker.address, **{"enable.idempotence": True})
        for number in range(4):
            writer.write("one", [b"%d.%d" % (number, n) for n in range(1000)])
            before = len(query.recentProgress)
            wait_until("progress", lambda: query.exception() or len(query.recentProgress) > before)
            self.broker.restart()
        query.processAllAvailable()
        self.assertIsNone(query.exception())
        query.stop()
        found = self.spark.read.parquet(files).selectExpr("*").collect()
        self.assert_same(map(from_spark, found), writer.records)

    def test_sink_writes_topics_partitions_keys_and_headers(self):
        self.make_topics("one", "two")
        rows = [("one" if n % 3 else "two", n % PARTITIONS, None if n % 5 == 0 else b"key %d" % n,
                 None if n % 7 == 0 else b"value %d" % n, [("n", b"%d" % n)]) for n in range(120)]
        schema = ("topic STRING, partition INT, key BINARY, value BINARY, "
                  "headers ARRAY<STRUCT<key: STRING, value: BINARY>>")
        for codec in ("none", "gzip", "snappy", "lz4", "zstd"):
            (self.spark.createDataFrame(rows, schema).write.format("kafka").option("includeHeaders", "true")
             .option("kafka.bootstrap.servers", self.broker.address)
             .option("kafka.compression.type", codec).save())
        for topic in ("one", "two"):
            wanted = [(r[1], r[2], r[3], tuple(r[4])) for r in rows if r[0] == topic] * 5
            found = [(r.partition, r.key, r.value, r.headers) for r in self.read_all(topic, len(wanted))]
            self.assertEqual(collections.Counter(found), collections.Counter(wanted))


if __name__ == "__main__":
    BINARY = sys.argv.pop(1)
    unittest.main()
