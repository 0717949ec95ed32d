#!/usr/bin/env python3
"""The tests of rskafka, a client in Rust, against Millrace; those beside Java and librdkafka are left out.

    git clone --depth 1 https://github.com/influxdata/rskafka /tmp/rskafka
    scripts/conformance/rskafka.py [--kafka] /tmp/rskafka [WORD OF cargo test ...]

With --kafka Apache Kafka stands in Millrace's place.
"""

import os
import subprocess
import sys

import subject

SETTINGS = """
[kafka]
port = 0
auto_create_topics = "no"
"""


def main():
    broker, (checkout, *more) = subject.chosen(SETTINGS, apache="auto.create.topics.enable=false\n")
    with broker as server:
        environment = {**os.environ, "TEST_INTEGRATION": "1", "TEST_BROKER_IMPL": "kafka",
                       "KAFKA_CONNECT": f"127.0.0.1:{server.port}"}
        done = subprocess.run(["cargo", "test", "--features", "full", "--no-fail-fast", *more], cwd=checkout,
                              env=environment)
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
