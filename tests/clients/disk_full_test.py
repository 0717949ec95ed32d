"""A disk that runs full under load: producers are told, the broker stays up, nothing that was
acknowledged is lost, and work goes on when space returns.

    disk_full_test.py MILLRACE_BINARY

Needs to mount a small tmpfs; says that it is skipped where it may not.
"""

import json
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaError

sys.path.insert(0, str(Path(__file__).resolve().parent))
from running_server import Server  # noqa: E402

TOPIC = "orders"


def new_producer(server):
    return KafkaProducer(bootstrap_servers=[server.kafka], acks="all", delivery_timeout_ms=2_500,
                         request_timeout_ms=1_000, retry_backoff_ms=100, linger_ms=5,
                         max_block_ms=10_000)


def send(server, numbers):
    """The numbers that were acknowledged, and the kinds of error the others met."""
    producer = new_producer(server)
    acknowledged, errors = [], set()
    futures = [(n, producer.send(TOPIC, value=json.dumps({"n": n, "pad": "x" * 2000}).encode()))
               for n in numbers]
    for number, future in futures:
        try:
            future.get(timeout=20)
            acknowledged.append(number)
        except KafkaError as error:
            errors.add(type(error).__name__)
    producer.close()
    return acknowledged, errors


def read_all(server):
    consumer = KafkaConsumer(bootstrap_servers=[server.kafka], enable_auto_commit=False,
                             auto_offset_reset="earliest")
    partition = TopicPartition(TOPIC, 0)
    consumer.assign([partition])
    end = consumer.end_offsets([partition])[partition]
    consumer.seek_to_beginning(partition)
    numbers = []
    while consumer.position(partition) < end:
        for records in consumer.poll(timeout_ms=1000).values():
            numbers += [json.loads(record.value)["n"] for record in records]
    consumer.close()
    return numbers


def scenario(binary, disk):
    problems = []
    with Server(binary, disk / "data") as server:
        acknowledged, errors = send(server, range(0, 200))
        if errors:
            problems.append(f"errors on a disk with room: {errors}")
        filler = disk / "filler"
        with open(filler, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"\0" * 65536)
            except OSError:
                pass  # full: what was wanted
        refused, errors = send(server, range(200, 400))
        acknowledged += refused
        if not errors:
            problems.append("a full disk refused nothing")
        with urllib.request.urlopen(server.http + "/healthz", timeout=5) as answer:
            if answer.status != 200:
                problems.append("the server is not healthy on a full disk")
        filler.unlink()
        after, errors = send(server, range(400, 600))
        acknowledged += after
        if errors or len(after) != 200:
            problems.append(f"after space returned: {len(after)} of 200, {errors}")
        server.kill()
        server.start()
        found = read_all(server)
        lost = set(acknowledged) - set(found)
        doubled = len(found) - len(set(found))
        if lost or doubled:
            problems.append(f"{len(lost)} acknowledged records lost, {doubled} doubled")
        if "no space left" not in server.tail(100_000).lower():
            problems.append("the log does not say that the disk was full")
        if problems:
            problems.append("server log:\n" + server.tail())
        print(f"  {len(acknowledged)} acknowledged, {len(found)} found")
    return problems


def main():
    with tempfile.TemporaryDirectory(prefix="millrace-disk-full-") as folder:
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", folder],
                                 capture_output=True, text=True)
        if mounted.returncode != 0:
            print(f"skipped: cannot mount a small disk here ({mounted.stderr.strip()})")
            print("0 passed, 0 failed, 1 skipped")
            return 0
        try:
            problems = scenario(sys.argv[1], Path(folder))
        finally:
            subprocess.run(["umount", "-l", folder], check=True)
    for problem in problems:
        print("  " + problem)
    print("0 passed, 1 failed" if problems else "1 passed, 0 failed")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
