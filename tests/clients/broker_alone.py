"""The broker alone, as tests of the protocol use it: started on a free port, killed, started again."""

import signal
import subprocess
import threading
from pathlib import Path


class Broker:
    """`binary` is broker_only; `data` its directory. The port of the first start is kept."""

    def __init__(self, binary, data, *words):
        self.binary, self.data, self.words = str(binary), Path(data), words
        self.port = 0
        self.process = None
        self.log = []

    def start(self):
        self.process = subprocess.Popen([self.binary, str(self.data), str(self.port), *self.words],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())
        self.reader = threading.Thread(target=self.log.extend, args=[self.process.stderr])
        self.reader.start()

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.reader.join()
        self.process.stdout.close()
        self.process.stderr.close()

    def restart(self):
        self.kill()
        self.start()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.kill()
