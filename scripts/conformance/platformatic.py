#!/usr/bin/env python3
"""@platformatic/kafka's tests against Millrace, with Node 22 or later; three brokers take ports 9001, 9002, 19002
and 9011 for them.

    git clone https://github.com/platformatic/kafka /tmp/platformatic && git -C /tmp/platformatic checkout f84b496
    (cd /tmp/platformatic && npm install --ignore-scripts)
    scripts/conformance/platformatic.py [--kafka] /tmp/platformatic [WORD OF node --test ...]

With --kafka Apache Kafka stands in Millrace's place. What wants a schema registry, Kerberos or OAuth is left out.
"""

import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

from apache_kafka import ApacheKafka
from server import Server

ORDINARY = """
[kafka]
port = {port}
advertised_host = "localhost"
authorization = "acls"
super_users = "User:ANONYMOUS"
group_heartbeat = "200 ms"
"""
LOGINS = ORDINARY + """login_lifetime = "5 s"
[kafka.second]
protocol = "sasl_plaintext"
port = 9002
advertised_host = "localhost"
"""
APACHE = """
super.users=User:ANONYMOUS;User:admin
group.coordinator.rebalance.protocols=classic,consumer
group.consumer.heartbeat.interval.ms=200
group.consumer.min.heartbeat.interval.ms=100
"""
LOGINS_AT_APACHE = APACHE + """
connections.max.reauth.ms=5000
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512
listener.name.sasl_plaintext.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_admin="admin";
listener.name.sasl_plaintext.scram-sha-256.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.sasl_plaintext.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
"""
LEFT_OUT = ("registries", "gssapi", "oauthbearer", "memory")


def brokers(of_kafka):
    if of_kafka:
        return [ApacheKafka(9001, APACHE), ApacheKafka(9011, APACHE),
                ApacheKafka(19002, LOGINS_AT_APACHE, ["SASL_PLAINTEXT://localhost:9002"])]
    return [Server(ORDINARY.format(port=9001)), Server(ORDINARY.format(port=9011)), Server(LOGINS.format(port=19002))]


def main():
    words = sys.argv[1:]
    of_kafka = words[:1] == ["--kafka"]
    checkout, *more = words[1:] if of_kafka else words
    tests = [str(file.relative_to(checkout)) for file in sorted(Path(checkout).glob("test/**/*.test.ts"))
             if not any(word in str(file) for word in LEFT_OUT)]
    with ExitStack() as stack:
        for broker in brokers(of_kafka):
            stack.enter_context(broker)
            if isinstance(broker, Server):
                broker.run("user", "set", "admin", "--data", "data", input="admin")
        done = subprocess.run(["node", "--test", "--test-reporter=spec", "--test-concurrency=1", *more, *tests],
                              cwd=checkout, env={**os.environ, "KAFKA_VERSION": "8.1.0"})
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
