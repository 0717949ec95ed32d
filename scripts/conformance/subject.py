"""Which broker a suite is run against: Millrace or, where its script is told --kafka, Apache Kafka. What fails
beside both is no difference of ours."""

import os
import re
import subprocess
import sys
from collections import Counter

from apache_kafka import ApacheKafka
from server import Server

# What most suites want: topics that nobody makes have four partitions, and access rules do not bind the suite.
FOUR_PARTITIONS = """
[kafka]
port = 0
default_partitions = 4
authorization = "acls"
super_users = "User:ANONYMOUS"
"""
FOUR_PARTITIONS_AT_APACHE = """
num.partitions=4
super.users=User:ANONYMOUS
"""


def chosen(settings=FOUR_PARTITIONS, port=0, apache=FOUR_PARTITIONS_AT_APACHE, listeners=(),
           address="127.0.0.1"):
    """The broker, to be entered, and the words of the command that are the suite's. `address`, `port`, `apache` and
    `listeners` say for Apache Kafka what `settings` says for Millrace."""
    words = sys.argv[1:]
    if words and words[0] == "--kafka":
        return ApacheKafka(port, apache, listeners, address), words[1:]
    return Server(settings), words


def run_go_test(folder, words, environment):
    """The exit code of go test, whose lines are shown as they come, and at last how many passed."""
    counts = Counter()
    tests = subprocess.Popen(["go", "test", "-v", *words, "."], cwd=folder, env={**os.environ, **environment},
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    for line in tests.stdout:
        print(line, end="", flush=True)
        counts.update(re.findall(r"^--- (PASS|FAIL|SKIP)", line))
    print(counts)
    return tests.wait()


def run_pytest(checkout, words, environment):
    """The exit code of pytest in the checkout's own venv, on these tests and with these variables."""
    return subprocess.run(["venv/bin/python", "-m", "pytest", "-q", "-rfE", *words], cwd=checkout,
                          env={**os.environ, **environment}).returncode
