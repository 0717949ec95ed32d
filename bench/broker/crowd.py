#!/usr/bin/env python3
"""Ten thousand topics and five thousand idle connections: what they cost, and what others feel of them.

    bench/broker/crowd.py build/release [--topics 10000] [--connections 5000]

Run it with the Python of .deps/venv, which has a Kafka client; `make bench-crowd` does. Prints a
table for docs/benchmarks.md. Times are the clock's, with the load average beside them.
"""

import argparse
import os
import resource
import signal
import socket
import struct
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench/broker"))

from compare import Load, Millrace, make_topic  # noqa: E402
from confluent_kafka.admin import AdminClient, NewTopic  # noqa: E402

BATCH = 500  # topics in one request
IDLE_SECONDS = 20


def row(what, value):
    print(f"| {what} | {value} |", flush=True)


def state_of(subject):
    status = Path(f"/proc/{subject.process.pid}/status").read_text()
    resident = int(status.split("VmRSS:")[1].split()[0]) / 1024
    files = len(os.listdir(f"/proc/{subject.process.pid}/fd"))
    return f"{resident:.0f} MB, {files:,} descriptors"


def timed(work):
    began = time.monotonic()
    work()
    return time.monotonic() - began


def make_topics(subject, admin, count):
    for begin in range(0, count, BATCH):
        names = [f"topic-{i:05}" for i in range(begin, min(count, begin + BATCH))]
        made = admin.create_topics([NewTopic(name, 1) for name in names], request_timeout=60)
        for future in made.values():
            future.result(60)


def connect(port, count):
    """Connections that have said hello and say nothing more."""
    peers = [socket.create_connection(("127.0.0.1", port), 60) for _ in range(count)]
    hello = struct.pack(">hhih", 18, 0, 1, 4) + b"idle"
    for peer in peers:
        peer.sendall(struct.pack(">i", len(hello)) + hello)
    for peer in peers:
        size = struct.unpack(">i", peer.recv(4, socket.MSG_WAITALL))[0]
        peer.recv(size, socket.MSG_WAITALL)
    return peers


def latency(load, topic, scale):
    result = load.run("latency", topic, int(30_000 * scale), 100, 10_000, "acks=1", "linger.ms=0")
    return f"p50 {result['p50_ms']:.2f}, p99 {result['p99_ms']:.2f} ms"


def restart(subject, how):
    subject.process.send_signal(how)
    subject.process.wait(120)
    subject.start()
    return f"{subject.ready_ms / 1000:.2f} s"


def measure(subject, binary, topics, connections):
    subject.start()
    load = Load(binary, subject)
    admin = AdminClient({"bootstrap.servers": f"127.0.0.1:{subject.port}", "log_level": 0})
    make_topic(subject, "quiet", 1)
    row("a topic alone, 10,000 messages/s, produce to consume", latency(load, "quiet", 1))
    row("before", state_of(subject))
    seconds = timed(lambda: make_topics(subject, admin, topics))
    row(f"{topics:,} topics made, {BATCH} a request", f"{seconds:.1f} s")
    row("with them", state_of(subject))
    waits = sorted(timed(lambda: admin.list_topics(timeout=60)) for _ in range(10))
    row("metadata of all, in the client", f"{waits[5] * 1000:.0f} ms")
    waits = sorted(timed(lambda: admin.list_topics("topic-00000", timeout=60)) for _ in range(50))
    row("metadata of one, in the client", f"{waits[25] * 1000:.1f} ms")
    peers = connect(subject.port, connections)
    row(f"and {connections:,} idle connections", state_of(subject))
    before = subject.cpu_seconds()
    time.sleep(IDLE_SECONDS)
    share = (subject.cpu_seconds() - before) / IDLE_SECONDS
    row("a core's time, idle with all of them", f"{share * 100:.2f} %")
    row("one topic among all, 10,000 messages/s, produce to consume", latency(load, "topic-00001", 1))
    for peer in peers:
        peer.close()
    row("ready after a clean stop", restart(subject, signal.SIGTERM))
    row("ready after a kill", restart(subject, signal.SIGKILL))
    row("then", state_of(subject))
    subject.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build")
    parser.add_argument("--topics", type=int, default=10_000)
    parser.add_argument("--connections", type=int, default=5_000)
    options = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    print(f"Load average {os.getloadavg()[0]:.1f}.\n\n| what | |\n|---|---|")
    with tempfile.TemporaryDirectory(prefix="broker-crowd-") as folder:
        subject = Millrace("millrace", folder, f"{options.build}/broker_only")
        measure(subject, f"{options.build}/broker_load", options.topics, options.connections)


if __name__ == "__main__":
    main()
