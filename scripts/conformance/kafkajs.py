#!/usr/bin/env python3
"""The tests of kafkajs against Millrace, which takes ports 9092 and 9094 for them.

    git clone --depth 1 --branch v2.2.4 https://github.com/tulios/kafkajs /tmp/kafkajs
    cd /tmp/kafkajs && npm install --ignore-scripts
    scripts/conformance/kafkajs.py [--kafka] /tmp/kafkajs [WORD OF jest ...]

With --kafka Apache Kafka stands in Millrace's place.
"""

import os
import subprocess
import sys

import apache_tools
import subject
from server import Server

SETTINGS = """
[kafka]
advertised_host = "localhost"
default_partitions = 2
authorization = "acls"
unruled = "allowed"
certificate = "certificate.pem"
certificate_key = "key.pem"

[kafka.second]
protocol = "sasl_ssl"
port = 9094
advertised_host = "localhost"
"""
# One at a time: Apache Kafka takes no two of a user.
SCRAM = ("SCRAM-SHA-256=[password=testtestscram=256]", "SCRAM-SHA-512=[password=testtestscram=512]")
TESTS = "src/(broker|admin|producer|consumer)/.*"


APACHE = """
num.partitions=2
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512
listener.name.sasl_ssl.ssl.keystore.type=PEM
listener.name.sasl_ssl.ssl.keystore.location=both.pem
listener.name.sasl_ssl.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_test="testtest";
listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
"""


def main():
    apache_tools.install()
    server, (checkout, *more) = subject.chosen(SETTINGS, port=9092, apache=APACHE,
                                               listeners=["SASL_SSL://localhost:9094"])
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj",
                    "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", "key.pem",
                    "-out", "certificate.pem"], cwd=server.home, check=True, stderr=subprocess.DEVNULL)
    both = [(server.home / name).read_text() for name in ("key.pem", "certificate.pem")]
    (server.home / "both.pem").write_text("".join(both))
    with server:
        if isinstance(server, Server):
            server.run("user", "set", "test", "--data", "data", input="testtest")
        for credential in SCRAM:
            subprocess.run(apache_tools.command(
                "kafka-configs", "--bootstrap-server", f"localhost:{server.port}", "--alter",
                "--entity-type", "users", "--entity-name", "testscram", "--add-config", credential), check=True)
        done = subprocess.run(
            ["npx", "jest", "--ci", "--maxWorkers=1", "--forceExit", "--testPathPattern", TESTS,
             *more], cwd=checkout,
            env={**os.environ, "KAFKA_VERSION": "2.4", "NODE_ENV": "test", "KAFKAJS_DEBUG_PROTOCOL_BUFFERS": "1"})
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
