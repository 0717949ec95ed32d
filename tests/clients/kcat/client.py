"""What kcat does with a broker; clients_test.py runs it.

    client.py HOST:PORT

Of administration it has metadata and the offsets of times, so where a topic must have several partitions
kafka-python makes it.
"""

import json
import subprocess
import sys
import threading
from pathlib import Path

from kafka import KafkaAdminClient
from kafka.admin import NewTopic

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from subjects import run_all  # noqa: E402

ADDRESS = sys.argv[1]
CODECS = ["none", "gzip", "snappy", "lz4", "zstd"]
PATIENCE_S = 30


def kcat(*words, text=None):
    """What it prints."""
    done = subprocess.run(["kcat", "-b", ADDRESS, *map(str, words)], input=text, text=True, capture_output=True,
                          timeout=PATIENCE_S)
    assert done.returncode == 0, done.stderr
    return done.stdout


def write(topic, lines, *words):
    kcat("-P", "-t", topic, *words, text="".join(line + "\n" for line in lines))


def read(topic, *words):
    return kcat("-C", "-t", topic, "-e", "-q", "-o", "beginning", *words).splitlines()


def create(topic, partitions):
    client = KafkaAdminClient(bootstrap_servers=ADDRESS)
    client.create_topics([NewTopic(topic, partitions, 1)])
    client.close()


def lines(prefix, count):
    return [f"{prefix}{number:04}" for number in range(count)]


def test_codecs():
    for codec in CODECS:
        topic = f"kcat-codec-{codec}"
        write(topic, lines("v", 300), "-z", codec)
        assert read(topic) == lines("v", 300), codec


def test_group():
    topic = "kcat-group"
    for prefix, count in (("a", 60), ("b", 30)):
        write(topic, lines(prefix, count))
        got = kcat("-G", "kcat", "-q", "-e", "-X", "auto.offset.reset=earliest", topic).splitlines()
        assert got == lines(prefix, count), got  # the second time what came after the commit


class Member:
    """A kcat in a group; it says on its standard error what is assigned to it."""

    def __init__(self, topic):
        self.process = subprocess.Popen(["kcat", "-b", ADDRESS, "-G", topic, "-X", "heartbeat.interval.ms=200", topic],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.changed = threading.Condition()
        self.share = ""
        self.said = []
        self.thread = threading.Thread(target=self.listen)
        self.thread.start()

    def listen(self):
        for line in self.process.stderr:
            with self.changed:
                self.said.append(line)
                if "assigned:" in line:
                    self.share = line.split("assigned:")[1]
                elif "revoked:" in line:
                    self.share = ""
                self.changed.notify_all()

    def becomes(self, count):
        with self.changed:
            assert self.changed.wait_for(lambda: self.share.count("[") == count, PATIENCE_S), self.said

    def leave(self):
        self.process.terminate()
        self.process.wait(PATIENCE_S)
        self.thread.join()
        self.process.stderr.close()


def test_rebalance():
    topic = "kcat-rebalance"
    create(topic, 4)
    members = [Member(topic)]
    try:
        members[0].becomes(4)
        members.append(Member(topic))
        for member in members:
            member.becomes(2)
        members.pop().leave()
        members[0].becomes(4)
    finally:
        for member in members:
            member.leave()


def test_transactions():
    topic = "kcat-transactions"
    write(topic, ["kept"], "-X", "transactional.id=kcat")
    # Killed before its input ends: the next one of its name aborts what it left.
    dying = subprocess.Popen(["kcat", "-b", ADDRESS, "-P", "-T", "-t", topic, "-X", "transactional.id=kcat",
                              "-X", "linger.ms=0"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL, text=True)
    dying.stdin.write("dropped\n" * 50_000)  # it sends what fills its buffers
    dying.stdin.flush()
    reader = subprocess.Popen(["kcat", "-b", ADDRESS, "-C", "-t", topic, "-o", "beginning", "-c", "2", "-q", "-u",
                               "-X", "isolation.level=read_uncommitted"], stdout=subprocess.PIPE, text=True)
    seen, _ = reader.communicate(timeout=PATIENCE_S)
    dying.kill()
    dying.wait()
    dying.stdin.close()
    assert seen.splitlines() == ["kept", "dropped"], seen
    write(topic, ["last"], "-X", "transactional.id=kcat")
    assert read(topic, "-X", "isolation.level=read_committed") == ["kept", "last"]


def test_metadata():
    topic = "kcat-metadata"
    create(topic, 4)
    write(topic, ["one", "two"])
    described = json.loads(kcat("-L", "-J", "-t", topic))
    assert [len(each["partitions"]) for each in described["topics"]] == [4], described
    assert [broker["name"] for broker in described["brokers"]] == [ADDRESS], described
    first = kcat("-Q", "-t", f"{topic}:0:0")
    assert "offset" in first, first


run_all(test_codecs, test_group, test_rebalance, test_transactions, test_metadata)
