#!/usr/bin/env python3
"""The integration tests of confluent-kafka for Python against Millrace; no schema registry.

    git clone --depth 1 --branch v2.15.0 https://github.com/confluentinc/confluent-kafka-python /tmp/confluent-python
    python3 -m venv /tmp/confluent-python/venv
    /tmp/confluent-python/venv/bin/pip install "confluent-kafka[schemaregistry]==2.15.0" pytest pytest-timeout requests trivup
    scripts/conformance/confluent_python.py [--kafka] /tmp/confluent-python [WORD OF pytest ...]

With --kafka Apache Kafka stands in Millrace's place.
"""

import sys

import subject

TESTS = ["tests/integration/admin", "tests/integration/consumer", "tests/integration/producer"]


def main():
    broker, (checkout, *more) = subject.chosen()
    with broker as server:
        sys.exit(subject.run_pytest(checkout, ["--import-mode=append", "--timeout=180", *TESTS, *more],
                                    {"BROKERS": f"127.0.0.1:{server.port}"}))


if __name__ == "__main__":
    main()
