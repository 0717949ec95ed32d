"""The program as a process: ports.json, health, signals, exit codes, and what it says when its
surroundings are not what they should be.

    server_test.py MILLRACE_BINARY
"""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from running_server import REPOSITORY, Server  # noqa: E402

BINARY = ""


def run(*words, **options):
    return subprocess.run([BINARY, *map(str, words)], capture_output=True, text=True, timeout=60,
                          stdin=subprocess.DEVNULL, **options)


def get(url, **headers):
    """(status, body) whatever the status is."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


class WithFolder(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="millrace-server-")))
        self.data = self.folder / "data"

    def assert_fails(self, done, *parts, code=1):
        self.assertEqual(done.returncode, code, done.stderr)
        for part in parts:
            self.assertIn(str(part), done.stderr)
        self.assertNotIn("terminate called", done.stderr)


class RunningServer(WithFolder):
    def setUp(self):
        super().setUp()
        self.server = self.enterContext(Server(BINARY, self.data))

    def test_ports_are_chosen_written_and_answer(self):
        self.assertEqual(set(self.server.ports), {"kafka", "http", "pg", "registry"})
        for name in ("http", "kafka", "pg"):
            with socket.create_connection(("127.0.0.1", self.server.ports[name]), timeout=5):
                pass
        self.assertIsNone(self.server.ports["registry"])

    def test_health_readiness_and_metrics(self):
        status, body = get(self.server.http + "/healthz")
        self.assertEqual((status, json.loads(body)["status"]), (200, "ok"))
        self.assertEqual(get(self.server.http + "/readyz")[0], 200)
        status, body = get(self.server.http + "/metrics")
        self.assertEqual(status, 200)
        for line in body.splitlines():
            self.assertRegex(line, r"^(# (HELP|TYPE) |[a-z_]+(\{.*\})? [-+0-9.eInf]+$)")
        self.assertIn("/healthz", json.loads(get(self.server.http + "/openapi.json")[1])["paths"])

    def test_requests_of_other_pages_are_refused(self):
        self.assertEqual(get(self.server.http + "/healthz", Host="evil.example")[0], 403)
        self.assertEqual(get(self.server.http + "/healthz", Origin="http://evil.example")[0], 403)

    def test_sigterm_ends_it_cleanly(self):
        for signum in (signal.SIGTERM, signal.SIGINT):
            if not self.server.is_running():
                self.server.start()
            self.server.process.send_signal(signum)
            self.assertEqual(self.server.process.wait(timeout=15), 0)
            self.assertFalse((self.data / "ports.json").exists())

    def test_an_open_connection_does_not_delay_the_end(self):
        with socket.create_connection(("127.0.0.1", self.server.ports["http"])) as idle:
            idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            idle.recv(1000)
            started = time.monotonic()
            self.assertEqual(self.server.stop(), 0)
            self.assertLess(time.monotonic() - started, 10)

    def test_a_second_server_on_the_directory_is_told_who_has_it(self):
        done = run("server", "--data", self.data, "--http-port", 0, "--kafka-port", 0, "--pg-port", 0)
        self.assert_fails(done, self.data, f"process {self.server.process.pid}", "--data")
        self.assertTrue((self.data / "ports.json").exists())
        self.assertEqual(get(self.server.http + "/healthz")[0], 200)

    def test_a_port_taken_is_named_with_its_flag(self):
        for flag in ("--http-port", "--kafka-port", "--pg-port"):
            flags = {"--http-port": 0, "--kafka-port": 0, "--pg-port": 0, flag: self.server.ports["http"]}
            done = run("server", "--data", self.folder / "other",
                       *(word for pair in flags.items() for word in pair))
            self.assert_fails(done, self.server.ports["http"], flag, "in use")
            self.assertFalse((self.folder / "other" / "ports.json").exists())

    def test_after_a_kill_its_ports_are_not_believed(self):
        self.server.kill()
        self.assertTrue((self.data / "ports.json").exists())
        self.assertEqual(run("topic", "list", "--data", self.data).returncode, 0)

    def test_topics_through_the_server(self):
        def topic(*words):
            done = run("topic", *words, "--data", self.data)
            self.assertEqual(done.returncode, 0, done.stderr)
            return done.stdout
        topic("create", "orders", "--partitions", "2")
        subprocess.run([BINARY, "topic", "produce", "orders", "--data", self.data, "--key-separator", ":"],
                       input="k:one\ntwo\n", text=True, check=True, capture_output=True)
        self.assertEqual(topic("consume", "orders"), "one\ntwo\n")
        self.assertEqual(topic("consume", "orders", "--tail", "1"), "two\n")
        listed = json.loads(topic("list", "--output", "json"))
        self.assertEqual([(t["name"], len(t["partitions"])) for t in listed if t["name"] == "orders"],
                         [("orders", 2)])
        self.server.kill()
        self.assertEqual(topic("consume", "orders"), "one\ntwo\n", "the directory itself says the same")
        topic("delete", "orders")
        self.assert_fails(run("topic", "describe", "orders", "--data", self.data), "no topic 'orders'")


class Surroundings(WithFolder):
    def server(self, *words, data=None):
        return run("server", *words, "--data", data or self.data,
                   "--http-port", 0, "--kafka-port", 0, "--pg-port", 0, cwd=self.folder)

    def test_a_data_directory_that_cannot_be(self):
        file = self.folder / "file"
        file.write_text("not a directory")
        self.assert_fails(self.server(data=file), file, "Not a directory", "--data DIR")
        self.assert_fails(self.server(data=file / "below"), file, "--data DIR")
        self.assert_fails(self.server(data="/proc/nowhere"), "/proc/nowhere", "--data DIR")

    @unittest.skipIf(os.geteuid() == 0 and not hasattr(os, "setresuid"), "needs another user")
    def test_a_data_directory_of_somebody_else(self):
        self.data.mkdir(mode=0o555)
        self.folder.chmod(0o755)
        options = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
        done = run("server", "--data", self.data, "--http-port", 0, cwd="/", **options)
        self.assert_fails(done, self.data, "Permission denied", "--data DIR")

    def test_settings_that_are_wrong(self):
        (self.folder / "millrace.toml").write_text("[kafka]\nprot = 1\n")
        self.assert_fails(self.server(), "millrace.toml:2:1:", "kafka.prot", "did you mean 'kafka.port'")
        self.assert_fails(run("settings", "--config", self.folder / "none.toml"), "none.toml")

    def test_settings_from_file_environment_and_flags(self):
        (self.folder / "millrace.toml").write_text("[server]\ndata = 'from-file'\n[http]\nport = 1234\n")
        def data_setting(*words, **variables):
            done = run("settings", "--output", "json", *words, cwd=self.folder,
                       env={**os.environ, **variables})
            return next(row["value"] for row in json.loads(done.stdout) if row["key"] == "server.data")
        self.assertEqual(data_setting(), '"from-file"')
        self.assertEqual(data_setting(MILLRACE_DATA="from-variable"), '"from-variable"')
        self.assertEqual(data_setting("--data", "from-flag", MILLRACE_DATA="x"), '"from-flag"')

    def test_the_page_of_settings_is_that_of_the_program(self):
        page = (REPOSITORY / "docs" / "settings.md").read_text()
        self.assertEqual(run("settings", "--output", "markdown").stdout, page,
                         "run: build/release/millrace settings --output markdown > docs/settings.md")

    def test_log_to_a_file(self):
        log = self.folder / "log.json"
        (self.folder / "millrace.toml").write_text(f"[log]\nfile = '{log}'\n[http]\naddress = '1.2.3'\n")
        self.assert_fails(self.server(), "1.2.3", "--http-port")
        for line in log.read_text().splitlines():
            self.assertLessEqual({"at", "level", "part", "what"}, set(json.loads(line)))


class CommandLine(WithFolder):
    def test_exit_codes_and_suggestions(self):
        self.assertEqual(run("version").returncode, 0)
        self.assert_fails(run("sevrer"), "did you mean 'server'", code=2)
        self.assert_fails(run("server", "--kafak-port", "1"), "did you mean '--kafka-port'", code=2)
        self.assert_fails(run("server", "--http-port", "many"), "--http-port takes", code=2)
        self.assert_fails(run("topic", "create"), "NAME", code=2)
        self.assert_fails(run("topic", "list", "--output", "xml"), "--output takes", code=2)
        self.assert_fails(run("topic", "list", "--data", self.data), self.data, "millrace server")
        self.assertEqual(run().returncode, 2)

    def test_every_verb_teaches(self):
        overview = run("--help").stdout
        verbs = [line.split()[0] for line in overview.splitlines() if line.startswith("  ")]
        self.assertGreater(len(verbs), 3)
        for verb in verbs:
            done = run(verb, "--help")
            self.assertEqual(done.returncode, 0)
            self.assertTrue(done.stdout.startswith(f"millrace {verb}"), done.stdout)


if __name__ == "__main__":
    BINARY = str(Path(sys.argv.pop(1)).resolve())
    unittest.main()
