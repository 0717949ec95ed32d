#!/usr/bin/env python3
"""The smoke test of Kafka Streams 4.3.1 against Millrace: one program writes 20,000 records, another aggregates,
joins and windows them while it is killed and started again, and the first checks what came of every record.

    scripts/conformance/kafka_streams.py [--kafka]

With --kafka Apache Kafka stands in Millrace's place. Once with each guarantee that a topology has.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import apache_tools
import subject
from server import ROOT

HERE = Path(__file__).resolve().parent
JARS = ROOT / ".deps/kafka_streams"
SETTINGS = """
[kafka]
port = 0
auto_create_topics = "no"
"""
TOPICS = ["echo", "data", "min", "min-suppressed", "min-raw", "max", "sum", "dif", "cnt", "avg", "tagg", "sws-raw",
          "sws-suppressed", "fk"]
PARTITIONS = 5
GUARANTEES = ["at_least_once", "exactly_once_v2"]
PROPERTIES = """
bootstrap.servers={address}
processing.guarantee={guarantee}
state.dir={folder}/state
replication.factor=1
commit.interval.ms=1000
session.timeout.ms=6000
"""
KILLS, LIFE_S = 2, 15


def install():
    if not any(JARS.glob("kafka-streams-*.jar")):
        subprocess.run(["mvn", "-q", "-B", "--strict-checksums", "-f", HERE / "streams_pom.xml",
                        "dependency:copy-dependencies", f"-DoutputDirectory={JARS}"], check=True)


def program(folder, command, output):
    words = ["java", "-Xmx512m", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", f"{JARS}/*",
             "org.apache.kafka.streams.tests.StreamsSmokeTest", f"{folder}/smoke.properties", command]
    return subprocess.Popen(words, cwd=folder, stdout=output, stderr=subprocess.STDOUT)


def has_passed(folder, guarantee):
    """While the driver writes, the topology is killed; the last one runs on until the driver has seen all."""
    with open(folder / "driver.log", "wb") as said, open(folder / "topology.log", "wb") as worked:
        driver = program(folder, "run", said)
        topology = program(folder, "process", worked)
        for _ in range(KILLS):
            time.sleep(LIFE_S)
            topology.kill()
            topology.wait()
            topology = program(folder, "process", worked)
        driver.wait()
        topology.kill()
        topology.wait()
    told = (folder / "driver.log").read_text(errors="replace")
    passed = driver.returncode == 0 and "SUCCESS" in told and "FAILURE" not in told
    print(f"{guarantee}: {'passed' if passed else 'failed'}", flush=True)
    if not passed:
        print(told[-4000:], (folder / "topology.log").read_text(errors="replace")[-4000:])
    return passed


def run_with(guarantee):
    broker, _ = subject.chosen(SETTINGS, apache="auto.create.topics.enable=false\n")
    with broker as server, tempfile.TemporaryDirectory() as folder:
        address = f"127.0.0.1:{server.port}"
        for topic in TOPICS:
            subprocess.run(apache_tools.command("kafka-topics", "--bootstrap-server", address, "--create", "--topic",
                                                topic, "--partitions", PARTITIONS), check=True,
                           stdout=subprocess.DEVNULL)
        text = PROPERTIES.format(address=address, guarantee=guarantee, folder=folder)
        (Path(folder) / "smoke.properties").write_text(text)
        return has_passed(Path(folder), guarantee)


def main():
    apache_tools.install()
    install()
    sys.exit(0 if all([run_with(guarantee) for guarantee in GUARANTEES]) else 1)


if __name__ == "__main__":
    main()
