"""A lake behind the Postgres port alone, as tests of that port and of other writers' tables use it."""

import subprocess

import psycopg


class LakeServer:
    """`binary` is lake_server; `directory` the lake."""

    def __init__(self, binary, directory):
        self.process = subprocess.Popen([str(binary), str(directory)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())
        self.address = f"host=127.0.0.1 port={self.port} user=millrace dbname=millrace"

    def connect(self, **settings):
        return psycopg.connect(self.address, autocommit=True, **settings)

    def stop(self):
        self.process.stdin.close()
        self.process.stdout.close()
        return self.process.wait(timeout=30)
