"""What kafka-python does with a broker; clients_test.py runs it.

    client.py HOST:PORT
"""

import sys
import threading
import time
from pathlib import Path

from kafka import ConsumerRebalanceListener, KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, NewPartitions, NewTopic
from kafka.structs import OffsetAndMetadata

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from subjects import run_all  # noqa: E402

ADDRESS = sys.argv[1]
CODECS = [None, "gzip", "snappy", "lz4", "zstd"]
PATIENCE_S = 30


def admin():
    return KafkaAdminClient(bootstrap_servers=ADDRESS)


def create(topic, partitions=1):
    client = admin()
    client.create_topics([NewTopic(topic, partitions, 1)])
    client.close()


def write(topic, values, **settings):
    producer = KafkaProducer(bootstrap_servers=ADDRESS, **settings)
    sent = [producer.send(topic, value, key=value) for value in values]
    for each in sent:
        each.get(timeout=PATIENCE_S)
    producer.close()


def consumer(*topics, **settings):
    return KafkaConsumer(*topics, bootstrap_servers=ADDRESS, auto_offset_reset="earliest",
                         enable_auto_commit=False, **settings)


def read(reader, count):
    """So many records' values, sorted."""
    values, deadline = [], time.monotonic() + PATIENCE_S
    while len(values) < count:
        assert time.monotonic() < deadline, f"{len(values)} of {count} records"
        for records in reader.poll(timeout_ms=200).values():
            values += [record.value for record in records]
    return sorted(values)


def values(prefix, count):
    return [f"{prefix}{number:04}".encode() for number in range(count)]


def test_codecs():
    for codec in CODECS:
        topic = f"kafka-python-codec-{codec}"
        create(topic)
        write(topic, values("v", 300), compression_type=codec, linger_ms=5)
        reader = consumer(topic)
        assert read(reader, 300) == values("v", 300), codec
        reader.close()


def test_group():
    topic = "kafka-python-group"
    create(topic, 3)
    for prefix, count in (("a", 60), ("b", 30)):
        write(topic, values(prefix, count), acks="all")
        reader = consumer(topic, group_id="kafka-python")
        assert read(reader, count) == values(prefix, count)  # the second time what came after the commit
        reader.commit()
        reader.close()


class Member(ConsumerRebalanceListener):
    """One that polls in a thread of its own, for members of a group wait for each other."""

    def __init__(self, topic):
        self.consumer = consumer(group_id=topic, heartbeat_interval_ms=200, session_timeout_ms=10000,
                                 metadata_max_age_ms=1000)
        self.changed = threading.Condition()
        self.share = set()
        self.leaving = threading.Event()
        self.consumer.subscribe([topic], listener=self)
        self.thread = threading.Thread(target=self.poll)
        self.thread.start()

    def poll(self):
        while not self.leaving.is_set():
            self.consumer.poll(timeout_ms=100)
        self.consumer.close()

    def on_partitions_revoked(self, revoked):
        pass

    def on_partitions_assigned(self, assigned):
        with self.changed:
            self.share = set(assigned)
            self.changed.notify_all()

    def becomes(self, count):
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.share) == count, PATIENCE_S), self.share

    def leave(self):
        self.leaving.set()
        self.thread.join()


def test_rebalance():
    topic = "kafka-python-rebalance"
    create(topic, 4)
    members = [Member(topic)]
    try:
        members[0].becomes(4)
        members.append(Member(topic))
        for member in members:
            member.becomes(2)
        assert not members[0].share & members[1].share
        members.pop().leave()
        members[0].becomes(4)
    finally:
        for member in members:
            member.leave()


def test_transactions():
    source, topic = "kafka-python-source", "kafka-python-transactions"
    create(source)
    create(topic)
    write(source, [b"in"])
    reader = consumer(source, group_id="kafka-python-offsets")
    assert read(reader, 1) == [b"in"]
    producer = KafkaProducer(bootstrap_servers=ADDRESS, transactional_id="kafka-python")
    producer.init_transactions()
    producer.begin_transaction()
    producer.send(topic, b"kept")
    producer.send_offsets_to_transaction({TopicPartition(source, 0): OffsetAndMetadata(1, "", -1)},
                                         reader.group_metadata())
    producer.commit_transaction()
    producer.begin_transaction()
    producer.send(topic, b"dropped").get(timeout=PATIENCE_S)
    producer.abort_transaction()
    producer.begin_transaction()
    producer.send(topic, b"last")
    producer.commit_transaction()
    producer.close()
    assert reader.committed(TopicPartition(source, 0)) == 1
    reader.close()
    committed = consumer(topic, isolation_level="read_committed")
    assert read(committed, 2) == [b"kept", b"last"]
    committed.close()


def test_admin():
    topic = "kafka-python-admin"
    create(topic, 2)
    client = admin()
    assert topic in client.list_topics()
    client.create_partitions({topic: NewPartitions(5)})
    assert len(client.describe_topics([topic])[0]["partitions"]) == 5
    client.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, configs={"retention.ms": "123456"})])
    described = client.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
    assert "123456" in str(described), described
    write(topic, values("v", 20))
    client.delete_records({TopicPartition(topic, partition): -1 for partition in range(5)})
    groups = [group["group_id"] for group in client.list_groups()]
    assert "kafka-python" in groups, groups
    client.delete_groups(["kafka-python"])
    assert "kafka-python" not in [group["group_id"] for group in client.list_groups()]
    assert len(client.describe_cluster()["brokers"]) == 1
    client.delete_topics([topic])
    assert topic not in client.list_topics()
    client.close()


run_all(test_codecs, test_group, test_rebalance, test_transactions, test_admin)
