#!/usr/bin/env python3
"""node-rdkafka's tests that speak to a broker, against Millrace.

    git clone --depth 1 --branch v3.6.0 --recurse-submodules https://github.com/Blizzard/node-rdkafka /tmp/node-rdkafka
    (cd /tmp/node-rdkafka && npm install)
    scripts/conformance/node_rdkafka.py [--kafka] /tmp/node-rdkafka [WORD OF mocha ...]

With --kafka Apache Kafka stands in Millrace's place. LD_LIBRARY_PATH may name the librdkafka to run with.
"""

import os
import subprocess
import sys

import apache_tools
import subject

TOPICS = ["test", "test2", "test3", "test4", "test5", "test6"]  # as its run_docker.sh has them


def main():
    broker, (checkout, *more) = subject.chosen("[kafka]\nport = 0\n", apache="")
    apache_tools.install()
    with broker as server:
        address = f"127.0.0.1:{server.port}"
        for topic in TOPICS:
            subprocess.run(apache_tools.command("kafka-topics", "--bootstrap-server", address, "--create", "--topic",
                                                topic, "--partitions", 1), check=True, stdout=subprocess.DEVNULL)
        done = subprocess.run(["npx", "mocha", "--exit", "--timeout", "70000", "e2e/*.spec.js", *more], cwd=checkout,
                              env={**os.environ, "KAFKA_HOST": address})
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
