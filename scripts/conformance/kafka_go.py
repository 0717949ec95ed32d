#!/usr/bin/env python3
"""The tests of segmentio/kafka-go against Millrace, which takes ports 9092 and 9093 for them.

    git clone --depth 1 --branch v0.4.50 https://github.com/segmentio/kafka-go /tmp/kafka-go
    scripts/conformance/kafka_go.py [--kafka] /tmp/kafka-go [WORD OF go test ...]

With --kafka Apache Kafka stands in Millrace's place.
"""

import sys

import subject

SETTINGS = """
[kafka]
advertised_host = "localhost"
authorization = "acls"
super_users = "User:ANONYMOUS"

[kafka.second]
protocol = "sasl_plaintext"
port = 9093
"""

APACHE = """
super.users=User:ANONYMOUS
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512
listener.name.sasl_plaintext.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_adminplain="admin-secret";
listener.name.sasl_plaintext.scram-sha-256.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.sasl_plaintext.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
"""


def main():
    broker, (checkout, *more) = subject.chosen(SETTINGS, port=9092, apache=APACHE,
                                               listeners=["SASL_PLAINTEXT://localhost:9093"])
    with broker:
        sys.exit(subject.run_go_test(checkout, ["-timeout", "300s", *more],
                                     {"KAFKA_VERSION": "4.3.1", "GOFLAGS": "-mod=mod"}))


if __name__ == "__main__":
    main()
