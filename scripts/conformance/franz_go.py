#!/usr/bin/env python3
"""The tests of franz-go's client, pkg/kgo, against Millrace.

    git clone --depth 1 https://github.com/twmb/franz-go /tmp/franz-go
    scripts/conformance/franz_go.py [--kafka] /tmp/franz-go [WORD OF go test ...]

With --kafka Apache Kafka stands in Millrace's place. Most of its time goes into chains of groups and transactions
that must hand on every record once; KGO_TEST_RECORDS says how many.
"""

import os
import sys
from pathlib import Path

import subject

SETTINGS = """
[kafka]
port = 0
"""


def main():
    broker, (checkout, *more) = subject.chosen(SETTINGS, apache="")
    with broker as server:
        environment = {"KGO_TEST_RECORDS": os.environ.get("KGO_TEST_RECORDS", "50000"), "KGO_TEST_RF": "1",
                       "KGO_SEEDS": f"127.0.0.1:{server.port}", "KGO_LOG_LEVEL": "none"}
        sys.exit(subject.run_go_test(Path(checkout) / "pkg/kgo", ["-timeout", "900s", *more], environment))


if __name__ == "__main__":
    main()
