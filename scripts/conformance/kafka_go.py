#!/usr/bin/env python3
"""The tests of segmentio/kafka-go against Millrace, which takes ports 9092 and 9093 for them.

    git clone --depth 1 --branch v0.4.50 https://github.com/segmentio/kafka-go /tmp/kafka-go
    scripts/conformance/kafka_go.py /tmp/kafka-go
"""

import os
import re
import subprocess
import sys
from collections import Counter

from server import Server

SETTINGS = """
[kafka]
advertised_host = "localhost"
authorization = "acls"
super_users = "User:ANONYMOUS"

[kafka.second]
protocol = "sasl_plaintext"
port = 9093
"""


def main():
    environment = {**os.environ, "KAFKA_VERSION": "4.3.1", "GOFLAGS": "-mod=mod"}
    with Server(SETTINGS):
        done = subprocess.run(["go", "test", "-timeout", "300s", "-v", *sys.argv[2:], "."],
                              cwd=sys.argv[1], env=environment, stdout=subprocess.PIPE, text=True)
    print(done.stdout)
    print(Counter(re.findall(r"^--- (PASS|FAIL|SKIP)", done.stdout, re.MULTILINE)))


if __name__ == "__main__":
    main()
