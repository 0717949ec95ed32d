#!/usr/bin/env python3
"""librdkafka's tests/test-runner against Millrace.

    git clone --depth 1 --branch v2.15.0 https://github.com/confluentinc/librdkafka /tmp/librdkafka
    scripts/conformance/librdkafka.py [--kafka] /tmp/librdkafka [TEST]

With --kafka Apache Kafka stands in Millrace's place.
"""

import os
import subprocess
import sys
from pathlib import Path

import apache_tools
import subject

SETTINGS = """
[kafka]
port = 0
default_partitions = 4
authorization = "acls"
unruled = "allowed"
"""
# No local tests, no known issues, nothing that only shapes traffic; quick; three at once.
ARGUMENTS = ["-L", "-K", "-E", "-Q", "-p3", "-V", "4.3.1"]


def build(checkout):
    if not (checkout / "tests/test-runner").exists():
        subprocess.run(["./configure"], cwd=checkout, check=True)
        subprocess.run(["make", "-j2", "libs"], cwd=checkout, check=True)
        subprocess.run(["make", "-j2", "build"], cwd=checkout / "tests", check=True)


def main():
    broker, (checkout, *tests) = subject.chosen(SETTINGS, apache="num.partitions=4\n")
    checkout = Path(checkout).resolve()
    build(checkout)
    apache_tools.install()
    with broker as server:
        address = f"127.0.0.1:{server.port}"
        apache_tools.write_scripts(server.home / "kafka")
        (server.home / "test.conf").write_text(
            f"bootstrap.servers={address}\ntest.timeout.multiplier=3\n")
        environment = {**os.environ, "RDKAFKA_TEST_CONF": str(server.home / "test.conf"),
                       "KAFKA_PATH": str(server.home / "kafka"), "BROKERS": address,
                       "LD_LIBRARY_PATH": f"{checkout}/src:{checkout}/src-cpp:"
                                          + os.environ.get("LD_LIBRARY_PATH", "")}
        if tests:
            environment["TESTS"] = tests[0]
        done = subprocess.run(["./test-runner", *ARGUMENTS], cwd=checkout / "tests", env=environment)
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
