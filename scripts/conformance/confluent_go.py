#!/usr/bin/env python3
"""The integration tests of confluent-kafka-go against Millrace, with a librdkafka that scripts/conformance/librdkafka.py
has built.

    git clone https://github.com/confluentinc/confluent-kafka-go /tmp/confluent-go
    git -C /tmp/confluent-go checkout b88333d3
    scripts/conformance/confluent_go.py [--kafka] /tmp/confluent-go /tmp/librdkafka [WORD OF go test ...]

With --kafka Apache Kafka stands in Millrace's place.
"""

import json
import sys
import tempfile
from pathlib import Path

import subject

PACKAGE = """
Name: librdkafka
Description: the one of the checkout
Version: 2.15.0
Libs: -L{library} -lrdkafka
Cflags: -I{folder}
"""


def main():
    broker, (checkout, librdkafka, *more) = subject.chosen()
    library = Path(librdkafka).resolve() / "src"
    tests = Path(checkout).resolve() / "kafka/integration"
    with broker as server, tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "librdkafka").symlink_to(library)  # <librdkafka/rdkafka.h>
        (Path(folder) / "rdkafka.pc").write_text(PACKAGE.format(library=library, folder=folder))
        (tests / "testconf.json").write_text(json.dumps({"Brokers": f"127.0.0.1:{server.port}", "PerfMsgCount": 1000,
                                                         "TopicName": "gotest", "GroupID": "gogroup"}))
        sys.exit(subject.run_go_test(tests, ["-tags", "dynamic", "-timeout", "400s", *more],
                                     {"PKG_CONFIG_PATH": folder, "LD_LIBRARY_PATH": str(library)}))


if __name__ == "__main__":
    main()
