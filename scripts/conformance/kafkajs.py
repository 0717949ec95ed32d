#!/usr/bin/env python3
"""The tests of kafkajs against Millrace, which takes ports 9092 and 9094 for them.

    git clone --depth 1 --branch v2.2.4 https://github.com/tulios/kafkajs /tmp/kafkajs
    cd /tmp/kafkajs && npm install --ignore-scripts
    scripts/conformance/kafkajs.py /tmp/kafkajs
"""

import os
import subprocess
import sys

import apache_tools
from server import Server

SETTINGS = """
[kafka]
advertised_host = "localhost"
default_partitions = 2
authorization = "acls"
certificate = "certificate.pem"
certificate_key = "key.pem"

[kafka.second]
protocol = "sasl_ssl"
port = 9094
advertised_host = "localhost"
"""
SCRAM = "SCRAM-SHA-256=[password=testtestscram=256],SCRAM-SHA-512=[password=testtestscram=512]"
TESTS = "src/(broker|admin|producer|consumer)/.*"


def main():
    apache_tools.install()
    server = Server(SETTINGS, rules=True)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj",
                    "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", "key.pem",
                    "-out", "certificate.pem"], cwd=server.home, check=True, stderr=subprocess.DEVNULL)
    with server:
        server.run("user", "set", "test", "--data", "data", input="testtest")
        subprocess.run(apache_tools.command(
            "kafka-configs", "--bootstrap-server", f"localhost:{server.port}", "--alter",
            "--entity-type", "users", "--entity-name", "testscram", "--add-config", SCRAM), check=True)
        done = subprocess.run(
            ["npx", "jest", "--ci", "--maxWorkers=1", "--forceExit", "--testPathPattern", TESTS,
             *sys.argv[2:]], cwd=sys.argv[1],
            env={**os.environ, "KAFKA_VERSION": "2.4", "NODE_ENV": "test", "KAFKAJS_DEBUG_PROTOCOL_BUFFERS": "1"})
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
