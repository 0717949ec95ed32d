#!/usr/bin/env python3
"""The integration tests of confluent-kafka for Python against Millrace; no schema registry.

    git clone --depth 1 --branch v2.15.0 https://github.com/confluentinc/confluent-kafka-python /tmp/confluent-python
    python3 -m venv /tmp/confluent-python/venv
    /tmp/confluent-python/venv/bin/pip install "confluent-kafka[schemaregistry]==2.15.0" pytest pytest-timeout requests trivup
    scripts/conformance/confluent_python.py [--kafka] /tmp/confluent-python [WORD OF pytest ...]

With --kafka Apache Kafka stands in Millrace's place.
"""

import os
import subprocess
import sys

import subject

SETTINGS = """
[kafka]
port = 0
default_partitions = 4
authorization = "acls"
super_users = "User:ANONYMOUS"
"""
APACHE = """
num.partitions=4
super.users=User:ANONYMOUS
"""
TESTS = ["tests/integration/admin", "tests/integration/consumer", "tests/integration/producer"]


def main():
    broker, (checkout, *more) = subject.chosen(SETTINGS, apache=APACHE)
    with broker as server:
        environment = {**os.environ, "BROKERS": f"127.0.0.1:{server.port}"}
        done = subprocess.run(["venv/bin/python", "-m", "pytest", "-q", "-rfE", "--import-mode=append",
                               "--timeout=180", *TESTS, *more], cwd=checkout, env=environment)
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
