"""What aiokafka does with a broker; clients_test.py runs it.

    client.py HOST:PORT
"""

import asyncio
import sys
from pathlib import Path

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from subjects import run_all  # noqa: E402

ADDRESS = sys.argv[1]
CODECS = [None, "gzip", "snappy", "lz4", "zstd"]


async def create(topic, partitions=1):
    async with admin() as client:
        await client.create_topics([NewTopic(topic, partitions, 1)])


def admin():
    client = AIOKafkaAdminClient(bootstrap_servers=ADDRESS)

    class Running:
        async def __aenter__(self):
            await client.start()
            return client

        async def __aexit__(self, *_):
            await client.close()
    return Running()


def producer(**settings):
    return AIOKafkaProducer(bootstrap_servers=ADDRESS, **settings)


def consumer(*topics, **settings):
    return AIOKafkaConsumer(*topics, bootstrap_servers=ADDRESS, auto_offset_reset="earliest", **settings)


async def read(reader, count):
    """So many records' values, sorted."""
    async def collect():
        return sorted([(await reader.getone()).value for _ in range(count)])
    return await asyncio.wait_for(collect(), 20)


def values(prefix, count):
    return [f"{prefix}{number:04}".encode() for number in range(count)]


async def test_codecs():
    for codec in CODECS:
        topic = f"aiokafka-codec-{codec}"
        await create(topic)
        async with producer(compression_type=codec, linger_ms=5) as writer:
            await asyncio.gather(*[await writer.send(topic, value) for value in values("v", 300)])
        async with consumer(topic) as reader:
            assert await read(reader, 300) == values("v", 300), codec


async def test_group():
    topic = "aiokafka-group"
    await create(topic, 3)
    async with producer(acks="all", enable_idempotence=True) as writer:
        for value in values("a", 60):
            await writer.send_and_wait(topic, value, key=value)
    async with consumer(topic, group_id="aiokafka", enable_auto_commit=False) as reader:
        assert await read(reader, 60) == values("a", 60)
        await reader.commit()
    async with producer() as writer:
        for value in values("b", 30):
            await writer.send_and_wait(topic, value, key=value)
    async with consumer(topic, group_id="aiokafka", enable_auto_commit=False) as reader:
        assert await read(reader, 30) == values("b", 30)  # only what came after the commit


class Shares(ConsumerRebalanceListener):
    def __init__(self):
        self.changed = asyncio.Condition()
        self.share = set()

    async def on_partitions_revoked(self, revoked):
        pass

    async def on_partitions_assigned(self, assigned):
        async with self.changed:
            self.share = set(assigned)
            self.changed.notify_all()

    async def becomes(self, count):
        async with self.changed:
            await asyncio.wait_for(self.changed.wait_for(lambda: len(self.share) == count), 20)


async def test_rebalance():
    topic = "aiokafka-rebalance"
    await create(topic, 4)
    first, second = Shares(), Shares()
    settings = {"group_id": "aiokafka-rebalance", "heartbeat_interval_ms": 200, "session_timeout_ms": 10000}
    async with consumer(**settings) as one:
        one.subscribe([topic], listener=first)
        await first.becomes(4)
        async with consumer(**settings) as two:
            two.subscribe([topic], listener=second)
            await asyncio.gather(first.becomes(2), second.becomes(2))
            assert not first.share & second.share
        await first.becomes(4)


async def test_transactions():
    source, topic = "aiokafka-source", "aiokafka-transactions"
    await create(source)
    await create(topic)
    async with producer() as writer:
        await writer.send_and_wait(source, b"in")
    async with producer(transactional_id="aiokafka-transactions") as writer:
        async with writer.transaction():
            await writer.send(topic, b"kept")
            await writer.send_offsets_to_transaction({TopicPartition(source, 0): 1}, "aiokafka-offsets")
        await writer.begin_transaction()
        await writer.send_and_wait(topic, b"dropped")
        await writer.abort_transaction()
        async with writer.transaction():
            await writer.send(topic, b"last")
    async with consumer(topic, isolation_level="read_committed") as reader:
        assert await read(reader, 2) == [b"kept", b"last"]
    async with consumer(group_id="aiokafka-offsets") as reader:
        assert await reader.committed(TopicPartition(source, 0)) == 1


async def test_admin():
    topic = "aiokafka-admin"
    await create(topic, 2)
    async with admin() as client:
        assert topic in await client.list_topics()
        await client.create_partitions({topic: NewPartitions(5)})
        described = await client.describe_topics([topic])
        assert len(described[0]["partitions"]) == 5, described
        resource = ConfigResource(ConfigResourceType.TOPIC, topic, configs={"retention.ms": "123456"})
        await client.alter_configs([resource])
        answer = await client.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
        configs = {entry[0]: entry[1] for entry in answer[0].resources[0][4]}
        assert configs["retention.ms"] == "123456", configs
        assert any(group[0] == "aiokafka" for group in await client.list_consumer_groups())
        await client.delete_topics([topic])
        assert topic not in await client.list_topics()


run_all(test_codecs, test_group, test_rebalance, test_transactions, test_admin,
        run=lambda subject: asyncio.run(asyncio.wait_for(subject(), 40)))
