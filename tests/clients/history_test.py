"""Real producers, transactional producers and a reader, while the broker is killed, stopped and left
without disk; then the history is held against what is in the log, as Jepsen's Kafka workloads do.

    history_test.py BROKER_ONLY_BINARY [--seconds 6] [--seed 1]

Nothing acknowledged may be lost, nothing may be there twice or out of order, no aborted record may be
read, no transaction may be there in part, and what was read once is there still, at its offset. The
disk runs full where a small one may be mounted. src/broker/history_test.cc does the same in a
simulation, with machines that die.
"""

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from pathlib import Path

import confluent_kafka
from confluent_kafka import KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

sys.path.insert(0, str(Path(__file__).resolve().parent))
from broker_alone import Broker  # noqa: E402

TOPIC, PARTITIONS = "orders", 3
QUICK = {"retry.backoff.ms": 20, "retry.backoff.max.ms": 200, "reconnect.backoff.ms": 20,
         "reconnect.backoff.max.ms": 200, "log_level": 0}


class Sender(threading.Thread):
    """Idempotent: "s0 17" is its eighteenth record, on partition 17 % 3."""

    def __init__(self, name, address, stopping):
        super().__init__(name=name, daemon=True)
        self.stopping, self.acknowledged = stopping, set()
        self.client = confluent_kafka.Producer({
            "bootstrap.servers": address, "enable.idempotence": True, "linger.ms": 2,
            "delivery.timeout.ms": 120_000, "socket.timeout.ms": 3_000, **QUICK})

    def run(self):
        number = 0
        while not self.stopping.is_set():
            value = f"{self.name} {number}"
            self.client.produce(TOPIC, value.encode() + b" " * 500, partition=number % PARTITIONS,
                                on_delivery=lambda error, _, v=value: self.note(error, v))
            number += 1
            self.client.poll(0.001)
        self.unanswered = self.client.flush(60)

    def note(self, error, value):
        if error is None:
            self.acknowledged.add(value)


class Transactor(threading.Thread):
    """Transactions of four records: "t0 5 2" is the third of the sixth."""

    def __init__(self, name, address, stopping, chance):
        super().__init__(name=name, daemon=True)
        self.address, self.stopping, self.chance = address, stopping, chance
        self.committed, self.unknown, self.begun = set(), set(), 0

    def run(self):
        while not self.stopping.is_set():
            client = confluent_kafka.Producer({
                "bootstrap.servers": self.address, "transactional.id": self.name,
                "transaction.timeout.ms": 20_000, "socket.timeout.ms": 3_000, **QUICK})
            try:
                client.init_transactions(20)
                while not self.stopping.is_set():
                    self.one(client)
            except (KafkaException, BufferError):
                pass  # its fate stands in committed and unknown; another client takes over

    def one(self, client):
        name, commits = f"{self.name} {self.begun}", self.chance.random() < 0.7
        self.begun += 1
        client.begin_transaction()
        for i in range(4):
            client.produce(TOPIC, f"{name} {i}".encode(),
                           partition=self.chance.randrange(PARTITIONS))
        if not commits:
            client.abort_transaction(20)
            return
        self.unknown.add(name)
        try:
            client.commit_transaction(20)
        except KafkaException as error:
            if error.args[0].txn_requires_abort():
                client.abort_transaction(20)
                self.unknown.discard(name)
                return
            raise
        self.unknown.discard(name)
        self.committed.add(name)


class Reader(threading.Thread):
    """Reads committed records as they come: (partition, offset) → value."""

    def __init__(self, address, stopping):
        super().__init__(daemon=True)
        self.address, self.stopping, self.seen = address, stopping, {}

    def run(self):
        client = consumer(self.address)
        while not self.stopping.is_set():
            message = client.poll(0.1)
            if message is not None and not message.error():
                self.seen[message.partition(), message.offset()] = value_of(message)
        client.close()


def value_of(message):
    return message.value().decode().rstrip()


def consumer(address):
    client = confluent_kafka.Consumer({
        "bootstrap.servers": address, "group.id": "readers", "isolation.level": "read_committed",
        "enable.auto.commit": False, "enable.partition.eof": True, "fetch.wait.max.ms": 100,
        **QUICK})
    client.assign([TopicPartition(TOPIC, i, 0) for i in range(PARTITIONS)])
    return client


def read_all(address):
    client, ended, values = consumer(address), set(), {}
    deadline = time.monotonic() + 60
    while len(ended) < PARTITIONS:
        if time.monotonic() > deadline:
            sys.exit(f"FAILED: readers of committed records do not come to the end: {ended}")
        message = client.poll(0.5)
        if message is None:
            continue
        if message.error():
            if message.error().code() == confluent_kafka.KafkaError._PARTITION_EOF:
                ended.add(message.partition())
        else:
            values[message.partition(), message.offset()] = value_of(message)
    client.close()
    return values


class Disk:
    """A small file system, where one may be mounted; it runs full on demand."""

    def __init__(self, folder):
        self.folder = folder
        self.is_small = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=512m", "none", folder],
                                       stderr=subprocess.DEVNULL).returncode == 0

    def fill(self):
        with open(f"{self.folder}/filling", "wb") as file:
            try:
                while True:
                    file.write(b"\0" * (1 << 20))
            except OSError:
                pass  # full: what was wanted

    def clear(self):
        Path(f"{self.folder}/filling").unlink(missing_ok=True)

    def unmount(self):
        if self.is_small:
            subprocess.run(["umount", "-l", self.folder], check=True)


def disturb(broker, disk, chance, seconds):
    """What was done how often: each at least once."""
    kinds = ["kill", "stop", "fill"] if disk.is_small else ["kill", "stop"]
    due = chance.sample(kinds, len(kinds))
    done, end = defaultdict(int), time.monotonic() + seconds
    while due or time.monotonic() < end:
        time.sleep(chance.uniform(0.1, 0.6))
        what = due.pop() if due else chance.choice(kinds)
        done[what] += 1
        if what == "kill":
            broker.restart()
        elif what == "stop":
            broker.process.send_signal(signal.SIGSTOP)
            time.sleep(chance.uniform(0.05, 1))
            broker.process.send_signal(signal.SIGCONT)
        else:
            disk.fill()
            time.sleep(chance.uniform(0.05, 0.5))
            disk.clear()
    return dict(done)


def faults_of(log, senders, transactors, reader):
    values, faults = list(log.values()), []
    there = set(values)
    if len(there) < len(values):
        faults.append(f"{len(values) - len(there)} values are there twice")
    for sender in senders:
        lost = sender.acknowledged - there
        faults += [f"lost: {value}" for value in sorted(lost)[:5]]
        faults += [f"{sender.name} has no answer for {sender.unanswered}"] * bool(sender.unanswered)
    last = {}
    for (partition, offset), value in sorted(log.items()):
        name, number = value.rsplit(" ", 1)
        if int(number) <= last.get((partition, name), -1):
            faults.append(f"out of order: {value} at {partition}/{offset}")
        last[partition, name] = int(number)
    parts = defaultdict(int)
    for value in there:
        parts[value.rsplit(" ", 1)[0]] += 1
    for transactor in transactors:
        for i in range(transactor.begun):
            name = f"{transactor.name} {i}"
            right = ({4} if name in transactor.committed else
                     {0, 4} if name in transactor.unknown else {0})
            if parts[name] not in right:
                faults.append(f"{name}: {parts[name]} of 4 records, expected {right}")
    for place, value in reader.seen.items():
        if log.get(place) != value:
            faults.append(f"read {value} at {place}, where now is {log.get(place)}")
    return faults


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary")
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    with tempfile.TemporaryDirectory(prefix="millrace-history-") as folder:
        disk = Disk(folder)
        broker = Broker(options.binary, f"{folder}/data")
        broker.start()
        try:
            admin = AdminClient({"bootstrap.servers": broker.address})
            admin.create_topics([NewTopic(TOPIC, PARTITIONS, config={
                "segment.bytes": "1048576"})])[TOPIC].result(20)
            stopping = threading.Event()
            senders = [Sender(f"s{i}", broker.address, stopping) for i in range(2)]
            transactors = [Transactor(f"t{i}", broker.address, stopping,
                                      random.Random(options.seed * 10 + i)) for i in range(2)]
            reader = Reader(broker.address, stopping)
            threads = [*senders, *transactors, reader]
            for thread in threads:
                thread.start()
            done = disturb(broker, disk, chance, options.seconds)
            stopping.set()
            for thread in threads:
                thread.join(90)
            broker.restart()
            # What is still open is its producer's until it comes again.
            for transactor in transactors:
                confluent_kafka.Producer({"bootstrap.servers": broker.address,
                                          "transactional.id": transactor.name,
                                          **QUICK}).init_transactions(20)
            log = read_all(broker.address)
        finally:
            broker.__exit__()
            disk.unmount()
    faults = faults_of(log, senders, transactors, reader)
    acknowledged = sum(len(sender.acknowledged) for sender in senders)
    committed = sum(len(transactor.committed) for transactor in transactors)
    print(f"seed {options.seed}, {done}: {acknowledged} acknowledged, {committed} transactions "
          f"committed of {sum(t.begun for t in transactors)}, {len(reader.seen)} read on the way, "
          f"{len(log)} at the end")
    if not (acknowledged and committed and reader.seen):
        faults.append("nothing was tried")
    for fault in faults[:20]:
        print(f"  {fault}")
    print("0 passed, 1 failed" if faults else "1 passed, 0 failed")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
