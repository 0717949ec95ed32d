"""Clients that mean harm, or are broken: garbage, cut and oversized frames, wrong versions, half-open
connections (before TLS, within its handshake, before and within a login), one that never reads, and very many of
them. Each is refused or bounded, and logged, nothing is left of it, and others are served meanwhile.

    abuse_test.py BROKER_ONLY_BINARY [--large]

--large: 5,000 connections of a kind instead of 500, and 10,000 topics instead of 1,000.
"""

import random
import resource
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from broker_alone import Broker  # noqa: E402

BINARY, LARGE = None, False
API_VERSIONS, METADATA, CREATE_TOPICS, SASL_HANDSHAKE = 18, 3, 19, 17
UNSUPPORTED_VERSION = 35


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


def make_certificate(folder):
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
         "/CN=localhost", "-days", "1", "-keyout", f"{folder}/key.pem", "-out", f"{folder}/certificate.pem"],
        check=True, capture_output=True)


class AbuseTest(unittest.TestCase):
    WORDS = ()  # of broker_only

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="millrace-abuse-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        make_certificate(self.folder)
        self.start(*self.WORDS)

    def start(self, *words):
        self.broker = Broker(BINARY, self.folder, *words)
        self.broker.start()
        self.addCleanup(self.broker.__exit__)

    def connect(self):
        peer = socket.create_connection(("127.0.0.1", self.broker.port), 20)
        self.addCleanup(peer.close)
        return peer

    def shake_hands(self, peer):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        secure = context.wrap_socket(peer)
        self.addCleanup(secure.close)
        return secure

    # Who is served meanwhile.
    def friend(self):
        return self.connect()

    def memory_mb(self):
        status = Path(f"/proc/{self.broker.process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024

    def descriptors(self):
        return len(list(Path(f"/proc/{self.broker.process.pid}/fd").iterdir()))

    # With one who stays and has been served: a broker that tells its port may not have opened yet what
    # it serves with.
    def descriptors_at_rest(self):
        peer = self.friend()
        peer.sendall(frame(API_VERSIONS, 0))
        receive(peer)
        return self.descriptors()

    def wait_for_descriptors(self, count):
        deadline = time.monotonic() + 20
        while self.descriptors() > count:
            self.assertLess(time.monotonic(), deadline, f"{self.descriptors()} descriptors, and {count} before")
            time.sleep(0.01)

    def assert_serves(self, seconds=5):
        began = time.monotonic()
        peer = self.friend()
        peer.sendall(frame(API_VERSIONS, 0))
        self.assertEqual(receive(peer)[:4], struct.pack(">i", 1))
        peer.close()
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
            except ConnectionResetError:
                return
        self.fail("a silent connection stays")


class Plain(AbuseTest):
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

    def test_wrong_versions_are_refused_and_the_question_for_versions_answered(self):
        peer = self.connect()
        peer.sendall(frame(API_VERSIONS, 0))
        answer = receive(peer)
        offered = struct.unpack_from(">i", answer, 6)[0]
        keys = [struct.unpack_from(">hhh", answer, 10 + 6 * index)[0] for index in range(offered)]
        self.assertGreater(len(keys), 40)
        for key in keys:
            for version in (-1, 99, 0x7FFF):
                peer = self.connect()
                peer.sendall(frame(key, version, b"\0\0\0" if version > 0 else b""))  # tagged fields, no names
                if key == API_VERSIONS:
                    self.assertEqual(struct.unpack_from(">ih", receive(peer)), (1, UNSUPPORTED_VERSION))
                else:
                    self.assertEqual(peer.recv(1), b"", (key, version))
        self.wait_for_log("has no version 99 here")
        peer = self.connect()
        peer.sendall(frame(999, 0))
        self.assert_closed(peer)
        self.wait_for_log("there is no API 999")
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
        self.start("impatient")
        silent, half, lively = self.connect(), self.connect(), self.connect()
        half.sendall(frame(API_VERSIONS, 0)[:7])
        self.assert_closed_while(silent, lively)
        self.assert_closed_while(half, lively)
        self.wait_for_log("silent connection closed")

    def send_until_nothing_is_taken(self, peer, request, seconds):
        peer.setblocking(False)
        sent, quiet_since = 0, time.monotonic()
        while time.monotonic() - quiet_since < seconds and sent < 1 << 30:
            try:
                sent += peer.send(request * 1000)
                quiet_since = time.monotonic()
            except BlockingIOError:
                time.sleep(0.01)
        return sent

    def test_a_client_that_never_reads_is_not_read_from(self):
        self.make_topics(50)
        large_answer, small_answer = struct.pack(">i", -1), struct.pack(">i", 0)  # all topics, none
        for topics in (large_answer, small_answer):
            before = self.memory_mb()
            sent = self.send_until_nothing_is_taken(self.connect(), frame(METADATA, 1, topics), 1)
            self.assertLess(sent, 1 << 30, "the broker takes requests without end")
            self.assertLess(self.memory_mb() - before, 20)
            self.assert_serves()

    def test_a_client_that_never_reads_is_let_go(self):
        self.make_topics(50)
        self.broker.kill()
        self.start("impatient")
        peer = self.connect()
        request = frame(METADATA, 1, struct.pack(">i", -1))
        deadline = time.monotonic() + 20
        with self.assertRaises((BrokenPipeError, ConnectionResetError)):
            while time.monotonic() < deadline:
                try:
                    peer.setblocking(False)
                    peer.send(request * 1000)
                except BlockingIOError:
                    time.sleep(0.01)
        self.wait_for_log("silent connection closed")

    def test_nothing_is_left_of_them(self):
        chance = random.Random(2)
        metadata = frame(METADATA, 1, struct.pack(">i", -1))
        self.make_topics(20)
        begun = self.descriptors_at_rest()
        memory = []
        for _ in range(100 if LARGE else 10):
            peers = []
            for number in range(200):
                peer = socket.create_connection(("127.0.0.1", self.broker.port), 20)
                peers.append(peer)
                if number % 2:  # goes without a goodbye
                    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                try:
                    peer.sendall((chance.randbytes(300),
                                  struct.pack(">i", 90 << 20) + b"x" * 5000,
                                  struct.pack(">i", 0x7FFFFFFF),
                                  frame(METADATA, 99),
                                  metadata * 100,
                                  frame(API_VERSIONS, 0)[:7])[number % 6])
                except (BrokenPipeError, ConnectionResetError):
                    pass
            for peer in peers:
                peer.close()
            self.assert_serves()
            self.wait_for_descriptors(begun)
            memory.append(self.memory_mb())
        print(f"{200 * len(memory)} connections: {begun} descriptors, {memory[0]:.0f} MB, then {memory[-1]:.0f}")
        self.assertLess(memory[-1] - memory[len(memory) // 2], 4, memory)

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
            names = [f"many.topic-{i:05}" for i in range(begin, min(begin + 50, count))]
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


class Secured(AbuseTest):
    """On a port for users, over TLS: most of what there is to do comes before anybody is known."""

    WORDS = ("tls", "sasl")

    def friend(self):
        return self.shake_hands(self.connect())

    def test_half_open_connections_are_let_go_wherever_they_stop(self):
        self.broker.kill()
        self.start("tls", "sasl", "impatient")
        lively = self.friend()
        no_word = self.connect()
        half_a_hello = self.connect()
        hello = ssl.MemoryBIO()
        context = ssl.create_default_context()
        try:
            context.wrap_bio(ssl.MemoryBIO(), hello, server_hostname="localhost").do_handshake()
        except ssl.SSLWantReadError:
            pass
        half_a_hello.sendall(hello.read()[:100])
        silent_user = self.friend()
        half_a_login = self.friend()
        half_a_login.sendall(frame(SASL_HANDSHAKE, 1, text("SCRAM-SHA-256")))
        self.assertEqual(receive(half_a_login)[4:6], b"\0\0")
        for peer in (no_word, half_a_hello, silent_user, half_a_login):
            self.assert_closed_while(peer, lively)
        self.wait_for_log("silent connection closed")

    def test_what_is_no_tls_is_refused(self):
        for words in (b"GET / HTTP/1.1\r\n\r\n", frame(API_VERSIONS, 0), random.Random(3).randbytes(2000)):
            peer = self.connect()
            peer.sendall(words)
            self.assert_closed(peer)
        self.wait_for_log("no TLS")
        self.assert_serves()

    def test_who_has_not_logged_in_sends_nothing_large_and_asks_for_nothing(self):
        peer = self.friend()
        peer.sendall(struct.pack(">i", (512 << 10) + 1))
        self.assertEqual(peer.recv(1), b"")
        self.wait_for_log("at most 524288")
        peer = self.friend()
        peer.sendall(frame(METADATA, 1, struct.pack(">i", -1)))
        self.assertEqual(peer.recv(1), b"")
        self.wait_for_log("is not for who has not logged in")
        self.assert_serves()

    def test_half_open_connections_are_cheap(self):
        count = 2_000 if LARGE else 200
        begun, before = self.descriptors_at_rest(), self.memory_mb()
        peers = [self.connect() for _ in range(count)]
        users = [self.friend() for _ in range(count)]
        self.assert_serves()
        each_kb = (self.memory_mb() - before) * 1024 / count
        print(f"{count} connections without and with TLS's handshake: {each_kb:.0f} KB for each pair")
        self.assertLess(each_kb, 250)
        for peer in (*peers, *users):
            peer.close()
        self.wait_for_descriptors(begun)
        self.assert_serves()


if __name__ == "__main__":
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    arguments = sys.argv[1:]
    LARGE = "--large" in arguments
    BINARY, *rest = [word for word in arguments if word != "--large"]
    unittest.main(argv=[sys.argv[0], *rest])
