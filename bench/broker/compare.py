#!/usr/bin/env python3
"""Our broker and Apache Kafka under the same load in turns, on this machine, in one run.

    bench/broker/compare.py build/release [--scale 0.2] [--only millrace] [--log-bytes 10e9]
                            [--write docs/benchmarks.md]

Each figure is by second of CPU time of the broker's process, all its threads, so that other work on
the machine disturbs it little; latencies and times to start are of the clock, and do suffer from it.
Both brokers serve a fresh folder of the same disk with their defaults: neither syncs before it
answers. A second pair does: ours with its default policy (acks=all is on disk), Kafka with
flush.messages=1. Kafka comes from Maven into .deps/kafka (bench/broker/kafka_pom.xml).
"""

import argparse
import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BEGIN, END = "<!-- bench/broker/compare.py: begin -->", "<!-- bench/broker/compare.py: end -->"
ONE = "produce 100 B, one a request"
LIBRARIES = ROOT / ".deps" / "kafka"
SERVER = """process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
controller.listener.names=CONTROLLER
log.dirs={data}
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
{more}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port):
    """Does a broker say which APIs it has?"""
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as peer:
            request = struct.pack(">hhih", 18, 0, 1, 5) + b"probe"
            peer.sendall(struct.pack(">i", len(request)) + request)
            return len(peer.recv(4, socket.MSG_WAITALL)) == 4
    except OSError:
        return False


class Subject:
    """A broker's process. `command(folder)` starts it; it listens on self.port."""

    def __init__(self, name, folder):
        self.name, self.folder, self.port = name, Path(folder), free_port()

    def start(self):
        began = time.monotonic()
        self.process = subprocess.Popen(self.command(), stdout=subprocess.DEVNULL,
                                        stderr=open(self.folder / "log", "ab"))
        while not answers(self.port):
            if self.process.poll() is not None or time.monotonic() - began > 120:
                sys.exit(f"{self.name} did not start, see {self.folder}/log")
            time.sleep(0.001)
        self.ready_ms = (time.monotonic() - began) * 1000

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)

    def cpu_seconds(self):
        """Of the threads that there are, to the nanosecond: clock ticks are too coarse for this."""
        times = Path(f"/proc/{self.process.pid}/task").glob("*/schedstat")
        return sum(int(time.read_text().split()[0]) for time in times) / 1e9

    def peak_mb(self):
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024


class Millrace(Subject):
    def __init__(self, name, folder, binary, *policy):
        super().__init__(name, folder)
        self.binary, self.policy = binary, policy

    def command(self):
        return [self.binary, str(self.folder / "data"), str(self.port), *self.policy]


class Kafka(Subject):
    def __init__(self, name, folder, more=""):
        super().__init__(name, folder)
        data = self.folder / "data"
        (self.folder / "server.properties").write_text(
            SERVER.format(port=self.port, controller=free_port(), data=data, more=more))
        subprocess.run(self.java("-Xmx256m", "kafka.tools.StorageTool", "format", "-t",
                                 "MkU3OEVBNTcwNTJENDM2Qk", "-c",
                                 str(self.folder / "server.properties")),
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def java(self, *words):
        return ["java", "-cp", f"{LIBRARIES}/*", *words]

    def command(self):
        return self.java("-server", "-Xms1g", "-Xmx1g", "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20",
                         "kafka.Kafka", str(self.folder / "server.properties"))


def make_topic(subject, name, partitions):
    """CreateTopics version 2, by hand: no client library is needed."""
    def text(value):
        return struct.pack(">h", len(value)) + value.encode()
    body = (struct.pack(">i", 1) + text(name) + struct.pack(">ih", partitions, 1) +
            struct.pack(">iiib", 0, 0, 30_000, 0))
    request = struct.pack(">hhi", 19, 2, 1) + text("bench") + body
    with socket.create_connection(("127.0.0.1", subject.port)) as peer:
        peer.sendall(struct.pack(">i", len(request)) + request)
        size = struct.unpack(">i", peer.recv(4, socket.MSG_WAITALL))[0]
        answer = peer.recv(size, socket.MSG_WAITALL)
        if struct.unpack(">h", answer[14 + len(name):16 + len(name)])[0] != 0:
            sys.exit(f"{subject.name} does not make topic {name}: {answer}")


class Load:
    def __init__(self, binary, subject):
        self.binary, self.subject = binary, subject

    def run(self, *words):
        before = self.subject.cpu_seconds()
        mode, *rest = [str(word) for word in words]
        output = subprocess.run([self.binary, mode, f"127.0.0.1:{self.subject.port}", *rest],
                                check=True, stdout=subprocess.PIPE, text=True, timeout=600).stdout
        result = json.loads(output)
        result["cpu"] = self.subject.cpu_seconds() - before
        return result


def work(scale):
    """Name, kind, topic, partitions, messages, bytes, settings: what both go through."""
    def count(n):
        return max(1000, int(n * scale))
    fast = ["linger.ms=5", "batch.size=1000000"]
    yield "produce 100 B, acks=1", "produce", "a", 1, count(5e6), 100, ["acks=1", *fast]
    yield "produce 100 B, acks=all", "produce", "b", 1, count(5e6), 100, ["acks=all", *fast]
    yield ("produce 100 B, idempotent", "produce", "c", 1, count(5e6), 100,
           ["enable.idempotence=true", *fast])
    yield "produce 100 B, 6 partitions", "produce", "d", 6, count(5e6), 100, ["acks=all", *fast]
    yield ("produce 100 B, lz4", "produce", "e", 1, count(5e6), 100,
           ["acks=all", "compression.type=lz4", *fast])
    yield "produce 1 KB, acks=1", "produce", "f", 1, count(1e6), 1000, ["acks=1", *fast]
    yield "produce 1 KB, acks=all", "produce", "g", 1, count(1e6), 1000, ["acks=all", *fast]
    yield "produce 1 KB, 6 partitions", "produce", "k", 6, count(1e6), 1000, ["acks=all", *fast]
    for acks in ("1", "all"):
        yield (f"{ONE}, acks={acks}", "produce", f"h{acks}", 1, count(1e5), 100,
               [f"acks={acks}", "linger.ms=0", "batch.num.messages=1"])
    yield "consume 100 B", "consume", "a", 1, count(5e6), 100, []
    yield "consume 1 KB", "consume", "f", 1, count(1e6), 1000, []
    for rate in (10_000, 50_000, 100_000):
        yield (f"latency at {rate:,}/s", "latency", f"l{rate}", 1, int(rate * max(3, 10 * scale)),
               100, [rate, "acks=all", "linger.ms=0"])


def report(subject, name, result, size):
    line = {"broker": subject.name, "work": name, **result}
    if "seconds" in result:
        line["per_cpu_second"] = round(result["messages"] / result["cpu"])
        line["mb_per_cpu_second"] = round(line["per_cpu_second"] * size / 1e6, 1)
        line["per_second"] = round(result["messages"] / result["seconds"])
    print(json.dumps(line), flush=True)
    return line


def measure(subject, load_binary, scale, only_synced):
    subject.start()
    lines = [report(subject, "start, empty", {"ready_ms": round(subject.ready_ms)}, 0)]
    load, made = Load(load_binary, subject), set()
    for name, kind, topic, partitions, messages, size, settings in work(scale):
        if only_synced and not {"acks=all", "enable.idempotence=true"} & set(settings):
            continue  # it does not wait for the disk
        if topic not in made:
            make_topic(subject, topic, partitions)
            made.add(topic)
        words = [messages, partitions] if kind == "consume" else [messages, size, *settings]
        lines.append(report(subject, name, load.run(kind, topic, *words), size))
    lines.append(report(subject, "memory", {"peak_mb": round(subject.peak_mb())}, 0))
    subject.stop()
    return lines


def measure_start(subject, load_binary, log_bytes):
    """A clean stop with this much log in 40 partitions, and the start after it; then after a kill."""
    subject.start()
    make_topic(subject, "large", 40)
    Load(load_binary, subject).run("produce", "large", int(log_bytes / 10_000), 10_000, "acks=1",
                                   "linger.ms=5")
    lines = []
    for name, how in (("a clean stop", signal.SIGTERM), ("a kill", signal.SIGKILL)):
        subject.process.send_signal(how)
        subject.process.wait(120)
        subject.start()
        lines.append(report(subject, f"start with {log_bytes / 1e9:g} GB after {name}",
                            {"ready_ms": round(subject.ready_ms)}, 0))
    subject.stop()
    return lines


def cell(line):
    if "per_cpu_second" in line:
        by_clock = f" ({line['per_second']:,})" if line["work"].startswith(ONE) else ""
        return f"{line['per_cpu_second']:,}{by_clock}"
    if "p50_ms" in line:
        return f"{line['p50_ms']:.2f} / {line['p99_ms']:.2f} / {line['p999_ms']:.2f} ms"
    if "ready_ms" in line:
        return f"{line['ready_ms']} ms"
    return f"{line['peak_mb']} MB" if "peak_mb" in line else ""


def table(lines, loads):
    """For docs/benchmarks.md."""
    brokers = list(dict.fromkeys(line["broker"] for line in lines))
    rows = [f"Load average {loads[0]:.1f} before and {loads[1]:.1f} after, on {os.cpu_count()} cores.\n",
            "| work | " + " | ".join(brokers) + " |", "|---" * (1 + len(brokers)) + "|"]
    for name in dict.fromkeys(line["work"] for line in lines):
        found = {line["broker"]: line for line in lines if line["work"] == name}
        rows.append(f"| {name} | " + " | ".join(cell(found.get(b, {})) for b in brokers) + " |")
    return "\n".join(rows)


def write_into(page, rows):
    text = Path(page).read_text()
    between = f"{BEGIN}\n{rows}\n{END}"
    Path(page).write_text(re.sub(f"{BEGIN}.*{END}", lambda _: between, text, flags=re.DOTALL))


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build")
    parser.add_argument("--scale", type=float, default=1.0, help="of the numbers of messages")
    parser.add_argument("--only", help="millrace or kafka")
    parser.add_argument("--log-bytes", type=float, default=0, help="measures starts with so much")
    parser.add_argument("--write", help="the page that gets the table")
    options = parser.parse_args()
    before = os.getloadavg()[0]
    broker, load = f"{options.build}/broker_only", f"{options.build}/broker_load"
    if options.only != "millrace" and not any(LIBRARIES.glob("kafka_*.jar")):
        subprocess.run(["mvn", "-q", "-B", "-f", str(ROOT / "bench/broker/kafka_pom.xml"),
                        "dependency:copy-dependencies", f"-DoutputDirectory={LIBRARIES}"],
                       check=True)
    subjects = [
        ("millrace", lambda name, folder: Millrace(name, folder, broker, "os"), False),
        ("kafka", lambda name, folder: Kafka(name, folder), False),
        ("millrace, synced", lambda name, folder: Millrace(name, folder, broker), True),
        ("kafka, synced",
         lambda name, folder: Kafka(name, folder, "log.flush.interval.messages=1"), True)]
    lines = []
    for name, make, only_synced in subjects:
        if options.only and not name.startswith(options.only):
            continue
        with tempfile.TemporaryDirectory(prefix="broker-bench-") as folder:
            lines += measure(make(name, folder), load, options.scale, only_synced)
        if options.log_bytes and not only_synced:
            with tempfile.TemporaryDirectory(prefix="broker-bench-") as folder:
                lines += measure_start(make(name, folder), load, options.log_bytes)
    rows = table(lines, (before, os.getloadavg()[0]))
    print("\n" + rows)
    if options.write:
        write_into(options.write, rows)


if __name__ == "__main__":
    main()
