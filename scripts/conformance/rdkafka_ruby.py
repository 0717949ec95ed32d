#!/usr/bin/env python3
"""rdkafka-ruby's specs against Millrace, which takes port 9092 for them.

    git clone https://github.com/karafka/rdkafka-ruby /tmp/rdkafka-ruby && git -C /tmp/rdkafka-ruby checkout 81be258
    (cd /tmp/rdkafka-ruby && bundle install && cd ext && bundle exec rake)
    scripts/conformance/rdkafka_ruby.py [--kafka] /tmp/rdkafka-ruby [WORD OF rspec ...]

With --kafka Apache Kafka stands in Millrace's place.
"""

import os
import subprocess
import sys

import subject

SETTINGS = """
[kafka]
auto_create_topics = "no"
authorization = "acls"
unruled = "allowed"
"""


def main():
    broker, (checkout, *more) = subject.chosen(SETTINGS, port=9092, apache="auto.create.topics.enable=false\n")
    with broker:
        done = subprocess.run(["bundle", "exec", "rspec", *more], cwd=checkout, env={**os.environ, "CI": "true"})
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
