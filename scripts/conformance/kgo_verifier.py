#!/usr/bin/env python3
"""kgo-verifier, with which Redpanda looks for records that it lost, against Millrace. It notes which of its records
were taken and where they lie; its readers, in order, at random and in a group, hold the log against that.

    git clone https://github.com/redpanda-data/kgo-verifier /tmp/kgo-verifier
    (cd /tmp/kgo-verifier && git checkout 6567f2f && go build -o . ./cmd/...)
    scripts/conformance/kgo_verifier.py [--kafka] /tmp/kgo-verifier

With --kafka Apache Kafka stands in Millrace's place. Its transactions are left out: where their records should lie it
reckons by marks that Redpanda has and Kafka has not.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import apache_tools
import subject

SETTINGS = """
[kafka]
port = 0
auto_create_topics = "no"
"""
PARTITIONS = 8
WRITTEN = {
    "plain": ["-produce_msgs", "100000", "-msg_size", "1024"],
    "codecs": ["-produce_msgs", "100000", "-msg_size", "512", "-compression-type", "mixed", "-compressible-payload"],
    "producers": ["-produce_msgs", "20000", "-msg_size", "256", "-msgs-per-producer-id", "500"],
    "tombstones": ["-produce_msgs", "50000", "-msg_size", "256", "-key-set-cardinality", "500",
                   "-tombstone-probability", "0.2"],
}
READ = {
    "in order": ["-seq_read"],
    "at random": ["-rand_read_msgs", "1000", "-parallel", "2"],
    "in a group": ["-consumer_group_readers", "3"],
}
LONGEST_S = 300


def has_passed(name, words, folder):
    try:
        done = subprocess.run(words, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=LONGEST_S)
        passed, said = done.returncode == 0, done.stdout
    except subprocess.TimeoutExpired as late:
        passed, said = False, (late.stdout or b"").decode(errors="replace")
    print(f"{name}: {'passed' if passed else 'failed'}", flush=True)
    if not passed:
        print(said[-4000:])
    return passed


def verify(verifier, address, case, folder):
    topic = f"verified-{case}"
    subprocess.run(apache_tools.command("kafka-topics", "--bootstrap-server", address, "--create", "--topic", topic,
                                        "--partitions", PARTITIONS), check=True, stdout=subprocess.DEVNULL)
    words = [verifier, "-brokers", address, "-topic", topic]
    passed = has_passed(f"{case}, written", [*words, *WRITTEN[case]], folder)
    return all([passed] + [has_passed(f"{case}, read {how}", [*words, *READ[how]], folder) for how in READ])


def main():
    broker, (checkout,) = subject.chosen(SETTINGS, apache="auto.create.topics.enable=false\n")
    apache_tools.install()
    with broker as server, tempfile.TemporaryDirectory() as folder:
        verifier = Path(checkout).resolve() / "kgo-verifier"
        sys.exit(0 if all([verify(verifier, f"127.0.0.1:{server.port}", case, folder) for case in WRITTEN]) else 1)


if __name__ == "__main__":
    main()
