"""A Millrace server as tests from outside use it: started on free ports, asked, killed, stopped."""

import json
import signal
import subprocess
import time
from pathlib import Path

import psycopg

REPOSITORY = Path(__file__).resolve().parent.parent.parent
TELECOM_EVENTS = REPOSITORY / "systems" / "telecom-events" / "pipeline.sql"


class Server:
    """`data` is its data directory; the log of all its lives is beside it, in server.log."""

    def __init__(self, binary, data, *pipelines, arguments=()):
        self.binary, self.data = str(binary), Path(data)
        self.pipelines = [str(file) for file in pipelines]
        self.arguments = [str(argument) for argument in arguments]
        self.ports = {}
        self.process = None
        self.log = self.data.parent / "server.log"

    def start(self, timeout=30):
        """Returns once it is ready. The ports are chosen at the first start and kept later."""
        ports_file = self.data / "ports.json"
        ports_file.unlink(missing_ok=True)
        command = [self.binary, "server", *self.pipelines, "--data", str(self.data)]
        for name in ("kafka", "http", "pg", "kinesis", "registry"):
            command += [f"--{name}-port", str(self.ports.get(name) or 0)]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                command + self.arguments, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + timeout
        while not ports_file.exists():
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended with {self.process.returncode}:\n{self.tail()}")
            if time.monotonic() > deadline:
                raise RuntimeError(f"the server is not ready after {timeout} s:\n{self.tail()}")
            time.sleep(0.01)
        self.ports = json.loads(ports_file.read_text())

    @property
    def kafka(self):
        return f"127.0.0.1:{self.ports['kafka']}"

    @property
    def http(self):
        return f"http://127.0.0.1:{self.ports['http']}"

    def query(self, sql):
        with psycopg.connect(host="127.0.0.1", port=self.ports["pg"], user="millrace",
                             dbname="millrace", autocommit=True) as connection:
            return connection.execute(sql).fetchall()

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        """Asks it to drain; its exit code."""
        self.process.terminate()
        return self.process.wait(timeout=30)

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def tail(self, characters=4000):
        return self.log.read_text(errors="replace")[-characters:]

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        if self.is_running():
            self.kill()
