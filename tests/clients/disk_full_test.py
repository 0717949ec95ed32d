"""A disk that runs full under load: producers are told, the broker stays up, nothing that was
acknowledged is lost, and work goes on when space returns.

    disk_full_test.py MILLRACE_BINARY

Needs to mount a small tmpfs; says that it is skipped where it may not.
"""

import json
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import confluent_kafka

sys.path.insert(0, str(Path(__file__).resolve().parent))
from running_server import Server  # noqa: E402

TOPIC = "orders"


class Producer:
    """Sends numbers in records of their own size, and remembers what became of each."""

    def __init__(self, server, idempotent=False, patience_ms=2_000):
        self.acknowledged, self.errors = [], set()
        self.client = confluent_kafka.Producer({
            "bootstrap.servers": server.kafka, "acks": "all", "enable.idempotence": idempotent,
            "delivery.timeout.ms": patience_ms, "request.timeout.ms": 1_000, "linger.ms": 5,
            "batch.num.messages": 4, "retry.backoff.ms": 50, "retry.backoff.max.ms": 200,
            "log_level": 0})

    def send(self, numbers):
        for number in numbers:
            self.client.produce(TOPIC, json.dumps({"n": number, "pad": "x" * 2000}).encode(),
                                on_delivery=lambda error, _, n=number: self.note(n, error))

    def note(self, number, error):
        if error is None:
            self.acknowledged.append(number)
        else:
            self.errors.add(error.name())

    def wait(self, seconds=10):
        """How many records are still without an outcome then."""
        return self.client.flush(seconds)


def fill(file):
    try:
        while True:
            file.write(b"\0" * 4096)
    except OSError:
        pass  # full: what was wanted


def read_all(server):
    consumer = confluent_kafka.Consumer({"bootstrap.servers": server.kafka, "group.id": "reader",
                                         "enable.auto.commit": False})
    partition = confluent_kafka.TopicPartition(TOPIC, 0, 0)
    _, end = consumer.get_watermark_offsets(partition, timeout=10)
    consumer.assign([partition])
    numbers, deadline = [], time.monotonic() + 10
    while len(numbers) < end and time.monotonic() < deadline:
        numbers += [json.loads(record.value())["n"] for record in consumer.consume(500, timeout=0.2)]
    consumer.close()
    return numbers


def reasons_not_ready(server):
    try:
        with urllib.request.urlopen(server.http + "/readyz", timeout=5) as answer:
            return json.load(answer)["reasons"]
    except urllib.error.HTTPError as error:
        return json.load(error)["reasons"]


def scenario(binary, folder, disk):
    problems = []

    def expect(holds, problem):
        if not holds:
            problems.append(problem)

    server = Server(binary, disk / "data")
    server.log = folder / "server.log"  # not on the disk that is full
    with server:
        plain, steady = Producer(server), Producer(server, idempotent=True, patience_ms=30_000)
        plain.send(range(0, 100))
        steady.send(range(100, 200))
        left = plain.wait() + steady.wait()
        expect(left == 0 and not plain.errors | steady.errors,
               f"on a disk with room: {left} left, {plain.errors | steady.errors}")

        filler = disk / "filler"
        with open(filler, "wb", buffering=0) as file:
            fill(file)
        # One producer gives up while the disk is full, one and a new one are still there after.
        impatient, late = Producer(server), Producer(server, idempotent=True, patience_ms=30_000)
        for producer, numbers in ((impatient, range(200, 220)), (steady, range(220, 240)),
                                  (late, range(240, 260))):
            producer.send(numbers)
        expect(impatient.wait() == 0 and impatient.errors, "a full disk refused nothing")
        expect(len(steady.acknowledged) < 120 and not late.acknowledged, "the disk was not full")
        metadata = impatient.client.list_topics(timeout=5)
        expect(TOPIC in metadata.topics, "a full disk hides topics")
        with urllib.request.urlopen(server.http + "/healthz", timeout=5) as answer:
            expect(answer.status == 200, "the server is not healthy on a full disk")
        expect("no space left" in str(reasons_not_ready(server)).lower(), "the server is ready on a full disk")

        filler.unlink()
        expect(not reasons_not_ready(server), "the server is not ready again on a disk with room")
        plain.send(range(400, 500))
        left = plain.wait() + steady.wait() + late.wait()
        producers = (plain, steady, impatient, late)
        expect(left == 0 and not plain.errors | steady.errors | late.errors,
               f"after space returned: {left} left, {plain.errors | steady.errors | late.errors}")

        server.kill()
        server.start()
        found = read_all(server)
        acknowledged = [number for producer in producers for number in producer.acknowledged]
        expect(len(acknowledged) >= 340, f"only {len(acknowledged)} records were acknowledged")
        # What a producer gave up on may be there, too; never twice, as the disk refused it.
        lost, doubled = set(acknowledged) - set(found), len(found) - len(set(found))
        expect(not lost and not doubled,
               f"{len(lost)} acknowledged records lost, {doubled} doubled")
        for producer in (steady, late):
            own = [number for number in found if number in set(producer.acknowledged)]
            expect(own == sorted(own), "an idempotent producer's records changed their order")
        expect("no space left" in server.tail(100_000).lower(),
               "the log does not say that the disk was full")
        if problems:
            problems.append("server log:\n" + server.tail())
        print(f"  {len(acknowledged)} acknowledged, {len(found)} found")
    return problems


def main():
    with tempfile.TemporaryDirectory(prefix="millrace-disk-full-") as name:
        folder, disk = Path(name), Path(name) / "disk"
        disk.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk],
                                 capture_output=True, text=True)
        if mounted.returncode != 0:
            print(f"skipped: cannot mount a small disk here ({mounted.stderr.strip()})")
            print("0 passed, 0 failed, 1 skipped")
            return 0
        try:
            problems = scenario(sys.argv[1], folder, disk)
        finally:
            subprocess.run(["umount", "-l", disk], check=True)
    for problem in problems:
        print("  " + problem)
    print("0 passed, 1 failed" if problems else "1 passed, 0 failed")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
