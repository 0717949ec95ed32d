"""A Millrace server for other people's suites: started in a folder of its own, stopped with it.

Its program is build/release/millrace, or what MILLRACE names."""

import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PROGRAM = Path(os.environ.get("MILLRACE", ROOT / "build/release/millrace")).resolve()


class Server:
    """`settings` is the text of a millrace.toml."""

    def __init__(self, settings=""):
        self.folder = tempfile.TemporaryDirectory(prefix="millrace-conformance-")
        self.home = Path(self.folder.name)
        (self.home / "millrace.toml").write_text(settings)

    def run(self, *words, **options):
        return subprocess.run([PROGRAM, *map(str, words)], cwd=self.home, check=True, text=True,
                              stdout=subprocess.DEVNULL, **options)

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def start(self):
        self.log = open(self.home / "server.log", "ab")
        self.process = subprocess.Popen(
            [PROGRAM, "server", "--data", "data", "--http-port", "0", "--pg-port", "0"],
            cwd=self.home, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        ports = self.home / "data/ports.json"
        while not ports.exists():
            if self.process.poll() is not None:
                raise SystemExit((self.home / "server.log").read_text())
            time.sleep(0.05)
        self.port = json.loads(ports.read_text())["kafka"]

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.log.close()

    def __exit__(self, *_):
        self.stop()
        self.folder.cleanup()
