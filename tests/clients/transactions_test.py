"""Transactions of real clients against the broker alone: committed, aborted, fenced, killed.

    transactions_test.py BROKER_ONLY_BINARY [unittest arguments]
"""

import sys
import tempfile
import time
import unittest
from pathlib import Path

import confluent_kafka
from confluent_kafka import TopicPartition
from kafka import KafkaConsumer, KafkaProducer
from kafka import TopicPartition as PythonTopicPartition

sys.path.insert(0, str(Path(__file__).resolve().parent))
from broker_alone import Broker  # noqa: E402

BINARY = None


class TransactionsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="millrace-transactions-")
        self.addCleanup(folder.cleanup)
        self.broker = Broker(BINARY, folder.name)
        self.broker.start()
        self.addCleanup(self.broker.__exit__)

    def producer(self, transactional_id="t", **settings):
        producer = confluent_kafka.Producer({
            "bootstrap.servers": self.broker.address, "transactional.id": transactional_id,
            "transaction.timeout.ms": 30_000, "retry.backoff.ms": 50,
            "reconnect.backoff.max.ms": 200, **settings})
        producer.init_transactions(20)
        return producer

    def consumer(self, isolation="read_committed", group="readers"):
        consumer = confluent_kafka.Consumer({
            "bootstrap.servers": self.broker.address, "group.id": group,
            "isolation.level": isolation, "enable.auto.commit": False,
            "auto.offset.reset": "earliest", "enable.partition.eof": True})
        self.addCleanup(consumer.close)
        return consumer

    def read_all(self, topic, isolation="read_committed"):
        """Every value of partition 0 that a consumer gets to see before it says that it is through."""
        consumer = self.consumer(isolation)
        consumer.assign([TopicPartition(topic, 0, 0)])
        values, deadline = [], time.monotonic() + 20
        while True:
            self.assertLess(time.monotonic(), deadline, f"only {len(values)} values")
            message = consumer.poll(0.2)
            if message is None:
                continue
            if message.error():
                self.assertEqual(message.error().code(), confluent_kafka.KafkaError._PARTITION_EOF)
                return values
            values.append(message.value().decode())

    def test_committed_records_are_seen_and_aborted_ones_are_not(self):
        producer = self.producer()
        for number, end in enumerate(("commit", "abort", "commit")):
            producer.begin_transaction()
            for n in range(3):
                producer.produce("orders", f"{number}.{n}")
            producer.flush(10)
            if end == "commit":
                producer.commit_transaction(10)
            else:
                producer.abort_transaction(10)
        committed = [f"{number}.{n}" for number in (0, 2) for n in range(3)]
        self.assertEqual(self.read_all("orders"), committed)
        self.assertEqual(len(self.read_all("orders", "read_uncommitted")), 9)

    def test_an_open_transaction_holds_readers_of_committed_records_back(self):
        producer = self.producer()
        producer.begin_transaction()
        producer.produce("orders", "a")
        producer.flush(10)
        self.assertEqual(self.read_all("orders"), [])
        self.assertEqual(self.read_all("orders", "read_uncommitted"), ["a"])
        consumer = self.consumer()
        self.assertEqual(consumer.get_watermark_offsets(TopicPartition("orders", 0), 5)[1], 0)
        producer.commit_transaction(10)
        self.assertEqual(self.read_all("orders"), ["a"])

    def test_a_second_producer_of_the_same_id_fences_the_first(self):
        first = self.producer()
        first.begin_transaction()
        first.produce("orders", "lost")
        first.flush(10)
        second = self.producer()
        second.begin_transaction()
        second.produce("orders", "kept")
        second.commit_transaction(10)
        with self.assertRaises(confluent_kafka.KafkaException) as caught:
            first.commit_transaction(10)
        self.assertEqual(caught.exception.args[0].code(), confluent_kafka.KafkaError._FENCED)
        self.assertEqual(self.read_all("orders"), ["kept"])

    def test_offsets_and_records_are_committed_together_or_not_at_all(self):
        source = confluent_kafka.Producer({"bootstrap.servers": self.broker.address})
        for n in range(6):
            source.produce("source", str(n))
        source.flush(10)
        consumer = self.consumer(group="copy")
        consumer.subscribe(["source"])
        producer = self.producer()
        for end in ("abort", "commit"):
            values = []
            deadline = time.monotonic() + 20
            while len(values) < 6:
                self.assertLess(time.monotonic(), deadline)
                message = consumer.poll(0.2)
                if message is not None and not message.error():
                    values.append(message.value())
            producer.begin_transaction()
            for value in values:
                producer.produce("copied", value)
            producer.send_offsets_to_transaction(consumer.position(consumer.assignment()),
                                                 consumer.consumer_group_metadata(), 10)
            if end == "commit":
                producer.commit_transaction(10)
            else:
                producer.abort_transaction(10)
                committed = consumer.committed(consumer.assignment(), 5)[0].offset
                self.assertEqual(committed, confluent_kafka.OFFSET_INVALID)
                for partition in consumer.assignment():
                    consumer.seek(TopicPartition(partition.topic, partition.partition, 0))
        self.assertEqual(consumer.committed(consumer.assignment(), 5)[0].offset, 6)
        self.assertEqual(self.read_all("copied"), [str(n) for n in range(6)])

    def test_a_transaction_goes_on_through_kills_of_the_broker(self):
        producer = self.producer()
        expected = []
        for number in range(6):
            producer.begin_transaction()
            for n in range(20):
                producer.produce("orders", f"{number}.{n}")
                if n == 10:
                    producer.flush(20)
                    self.broker.restart()
            if number % 3 == 2:
                producer.abort_transaction(30)
            else:
                producer.commit_transaction(30)
                expected += [f"{number}.{n}" for n in range(20)]
        self.assertEqual(self.read_all("orders"), expected)

    def test_a_producer_that_dies_is_aborted_after_its_timeout(self):
        producer = self.producer(**{"transaction.timeout.ms": 1_500, "message.timeout.ms": 1_000})
        producer.begin_transaction()
        producer.produce("orders", "a")
        producer.flush(10)
        after = confluent_kafka.Producer({"bootstrap.servers": self.broker.address})
        after.produce("orders", "b")
        after.flush(10)
        self.assertEqual(self.read_all("orders"), [])
        deadline = time.monotonic() + 10
        while self.read_all("orders") != ["b"]:
            self.assertLess(time.monotonic(), deadline, "the transaction holds readers back")

    def test_kafka_python(self):
        producer = KafkaProducer(bootstrap_servers=[self.broker.address], transactional_id="p")
        producer.init_transactions()
        for end in ("commit", "abort", "commit"):
            producer.begin_transaction()
            producer.send("orders", end.encode()).get(timeout=10)
            if end == "commit":
                producer.commit_transaction()
            else:
                producer.abort_transaction()
        producer.close()
        consumer = KafkaConsumer(bootstrap_servers=[self.broker.address],
                                 isolation_level="read_committed", enable_auto_commit=False,
                                 consumer_timeout_ms=2_000)
        where = PythonTopicPartition("orders", 0)
        consumer.assign([where])
        consumer.seek_to_beginning(where)
        self.assertEqual([record.value for record in consumer], [b"commit", b"commit"])
        consumer.close()


def main():
    global BINARY
    BINARY = sys.argv.pop(1)
    unittest.main()


if __name__ == "__main__":
    main()
