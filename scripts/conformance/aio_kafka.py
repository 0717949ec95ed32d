#!/usr/bin/env python3
"""aiokafka's tests against Millrace.

    git clone --depth 1 --branch v0.14.0 https://github.com/aio-libs/aiokafka /tmp/aiokafka
    python3 -m venv /tmp/aiokafka/venv
    /tmp/aiokafka/venv/bin/pip install aiokafka==0.14.0 pytest==9.0.2 pytest-asyncio==1.3.0 pytest-mock==3.15.1 \
        pytest-timeout cramjam==2.11.0 async-timeout
    scripts/conformance/aio_kafka.py [--kafka] /tmp/aiokafka [WORD OF pytest ...]

With --kafka Apache Kafka stands in Millrace's place. The suite would run Kafka in a container: stand_ins/docker.py
starts the broker under test for it. Twice, for it has two listeners and the suite wants more: with logins, and with
TLS. What logs in by Kerberos is left out, for neither has a server of that.
"""

import os
import sys
from pathlib import Path

import apache_tools
import subject

HERE = Path(__file__).resolve().parent
IMAGE = "aiolibs/kafka:2.13_4.3.1"  # its version alone counts
PARTS = {"sasl_plaintext": "not gssapi and not (ssl and not sasl)", "ssl": "ssl and not sasl"}


def main():
    words = sys.argv[1:]
    of_kafka = words[:1] == ["--kafka"]
    checkout, *more = words[1:] if of_kafka else words
    apache_tools.install()
    failed = 0
    for second, choice in PARTS.items():
        # Safe: the package that is installed, and not the checkout beside the tests.
        environment = {"PYTHONSAFEPATH": "yes", "PYTHONPATH": f"{HERE / 'stand_ins'}:{HERE}",
                       "CONFORMANCE_SECOND": second,
                       "CONFORMANCE_KAFKA": "yes" if of_kafka else "",
                       "PATH": f"{HERE / 'stand_ins'}:{os.environ['PATH']}"}
        failed |= subject.run_pytest(checkout, ["--import-mode=append", "--timeout=180", f"--docker-image={IMAGE}",
                                                "-k", choice, "tests", *more], environment)
    sys.exit(failed)


if __name__ == "__main__":
    main()
