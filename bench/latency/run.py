#!/usr/bin/env python3
"""How long a row takes: from `millrace run` to the first one, and from producing to consuming.

  bench/latency/run.py [--build build/release] [--seconds 20] [--load 100000] [--flink no] [--first]

Run it with the Python of .deps/venv, which has a Kafka client; kcat makes the load. Where a Flink
runs (scripts/flink/cluster start), the same statements run there as well, on an Apache Kafka that
this starts (`scripts/bootstrap bench`), one engine after the other. --first puts all processes that
take part before the others of the machine (SCHED_RR, for root), where others would be measured too.

- start: from starting the process to the first row of a query over a file, ten times.
- latency: through bench/latency/pipelines.sql, of 100 probes a second, from the call that produces
  one to the call that hands out what came of it, with nothing else going on and with so many other
  records a second in the same topic. The clock's time: other work on the machine is in it.
- fsync: of 4 KB appended to a file of the same disk, which is what an epoch waits for.
"""

import argparse
import contextlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
for folder in ("tests/clients", "bench/broker", "scripts/flink"):
    sys.path.insert(0, str(ROOT / folder))

import gateway
from compare import LIBRARIES, Kafka, make_topic
from confluent_kafka import OFFSET_BEGINNING, Consumer, Producer, TopicPartition
from running_server import Server

HERE = pathlib.Path(__file__).resolve().parent
TOPICS = ["filtered_now", "frauds_now", "filtered_once", "frauds_once"]
PROBES_A_SECOND = 100
WARMING = 300  # probes that are not counted
STARTS = 10
SYNCS = 200
FIRST = 5  # the real-time priority of --first


def quantile(values, share):
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def shown(values):
    return f"{quantile(values, 0.5):.1f} | {quantile(values, 0.99):.1f} | {max(values):.1f}"


def measure_start(program, folder):
    (folder / "rows").mkdir()
    (folder / "rows" / "a.ndjson").write_text("".join('{"a": %d}\n' % n for n in range(100_000)))
    query = folder / "query.sql"
    query.write_text(
        "CREATE TABLE t (a INT) WITH ('connector' = 'filesystem', "
        f"'path' = '{folder}/rows', 'format' = 'json');\nSELECT a FROM t WHERE a >= 1000;\n"
    )
    times = []
    for _ in range(STARTS):
        began = time.monotonic()
        process = subprocess.Popen([program, "run", query], stdout=subprocess.PIPE)
        while b"1000" not in process.stdout.readline():
            pass
        times.append((time.monotonic() - began) * 1000)
        process.stdout.read()
        process.wait()
    return times


def measure_syncs(folder):
    times = []
    with open(folder / "synced", "ab", buffering=0) as file:
        for _ in range(SYNCS):
            file.write(b"x" * 4096)
            began = time.monotonic()
            os.fsync(file.fileno())
            times.append((time.monotonic() - began) * 1000)
    return times


class Load(threading.Thread):
    """So many records a second, which no rule lets through; a hundredth of them at a time."""

    def __init__(self, address, rate, stopping):
        super().__init__()
        self.rate, self.stopping = rate, stopping
        command = ["kcat", "-P", "-b", address, "-t", "calls", "-X", "acks=1"]
        self.kcat = subprocess.Popen(command, stdin=subprocess.PIPE)
        self.sent = 0

    def run(self):
        lines = ['{"id": -1, "caller": %d, "amount": 1, "sent": 0}\n' % (n % 10_000 + 1000)
                 for n in range(max(1, self.rate // 100))]
        chunk = "".join(lines).encode()
        due = time.monotonic()
        while not self.stopping.is_set():
            self.kcat.stdin.write(chunk)
            self.sent += len(lines)
            due += 0.01
            time.sleep(max(0, due - time.monotonic()))
        self.kcat.stdin.close()
        self.kcat.wait()


def produce(address, first, seconds):
    producer = Producer({"bootstrap.servers": address, "linger.ms": 0, "acks": 1})
    due = time.monotonic()
    for n in range(first, first + int(seconds * PROBES_A_SECOND)):
        probe = {"id": n, "caller": n % 10, "amount": 500, "sent": time.monotonic_ns()}
        producer.produce("calls", json.dumps(probe))
        producer.poll(0)
        due += 1 / PROBES_A_SECOND
        time.sleep(max(0, due - time.monotonic()))
    producer.flush()


def consume(address, first, stopping, waited):
    """Milliseconds by topic, of probes from `first` on."""
    consumer = Consumer({"bootstrap.servers": address, "group.id": f"latency-{first}",
                         "auto.offset.reset": "earliest", "isolation.level": "read_committed"})
    partitions = consumer.list_topics(timeout=10).topics
    consumer.assign([TopicPartition(topic, partition, OFFSET_BEGINNING)
                     for topic in TOPICS for partition in partitions[topic].partitions])
    while not stopping.is_set():
        message = consumer.poll(0.1)
        if message is None or message.error():
            continue
        row = json.loads(message.value())
        if row["id"] >= first:
            waited[message.topic()].append((time.monotonic_ns() - row["sent"]) / 1e6)
    consumer.close()


def measure_latency(address, load, seconds, first):
    expected = int(seconds * PROBES_A_SECOND)
    stopping, waited = threading.Event(), {topic: [] for topic in TOPICS}
    reader = threading.Thread(target=consume, args=(address, first, stopping, waited))
    reader.start()
    others = Load(address, load, stopping) if load else None
    began = time.monotonic()
    if others:
        others.start()
    produce(address, first - WARMING, WARMING / PROBES_A_SECOND)
    produce(address, first, seconds)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and any(len(v) < expected for v in waited.values()):
        time.sleep(0.1)
    took = time.monotonic() - began
    stopping.set()
    reader.join()
    if others:
        others.join()
    return waited, others.sent / took if others else 0


class FlinkOnKafka:
    """A Kafka of its own, and the pipelines as jobs of the Flink that runs."""

    def __init__(self, folder, pipelines):
        (folder / "kafka").mkdir()
        self.broker, self.pipelines, self.jobs = Kafka("kafka", folder / "kafka"), pipelines, []

    @staticmethod
    def is_there():
        try:
            gateway.request("GET", f"{gateway.GATEWAY}/v1/info")
        except OSError:
            return False
        return LIBRARIES.exists()

    def __enter__(self):
        self.broker.start()
        self.kafka = f"127.0.0.1:{self.broker.port}"
        for topic in ["calls", *TOPICS]:
            make_topic(self.broker, topic, 1)
        settings = {"parallelism.default": "1", "table.local-time-zone": "UTC"}
        with gateway.Session(settings) as session:
            for statement in self._statements():
                answer = session.execute(statement)
                if statement.startswith("EXECUTE"):
                    self.jobs.append(answer.rows[0][1][0])
        return self

    def _statements(self):
        """With what Flink wants to be told: where Kafka is, and how transactions are named."""
        text = re.sub(r"^--.*\n", "", self.pipelines.read_text(), flags=re.MULTILINE)
        servers = f"'connector' = 'kafka', 'properties.bootstrap.servers' = '{self.kafka}'"
        text = text.replace("'connector' = 'kafka'", servers)
        text = text.replace("'visibility' = 'immediate'", "'sink.delivery-guarantee' = 'at-least-once'")
        text = re.sub(r"('topic' = '(\w+)'.*'exactly-once')",
                      r"\1, 'sink.transactional-id-prefix' = '\2', "
                      r"'properties.transaction.timeout.ms' = '600000'", text)
        text = re.sub(r"BEGIN STATEMENT SET;(.*?)END;", lambda set_: "EXECUTE STATEMENT SET BEGIN" +
                      set_.group(1).replace(";", "\0") + "END;", text, flags=re.DOTALL)
        parts = (part.strip() for part in text.split(";"))
        return [part.replace("\0", ";") for part in parts if part]

    def __exit__(self, *_):
        for job in self.jobs:
            gateway.request("PATCH", f"{gateway.JOB_MANAGER}/jobs/{job}?mode=cancel")
            gateway.wait_for_job(job, 60)
        self.broker.stop()


class FlinkFirst:
    """While this is entered, Flink's processes go before the others of the machine."""

    def __enter__(self):
        self._schedule(os.SCHED_RR, FIRST)

    def __exit__(self, *_):
        self._schedule(os.SCHED_OTHER, 0)

    @staticmethod
    def _schedule(policy, priority):
        for name in ("jobmanager", "taskmanager"):
            process = (ROOT / ".deps/flink/run" / f"{name}.pid").read_text().strip()
            for task in pathlib.Path(f"/proc/{process}/task").iterdir():
                try:
                    os.sched_setscheduler(int(task.name), policy, os.sched_param(priority))
                except ProcessLookupError:
                    pass  # the thread has ended


def report(engine, address, given):
    measure_latency(address, 0, 3, 100_000)  # until rows come out, and everything is warm
    for load, first in ((0, 1_000_000), (given.load, 2_000_000)):
        waited, others = measure_latency(address, load, given.seconds, first)
        for topic, values in waited.items():
            what = f"{engine}: {topic}, {others:,.0f} others a second"
            lost = int(given.seconds * PROBES_A_SECOND) - len(values)
            what += f" ({lost} not within 30 s)" if lost else ""
            print(f"| {what} | {shown(values) if values else 'nothing came'} |", flush=True)


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release")
    arguments.add_argument("--seconds", type=float, default=20)
    arguments.add_argument("--load", type=int, default=100_000)
    arguments.add_argument("--flink", choices=["yes", "no"], default="yes")
    arguments.add_argument("--first", action="store_true")
    given = arguments.parse_args()
    program = given.build / "millrace"
    if given.first:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(FIRST))  # and all that this starts
    print(f"load average {os.getloadavg()[0]:.1f}\n")
    print("| ms | median | p99 | most |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="latency-") as directory:
        folder = pathlib.Path(directory)
        print(f"| `millrace run` to the first row | {shown(measure_start(program, folder))} |")
        print(f"| fsync of 4 KB | {shown(measure_syncs(folder))} |")
        with Server(program, folder / "data", HERE / "pipelines.sql") as server:
            report("Millrace", server.kafka, given)
            server.stop()
        if given.flink == "yes" and FlinkOnKafka.is_there():
            with FlinkFirst() if given.first else contextlib.nullcontext():
                with FlinkOnKafka(folder, HERE / "pipelines.sql") as flink:
                    report("Flink", flink.kafka, given)


if __name__ == "__main__":
    main()
