#!/usr/bin/env python3
"""The tests of rust-rdkafka against Millrace, with the librdkafka that PKG_CONFIG_PATH and LD_LIBRARY_PATH name.

    git clone https://github.com/fede1024/rust-rdkafka /tmp/rust-rdkafka && git -C /tmp/rust-rdkafka checkout cf08f6c1
    scripts/conformance/rust_rdkafka.py [--kafka] /tmp/rust-rdkafka [WORD OF cargo test ...]

With --kafka Apache Kafka stands in Millrace's place.
"""

import os
import subprocess
import sys

import subject

SETTINGS = """
[kafka]
port = 0
default_partitions = 3
"""


def main():
    broker, (checkout, *more) = subject.chosen(SETTINGS, apache="num.partitions=3\n")
    with broker as server:
        environment = {**os.environ, "KAFKA_HOST": f"127.0.0.1:{server.port}", "KAFKA_VERSION": "4.3.1"}
        done = subprocess.run(["cargo", "test", "--features", "dynamic-linking", "--tests", "--no-fail-fast", *more],
                              cwd=checkout, env=environment)
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
