#!/usr/bin/env python3
"""The integration tests of kafka-python against Millrace.

    git clone --depth 1 https://github.com/dpkp/kafka-python /tmp/kafka-python
    python3 -m venv /tmp/kafka-python/venv
    /tmp/kafka-python/venv/bin/pip install -r /tmp/kafka-python/requirements-dev.txt -e /tmp/kafka-python
    scripts/conformance/kafka_python.py [--kafka] /tmp/kafka-python [WORD OF pytest ...]

With --kafka Apache Kafka stands in Millrace's place.
"""

import sys

import subject

# They start brokers of their own.
LEFT_OUT = ["test_sasl_integration.py", "test_ssl_integration.py"]


def main():
    broker, (checkout, *more) = subject.chosen()
    with broker as server:
        left_out = [f"--ignore=test/integration/{each}" for each in LEFT_OUT]
        sys.exit(subject.run_pytest(checkout, ["--assert=plain", *left_out, "test/integration", *more],
                                    {"KAFKA_URI": f"kafka://127.0.0.1:{server.port}", "KAFKA_VERSION": "4.3.1",
                                     "KAFKA_ROOT": str(server.home)}))  # a folder that must be there


if __name__ == "__main__":
    main()
