"""Apache Kafka's command-line tools out of their Maven packages, as the scripts of its distribution.

The packages lie in .deps/kafka, where bench/broker/compare.py and scripts/conformance/kafka_tools.py
bring them."""

import subprocess
from pathlib import Path

from server import ROOT

JARS = ROOT / ".deps/kafka"
TOOLS = {
    "kafka-acls": "AclCommand",
    "kafka-broker-api-versions": "BrokerApiVersionsCommand",
    "kafka-cluster": "ClusterTool",
    "kafka-configs": "kafka.admin.ConfigCommand",
    "kafka-console-consumer": "consumer.ConsoleConsumer",
    "kafka-console-producer": "ConsoleProducer",
    "kafka-consumer-groups": "consumer.group.ConsumerGroupCommand",
    "kafka-consumer-perf-test": "ConsumerPerformance",
    "kafka-delete-records": "DeleteRecordsCommand",
    "kafka-e2e-latency": "EndToEndLatency",
    "kafka-get-offsets": "GetOffsetShell",
    "kafka-groups": "GroupsCommand",
    "kafka-leader-election": "LeaderElectionCommand",
    "kafka-log-dirs": "LogDirsCommand",
    "kafka-producer-perf-test": "ProducerPerformance",
    "kafka-reassign-partitions": "reassign.ReassignPartitionsCommand",
    "kafka-topics": "TopicCommand",
    "kafka-transactions": "TransactionsCommand",
    "kafka-verifiable-consumer": "VerifiableConsumer",
    "kafka-verifiable-producer": "VerifiableProducer",
}


def install():
    if not any(JARS.glob("kafka-tools-*.jar")):
        subprocess.run(["mvn", "-q", "-B", "--strict-checksums", "-f", ROOT / "bench/broker/kafka_pom.xml",
                        "dependency:copy-dependencies", f"-DoutputDirectory={JARS}"], check=True)


def main_class(tool):
    name = TOOLS[tool]
    return name if name.startswith("kafka.") else f"org.apache.kafka.tools.{name}"


def command(tool, *words):
    return ["java", "-Xmx256m", "-XX:+UseSerialGC", "-cp", f"{JARS}/*", main_class(tool), *map(str, words)]


def write_scripts(folder):
    """A KAFKA_PATH: bin/kafka-topics.sh and the others."""
    binaries = Path(folder) / "bin"
    binaries.mkdir(parents=True)
    for tool in TOOLS:
        script = binaries / f"{tool}.sh"
        words = " ".join(f"'{word}'" for word in command(tool))
        script.write_text(f'#!/bin/sh\nexec {words} "$@"\n')
        script.chmod(0o755)
