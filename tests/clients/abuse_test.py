"""Clients that mean harm, or are broken: garbage, cut and oversized frames, half-open connections, one
that never reads, and very many of them. Each is bounded and logged, and others are served meanwhile.

    abuse_test.py BROKER_ONLY_BINARY [--large]

--large: 5,000 connections of a kind instead of 500, and 10,000 topics instead of 1,000.
"""

import random
import resource
import socket
import struct
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from broker_alone import Broker  # noqa: E402

BINARY, LARGE = None, False
API_VERSIONS, METADATA, CREATE_TOPICS = 18, 3, 19


def frame(api, version, body=b"", correlation=1):
    request = struct.pack(">hhih", api, version, correlation, 1) + b"a" + body
    return struct.pack(">i", len(request)) + request


def receive_exactly(peer, size):
    """Where a socket has a timeout, one call may bring less, whatever its flags say."""
    answer = bytearray()
    while len(answer) < size:
        part = peer.recv(size - len(answer))
        if not part:
            raise ConnectionResetError("closed within an answer")
        answer += part
    return bytes(answer)


def receive(peer):
    return receive_exactly(peer, struct.unpack(">i", receive_exactly(peer, 4))[0])


def text(value):
    return struct.pack(">h", len(value)) + value.encode()


class AbuseTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="millrace-abuse-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.broker = Broker(BINARY, folder.name)
        self.broker.start()
        self.addCleanup(self.broker.__exit__)

    def connect(self):
        peer = socket.create_connection(("127.0.0.1", self.broker.port), 20)
        self.addCleanup(peer.close)
        return peer

    def memory_mb(self):
        status = Path(f"/proc/{self.broker.process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024

    def assert_serves(self, seconds=5):
        began = time.monotonic()
        peer = self.connect()
        peer.sendall(frame(API_VERSIONS, 0))
        self.assertEqual(receive(peer)[:4], struct.pack(">i", 1))
        self.assertLess(time.monotonic() - began, seconds)

    def assert_closed(self, peer):
        try:
            while peer.recv(65536):
                pass
        except ConnectionResetError:
            pass

    def wait_for_log(self, words):
        deadline = time.monotonic() + 10
        while not any(words in line for line in self.broker.log):
            self.assertLess(time.monotonic(), deadline, f"no '{words}' in the log")
            time.sleep(0.01)

    def test_garbage_closes_its_connection_alone(self):
        chance = random.Random(1)
        for _ in range(200):
            peer = self.connect()
            size = chance.randrange(1, 400)
            body = chance.randbytes(size)
            if chance.random() < 0.7:
                body = struct.pack(">ihh", size + 4, chance.randrange(80), chance.randrange(14)) + body
            try:
                peer.sendall(body)
                peer.shutdown(socket.SHUT_WR)
                self.assert_closed(peer)
            except (BrokenPipeError, ConnectionResetError):
                pass
        self.assert_serves()
        self.wait_for_log("connection closed")

    def test_oversized_and_negative_lengths_are_refused_at_once(self):
        for length in (0x7FFFFFFF, 200 << 20, -1, struct.unpack(">i", b"GET ")[0]):
            peer = self.connect()
            peer.sendall(struct.pack(">i", length))
            self.assert_closed(peer)
        self.wait_for_log("at most")
        self.assert_serves()

    def test_half_sent_frames_cost_what_was_sent(self):
        count = 5_000 if LARGE else 500
        before = self.memory_mb()
        for _ in range(count):
            self.connect().sendall(struct.pack(">i", 90 << 20) + b"x" * 1000)
        self.assert_serves()
        each_kb = (self.memory_mb() - before) * 1024 / count
        print(f"{count} halves of frames: {each_kb:.0f} KB each")
        self.assertLess(each_kb, 60)

    def test_peers_that_say_nothing_more_are_let_go(self):
        self.broker.kill()
        self.broker = Broker(BINARY, self.folder, "impatient")
        self.broker.start()
        self.addCleanup(self.broker.__exit__)
        silent, half, lively = self.connect(), self.connect(), self.connect()
        half.sendall(frame(API_VERSIONS, 0)[:7])
        self.assert_closed_while(silent, lively)
        self.assert_closed_while(half, lively)
        self.wait_for_log("silent connection closed")

    def assert_closed_while(self, peer, lively):
        """`peer` is closed by and by, and `lively`, which says something now and then, is not."""
        peer.settimeout(0.2)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            lively.sendall(frame(API_VERSIONS, 0))
            self.assertTrue(receive(lively))
            try:
                self.assertEqual(peer.recv(1), b"")
                return
            except TimeoutError:
                pass
        self.fail("a silent connection stays")

    def test_a_client_that_never_reads_is_not_read_from(self):
        self.make_topics(50)
        before = self.memory_mb()
        peer = self.connect()
        peer.setblocking(False)
        request = frame(METADATA, 1, struct.pack(">i", -1))
        sent, quiet_since = 0, time.monotonic()
        while time.monotonic() - quiet_since < 1 and sent < 1 << 30:
            try:
                sent += peer.send(request * 1000)
                quiet_since = time.monotonic()
            except BlockingIOError:
                time.sleep(0.01)
        self.assertLess(sent, 1 << 30, "the broker takes requests without end")
        self.assertLess(self.memory_mb() - before, 150)
        self.assert_serves()

    def test_idle_connections_are_cheap(self):
        count = 5_000 if LARGE else 500
        before = self.memory_mb()
        peers = [self.connect() for _ in range(count)]
        for peer in peers:
            peer.sendall(frame(API_VERSIONS, 0))
        for peer in peers:
            receive(peer)
        self.assert_serves()
        each_kb = (self.memory_mb() - before) * 1024 / count
        print(f"{count} idle connections: {each_kb:.0f} KB each")
        self.assertLess(each_kb, 30)

    def make_topics(self, count):
        peer = self.connect()
        for begin in range(0, count, 50):
            names = [f"topic-{i:05}" for i in range(begin, min(begin + 50, count))]
            body = struct.pack(">i", len(names))
            for name in names:
                body += text(name) + struct.pack(">ihii", 1, 1, 0, 0)
            peer.settimeout(60)
            peer.sendall(frame(CREATE_TOPICS, 2, body + struct.pack(">ib", 60_000, 0)))
            receive(peer)

    def test_many_topics_open_quickly(self):
        count = 10_000 if LARGE else 1_000
        self.make_topics(count)
        began = time.monotonic()
        self.broker.restart()
        self.assert_serves()
        files = len(list(Path(f"/proc/{self.broker.process.pid}/fd").iterdir()))
        print(f"{count} topics: {files} descriptors, ready in {time.monotonic() - began:.2f} s, {self.memory_mb():.0f} MB")
        self.assertLess(time.monotonic() - began, 20)
        peer = self.connect()
        peer.sendall(frame(METADATA, 1, struct.pack(">i", -1)))
        self.assertEqual(receive(peer).count(b"topic-"), count)


if __name__ == "__main__":
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    arguments = sys.argv[1:]
    LARGE = "--large" in arguments
    BINARY, *rest = [word for word in arguments if word != "--large"]
    unittest.main(argv=[sys.argv[0], *rest])
