"""Real clients against the broker alone.

    broker_test.py BROKER_ONLY_BINARY [unittest arguments]
"""

import random
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

import confluent_kafka
from confluent_kafka import admin as confluent_admin
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewPartitions, NewTopic

sys.path.insert(0, str(Path(__file__).resolve().parent))
from broker_alone import Broker  # noqa: E402

BINARY = None


class BrokerTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="millrace-broker-")
        self.addCleanup(folder.cleanup)
        self.broker = Broker(BINARY, folder.name)
        self.broker.start()
        self.addCleanup(self.broker.__exit__)

    def confluent_producer(self, **settings):
        return confluent_kafka.Producer({"bootstrap.servers": self.broker.address, **settings})

    def confluent_consumer(self, group, *topics, **settings):
        consumer = confluent_kafka.Consumer({
            "bootstrap.servers": self.broker.address, "group.id": group,
            "auto.offset.reset": "earliest", "session.timeout.ms": 6000, **settings})
        self.addCleanup(consumer.close)
        consumer.subscribe(list(topics))
        return consumer

    def read_all(self, topic, partition=0):
        """Every value of a partition, by a consumer without a group."""
        consumer = KafkaConsumer(bootstrap_servers=[self.broker.address], enable_auto_commit=False)
        where = TopicPartition(topic, partition)
        consumer.assign([where])
        end = consumer.end_offsets([where])[where]
        consumer.seek_to_beginning(where)
        values = []
        while consumer.position(where) < end:
            for records in consumer.poll(timeout_ms=1000).values():
                values += [record.value for record in records]
        consumer.close()
        return values

    def poll_until(self, consumers, done, seconds=20):
        """Polls confluent consumers in turn until done(messages so far)."""
        messages = []
        deadline = time.monotonic() + seconds
        while not done(messages):
            self.assertLess(time.monotonic(), deadline, f"{len(messages)} messages until now")
            for consumer in consumers:
                message = consumer.poll(0.05)
                if message is not None:
                    self.assertIsNone(message.error())
                    messages.append(message)
        return messages


class ProduceAndConsume(BrokerTest):
    def test_kafka_python_keeps_key_value_headers_and_time(self):
        producer = KafkaProducer(bootstrap_servers=[self.broker.address], acks="all")
        sent = producer.send("orders", key=b"k", value=b"v", headers=[("h", b"1")],
                             timestamp_ms=1_700_000_000_123).get(timeout=10)
        self.assertEqual((sent.partition, sent.offset), (0, 0))
        producer.send("orders", key=b"gone", value=None).get(timeout=10)
        producer.close()
        consumer = KafkaConsumer("orders", bootstrap_servers=[self.broker.address],
                                 auto_offset_reset="earliest", consumer_timeout_ms=3000)
        first, second = next(consumer), next(consumer)
        consumer.close()
        self.assertEqual((first.key, first.value, first.headers, first.timestamp),
                         (b"k", b"v", [("h", b"1")], 1_700_000_000_123))
        self.assertEqual((second.key, second.value), (b"gone", None))

    def test_every_codec_passes_through(self):
        expected = [f"{codec} {n} {'x' * 200}".encode()
                    for codec in ("none", "gzip", "snappy", "lz4", "zstd") for n in range(50)]
        for codec in ("none", "gzip", "snappy", "lz4", "zstd"):
            producer = self.confluent_producer(**{"compression.type": codec, "linger.ms": 20})
            for value in expected:
                if value.startswith(codec.encode() + b" "):
                    producer.produce("codecs", value)
            self.assertEqual(producer.flush(10), 0)
        consumer = self.confluent_consumer("codecs", "codecs")
        messages = self.poll_until([consumer], lambda so_far: len(so_far) == len(expected))
        self.assertEqual([message.value() for message in messages], expected)

    def test_a_time_finds_its_record_inside_a_compressed_batch(self):
        for codec in ("gzip", "snappy", "lz4", "zstd"):
            producer = self.confluent_producer(**{"compression.type": codec, "linger.ms": 50})
            for n in range(10):
                producer.produce(codec, b"x" * 100, timestamp=1000 + 10 * n)
            producer.flush(10)
            consumer = KafkaConsumer(bootstrap_servers=[self.broker.address])
            where = TopicPartition(codec, 0)
            self.assertEqual(consumer.offsets_for_times({where: 1041})[where].offset, 5)
            self.assertIsNone(consumer.offsets_for_times({where: 1091})[where])
            consumer.close()

    def test_kcat(self):
        subprocess.run(["kcat", "-b", self.broker.address, "-P", "-t", "kcat"], input=b"a\nb\nc\n",
                       check=True, timeout=20)
        read = subprocess.run(["kcat", "-b", self.broker.address, "-C", "-t", "kcat", "-e", "-q",
                               "-o", "beginning"], capture_output=True, check=True, timeout=20)
        self.assertEqual(read.stdout, b"a\nb\nc\n")

    def test_large_batches_and_the_limit(self):
        producer = self.confluent_producer(**{"message.max.bytes": 5_000_000})
        errors = []
        producer.produce("large", b"x" * 900_000, callback=lambda error, _: errors.append(error))
        producer.produce("large", b"y" * 2_000_000, callback=lambda error, _: errors.append(error))
        producer.flush(20)
        self.assertEqual([error and error.code() for error in errors],
                         [None, confluent_kafka.KafkaError.MSG_SIZE_TOO_LARGE])
        self.assertEqual([len(value) for value in self.read_all("large")], [900_000])


class Groups(BrokerTest):
    def make_topic(self, name, partitions):
        client = confluent_admin.AdminClient({"bootstrap.servers": self.broker.address})
        for future in client.create_topics(
                [confluent_admin.NewTopic(name, partitions, 1)]).values():
            future.result(10)

    def fill(self, topic, values, partitions):
        producer = self.confluent_producer()
        for n, value in enumerate(values):
            producer.produce(topic, value, partition=n % partitions)
        self.assertEqual(producer.flush(10), 0)

    def assert_shares(self, consumers, expected):
        self.poll_until(consumers, lambda _: sorted(len(c.assignment()) for c in consumers)
                        == expected)

    def test_partitions_are_shared_and_taken_over(self):
        self.make_topic("shared", 4)
        for strategy in ("range", "cooperative-sticky"):
            settings = {"partition.assignment.strategy": strategy}
            one = self.confluent_consumer(strategy, "shared", **settings)
            self.assert_shares([one], [4])
            two = self.confluent_consumer(strategy, "shared", **settings)
            self.assert_shares([one, two], [2, 2])
            one.close()
            self.assert_shares([two], [4])

    def test_a_member_that_falls_silent_is_replaced(self):
        self.make_topic("silent", 2)
        program = f"""
import confluent_kafka, time
c = confluent_kafka.Consumer({{"bootstrap.servers": "{self.broker.address}", "group.id": "g",
                              "session.timeout.ms": 6000}})
c.subscribe(["silent"])
while len(c.assignment()) < 2: c.poll(0.1)
print("joined", flush=True)
while True: c.poll(0.1)
"""
        other = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
        self.addCleanup(other.stdout.close)
        self.addCleanup(other.wait)
        self.addCleanup(other.kill)
        self.assertEqual(other.stdout.readline(), b"joined\n")
        other.kill()
        self.assert_shares([self.confluent_consumer("g", "silent")], [2])

    def test_static_members_come_back_without_a_rebalance(self):
        self.make_topic("static", 2)
        def join():
            consumer = self.confluent_consumer("g", "static", **{"group.instance.id": "me"})
            self.assert_shares([consumer], [2])
            return consumer
        join().close()
        join()
        generations = [line for line in self.broker.log if "group generation" in line]
        self.assertEqual(len(generations), 1, generations)

    def test_kafka_python_group_resumes_where_it_committed_also_after_kill(self):
        values = [str(n).encode() for n in range(100)]
        self.fill("resume", values, 1)

        def read(count):
            consumer = KafkaConsumer("resume", bootstrap_servers=[self.broker.address],
                                     group_id="g", auto_offset_reset="earliest",
                                     enable_auto_commit=False, consumer_timeout_ms=15000,
                                     max_poll_records=10)
            got = [next(consumer).value for _ in range(count)]
            consumer.commit()
            consumer.close()
            return got
        self.assertEqual(read(40), values[:40])
        self.broker.restart()
        self.assertEqual(read(60), values[40:])

    def test_offsets_keep_metadata_and_go_with_their_topic(self):
        self.fill("meta", [b"a", b"b"], 1)
        consumer = self.confluent_consumer("g", "meta", **{"enable.auto.commit": False})
        self.poll_until([consumer], lambda messages: len(messages) == 2)
        where = confluent_kafka.TopicPartition("meta", 0, 1, metadata="so far")
        consumer.commit(offsets=[where], asynchronous=False)
        committed = consumer.committed([confluent_kafka.TopicPartition("meta", 0)], 10)[0]
        self.assertEqual((committed.offset, committed.metadata), (1, "so far"))
        consumer.close()
        client = confluent_admin.AdminClient({"bootstrap.servers": self.broker.address})
        client.delete_topics(["meta"])["meta"].result(10)
        self.broker.restart()
        again = self.confluent_consumer("g", "meta")
        committed = again.committed([confluent_kafka.TopicPartition("meta", 0)], 10)[0]
        self.assertEqual(committed.offset, confluent_kafka.OFFSET_INVALID)

    def test_a_group_whose_partitions_the_broker_shares_out(self):
        client = confluent_admin.AdminClient({"bootstrap.servers": self.broker.address})
        client.create_topics([confluent_admin.NewTopic("shared", 4)])["shared"].result(10)

        def consumer():
            made = confluent_kafka.Consumer({
                "bootstrap.servers": self.broker.address, "group.id": "new", "group.protocol": "consumer",
                "auto.offset.reset": "earliest", "enable.auto.commit": False})
            made.subscribe(["shared"])
            return made

        first, second = consumer(), consumer()
        self.addCleanup(second.close)
        deadline = time.monotonic() + 60
        while [len(first.assignment()), len(second.assignment())] != [2, 2]:
            self.assertLess(time.monotonic(), deadline, "the partitions are not shared out")
            first.poll(0.1)
            second.poll(0.1)
        described = client.describe_consumer_groups(["new"])["new"].result(10)
        self.assertEqual([len(member.assignment.topic_partitions) for member in described.members], [2, 2])
        self.assertEqual(described.type, confluent_kafka.ConsumerGroupType.CONSUMER)
        producer = self.confluent_producer()
        for number in range(40):
            producer.produce("shared", str(number).encode(), partition=number % 4)
        self.assertEqual(producer.flush(10), 0)
        seen = []
        while len(seen) < 40:
            self.assertLess(time.monotonic(), deadline, f"only {len(seen)} of 40 records came")
            for each in (first, second):
                record = each.poll(0.1)
                if record is not None and not record.error():
                    seen.append(int(record.value()))
        self.assertEqual(sorted(seen), list(range(40)))
        first.commit(asynchronous=False)
        first.close()
        while len(second.assignment()) != 4:
            self.assertLess(time.monotonic(), deadline, "the one that stays does not get everything")
            second.poll(0.1)


class Admin(BrokerTest):
    def test_topics_by_kafka_python(self):
        client = KafkaAdminClient(bootstrap_servers=self.broker.address)
        client.create_topics([NewTopic("made", 3, 1, topic_configs={"retention.ms": "1000"})])
        with self.assertRaisesRegex(Exception, "already exists|TopicAlreadyExists"):
            client.create_topics([NewTopic("made", 3, 1)])
        client.create_partitions({"made": NewPartitions(5)})
        described = client.describe_topics(["made"])[0]
        self.assertEqual(len(described["partitions"]), 5)
        self.assertIn("made", client.list_topics())
        client.delete_topics(["made"])
        self.assertNotIn("made", client.list_topics())
        client.close()

    def test_topics_and_groups_by_confluent(self):
        client = confluent_admin.AdminClient({"bootstrap.servers": self.broker.address})
        for future in client.create_topics([confluent_admin.NewTopic(
                "made", 2, 1, config={"retention.ms": "1000"})]).values():
            future.result(10)
        resource = confluent_admin.ConfigResource(confluent_admin.RESOURCE_TOPIC, "made")
        configs = client.describe_configs([resource])[resource].result(10)
        self.assertEqual(configs["retention.ms"].value, "1000")
        self.assertEqual(configs["cleanup.policy"].value, "delete")
        for topic, fault in (
                (confluent_admin.NewTopic("a", 1, 3), "INVALID_REPLICATION_FACTOR"),
                (confluent_admin.NewTopic("a", 1, 1, config={"no.such": "1"}), "INVALID_CONFIG"),
                (confluent_admin.NewTopic("a/b", 1, 1), "TOPIC_EXCEPTION")):
            with self.assertRaises(confluent_kafka.KafkaException) as caught:
                client.create_topics([topic])[topic.topic].result(10)
            self.assertIn(fault, str(caught.exception.args[0].name()))
        consumer = self.confluent_consumer("readers", "made")
        self.poll_until([consumer], lambda _: len(consumer.assignment()) == 2)
        listed = client.list_consumer_groups().result(10).valid
        self.assertIn("readers", [group.group_id for group in listed])
        described = client.describe_consumer_groups(["readers"])["readers"].result(10)
        self.assertEqual(described.state, confluent_kafka.ConsumerGroupState.STABLE)
        self.assertEqual(len(described.members[0].assignment.topic_partitions), 2)
        cluster = client.describe_cluster().result(10)
        self.assertEqual([node.port for node in cluster.nodes], [self.broker.port])


class Faults(BrokerTest):
    def exchange(self, payload, size=None):
        """Sends a frame; the answer's bytes, empty where the broker closed."""
        with socket.create_connection(("127.0.0.1", self.broker.port), timeout=10) as connection:
            connection.sendall(struct.pack(">i", len(payload) if size is None else size) + payload)
            answer = connection.recv(4)
            if len(answer) < 4:
                return b""
            left, body = struct.unpack(">i", answer)[0], b""
            while len(body) < left:
                body += connection.recv(left - len(body))
            return body

    def test_api_versions_from_the_future_are_answered_in_the_oldest_layout(self):
        answer = self.exchange(struct.pack(">hhih", 18, 99, 7, -1) + b"\0\0\0")
        correlation, error, count = struct.unpack(">ihi", answer[:10])
        self.assertEqual((correlation, error), (7, 35))
        self.assertEqual(len(answer), 10 + 6 * count)

    def test_garbage_is_refused_and_others_are_served(self):
        chance = random.Random(1)
        for payload in (b"", b"\0", struct.pack(">hhih", 0, 99, 1, -1),
                        struct.pack(">hhih", 999, 0, 1, -1),
                        struct.pack(">hhih", 3, 1, 1, -1) + b"\x7f\xff\xff\xff",
                        *(bytes([0, chance.randrange(20), 0, chance.randrange(9)])
                          + chance.randbytes(200) for _ in range(200))):
            self.exchange(payload)
        self.assertEqual(self.exchange(b"", size=-1), b"")
        self.assertEqual(self.exchange(b"GET / HTTP/1.1\r\n\r\n", size=0x47455420), b"")
        self.assertIsNone(self.broker.process.poll())
        producer = KafkaProducer(bootstrap_servers=[self.broker.address])
        producer.send("fine", b"x").get(timeout=10)
        producer.close()

    def test_a_frame_in_single_bytes(self):
        frame = struct.pack(">ihhih", 10, 18, 0, 5, -1)
        with socket.create_connection(("127.0.0.1", self.broker.port), timeout=10) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for at in range(len(frame)):
                connection.sendall(frame[at:at + 1])
            self.assertEqual(struct.unpack(">i", connection.recv(8)[4:])[0], 5)


class Kills(BrokerTest):
    def test_an_idempotent_load_through_ten_kills_loses_and_doubles_nothing(self):
        chance = random.Random(2)
        producer = self.confluent_producer(**{
            "enable.idempotence": True, "linger.ms": 2, "retry.backoff.ms": 50,
            "reconnect.backoff.max.ms": 200, "message.timeout.ms": 120_000})
        count, acknowledged, failed = 60_000, set(), []
        stop = threading.Event()

        def killer():
            for _ in range(10):
                if stop.wait(chance.uniform(0.15, 0.6)):
                    return
                self.broker.restart()

        def delivered(error, message):
            if error:
                failed.append(error)
            else:
                acknowledged.add(int(message.value().split()[0]))
        thread = threading.Thread(target=killer)
        thread.start()
        for n in range(count):
            producer.produce("load", f"{n} {'x' * 90}".encode(), callback=delivered)
            producer.poll(0)
            if n % 100 == 0:
                time.sleep(0.008)
        left = producer.flush(90)
        stop.set()
        thread.join()
        self.assertEqual((left, failed[:3]), (0, []))
        found = [int(value.split()[0]) for value in self.read_all("load")]
        self.assertEqual(len(acknowledged), count)
        self.assertEqual(found, list(range(count)))

    def test_kafka_python_idempotent_through_kills(self):
        producer = KafkaProducer(bootstrap_servers=[self.broker.address], acks="all",
                                 enable_idempotence=True, linger_ms=2, retry_backoff_ms=50,
                                 reconnect_backoff_max_ms=200, delivery_timeout_ms=60_000,
                                 request_timeout_ms=5_000)
        futures = []
        for n in range(3_000):
            futures.append(producer.send("load", str(n).encode()))
            if n % 600 == 300:
                self.broker.restart()
        for future in futures:
            future.get(timeout=60)
        producer.close()
        self.assertEqual([int(value) for value in self.read_all("load")], list(range(3_000)))


def main():
    global BINARY
    BINARY = sys.argv.pop(1)
    unittest.main()


if __name__ == "__main__":
    main()
