#!/usr/bin/env python3
"""Apache Kafka's own command-line tools against a broker: each does its work, and says what it should.

    scripts/conformance/kafka_tools.py              against Millrace, started for it
    scripts/conformance/kafka_tools.py --kafka      against Apache Kafka in its place
    scripts/conformance/kafka_tools.py HOST:PORT    against a broker that is there

A step is a tool, its words and a pattern that its output has.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import apache_tools
import subject

SETTINGS = """
[kafka]
port = 0
authorization = "acls"
unruled = "allowed"
"""
TIMEOUT_S = 120
TOPIC = "conformance-tools"
GROUP = "conformance-group"
RECORDS = 5000


def steps(folder):
    """(tool, words, what its output has)."""
    up_to = folder / "delete.json"
    up_to.write_text('{"partitions":[{"topic":"%s","partition":0,"offset":10}],"version":1}' % TOPIC)
    moves = folder / "moves.json"
    moves.write_text('{"version":1,"partitions":[{"topic":"%s","partition":0,"replicas":[1]}]}' % TOPIC)
    topic = ["--topic", TOPIC]
    group = ["--group", GROUP]
    of_topic = ["--entity-type", "topics", "--entity-name", TOPIC]
    of_brokers = ["--entity-type", "brokers", "--entity-default"]
    of_user = ["--entity-type", "users", "--entity-name", "conformance"]
    return [
        ("kafka-broker-api-versions", [], r"Fetch\(1\): 4 to "),
        ("kafka-cluster", ["cluster-id"], r"Cluster ID: \S+"),
        ("kafka-topics", ["--create", *topic, "--partitions", 2, "--config", "retention.ms=3600000"], "Created topic"),
        ("kafka-topics", ["--describe", *topic], r"PartitionCount: 2.*retention.ms=3600000"),
        ("kafka-topics", ["--alter", *topic, "--partitions", 3], ""),
        ("kafka-topics", ["--list"], TOPIC),
        ("kafka-configs", ["--alter", *of_topic, "--add-config", "max.message.bytes=2000000"], "Completed updating"),
        ("kafka-configs", ["--describe", *of_topic], "max.message.bytes=2000000"),
        ("kafka-configs", ["--alter", *of_topic, "--delete-config", "max.message.bytes"], "Completed updating"),
        ("kafka-configs", ["--alter", *of_topic, "--add-config", "no.such.config=1"], "Unknown topic config name"),
        ("kafka-configs", ["--alter", *of_user, "--add-config", "producer_byte_rate=1000000,request_percentage=50"], "Completed updating"),
        ("kafka-configs", ["--describe", *of_user], r"producer_byte_rate=1000000\.0"),
        ("kafka-configs", ["--alter", *of_user, "--add-config", "SCRAM-SHA-256=[password=secret]"], "Completed updating"),
        ("kafka-configs", ["--describe", *of_user], "SCRAM-SHA-256=iterations=4096"),
        ("kafka-configs", ["--alter", *of_brokers, "--add-config", "message.max.bytes=3000000"], "Completed updating"),
        ("kafka-configs", ["--describe", *of_brokers], "message.max.bytes=3000000"),
        ("kafka-configs", ["--describe", *of_topic, "--all"], "max.message.bytes=3000000"),
        ("kafka-configs", ["--alter", *of_brokers, "--delete-config", "message.max.bytes"], "Completed updating"),
        ("kafka-acls", ["--add", "--allow-principal", "User:conformance", "--operation", "Read", *topic], "ALLOW"),
        ("kafka-acls", ["--list", *topic], "User:conformance"),
        ("kafka-acls", ["--remove", "--force", "--allow-principal", "User:conformance", "--operation", "Read", *topic], ""),
        ("kafka-verifiable-producer", [*topic, "--max-messages", RECORDS], f'"acked":{RECORDS}'),
        ("kafka-verifiable-consumer", [*topic, "--group-id", GROUP, "--max-messages", RECORDS, "--reset-policy", "earliest"], "offsets_committed"),
        ("kafka-producer-perf-test", [*topic, "--num-records", RECORDS, "--record-size", 100, "--throughput", -1], f"{RECORDS} records sent"),
        ("kafka-consumer-perf-test", [*topic, "--num-records", RECORDS], r"MB\.sec"),
        ("kafka-e2e-latency", [*topic, "--num-records", 200, "--producer-acks", "all", "--record-size", 100], r"Percentiles: 50th"),
        ("kafka-get-offsets", [*topic], rf"{TOPIC}:0:\d+"),
        ("kafka-consumer-groups", ["--describe", *group], rf"{GROUP} +{TOPIC}"),
        ("kafka-consumer-groups", ["--list"], GROUP),
        ("kafka-consumer-groups", ["--reset-offsets", *group, "--all-topics", "--to-earliest", "--execute"], rf"{TOPIC} +\d +0"),
        ("kafka-consumer-groups", ["--delete-offsets", *group, *topic], "Successful"),
        ("kafka-consumer-groups", ["--delete", *group], "was successful"),
        ("kafka-groups", ["--list"], ""),
        ("kafka-delete-records", ["--offset-json-file", up_to], "low_watermark: 10"),
        ("kafka-log-dirs", ["--describe", "--topic-list", TOPIC], f'"partition":"{TOPIC}-0"'),
        ("kafka-transactions", ["list"], "TransactionalId"),
        ("kafka-leader-election", ["--election-type", "preferred", *topic, "--partition", 0], "Valid replica already elected"),
        ("kafka-reassign-partitions", ["--verify", "--reassignment-json-file", moves], "is completed|is complete"),
        ("kafka-topics", ["--delete", *topic], ""),
    ]


def run(tool, words, address):
    where = ["--bootstrap-server", address]
    # It wants its command first, and others want theirs last.
    ordered = [*words, *where] if tool == "kafka-cluster" else [*where, *words]
    command = apache_tools.command(tool, *ordered)
    done = subprocess.run(command, stdin=subprocess.DEVNULL, text=True, timeout=TIMEOUT_S,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.stdout


def judge(address):
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        every = steps(Path(folder))
        for tool, words, pattern in every:
            try:
                output = run(tool, words, address)
                good = re.search(pattern, output, re.DOTALL) is not None
            except subprocess.TimeoutExpired as fault:
                output, good = str(fault), False
            if "Exception" in output and not pattern.startswith("Unknown"):
                good = False
            print("ok    " if good else "FAILED", tool, *words, flush=True)
            if not good:
                failed += 1
                print(output)
    print(f"{len(every) - failed} passed, {failed} failed")
    return failed


def main():
    apache_tools.install()
    broker, address = subject.chosen(SETTINGS, apache="super.users=User:ANONYMOUS\n")
    if address:
        sys.exit(1 if judge(address[0]) else 0)
    with broker as server:
        failed = judge(f"127.0.0.1:{server.port}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
