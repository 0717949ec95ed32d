#!/usr/bin/env python3
"""sarama's functional tests against Millrace, which takes ports 29091 to 29095 and 8474 for them.

    git clone https://github.com/IBM/sarama /tmp/sarama && git -C /tmp/sarama checkout bd98b3ae
    GOBIN=/tmp/sarama go install github.com/Shopify/toxiproxy/v2/cmd/server@v2.12.0
    scripts/conformance/sarama.py [--kafka] /tmp/sarama [WORD OF go test ...]

With --kafka Apache Kafka stands in Millrace's place. The suite wants five brokers behind toxiproxy and topics with
three replicas. It gets one broker, behind the proxy of each of the five, and in the checkout the three become one.
What it asks of Docker, a stand-in does: Kafka's console tools, and stopping a broker. That one is back at once, for
there is no other to take its place.
"""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import apache_tools
import subject

# Not 127.0.0.1: there the proxies listen, and clients are sent to them.
ADDRESS, PORT = "127.0.0.2", 29091
PROXIES = "http://127.0.0.1:8474"
SETTINGS = f"""
[kafka]
address = "{ADDRESS}"
port = {PORT}
advertised_host = "localhost"
auto_create_topics = "no"
authorization = "acls"
super_users = "User:ANONYMOUS"
"""
APACHE = """
auto.create.topics.enable=false
super.users=User:ANONYMOUS
broker.rack=1
"""
DOCKER = """#!/bin/bash
# docker compose exec -T SERVICE TOOL WORDS... | stop SERVICE | start ... | logs ...
while [ "$1" != exec ] && [ "$1" != stop ] && [ "$1" != start ] && [ "$1" != logs ]; do shift; done
case "$1" in
  exec) shift 3; tool=$(basename "$1"); shift
        for word; do shift; [ "$word" = kafka-1:9091 ] && word={address}; set -- "$@" "$word"; done
        exec {bin}/"$tool" "$@" ;;
  stop) rm -f {back}; kill -USR1 {pid}; until [ -e {back} ]; do sleep 0.1; done ;;
esac
"""


TESTS = "Func|TestConsumer|VersionMatrix|Java|Interceptors|RemoteBrokerClosed"


def ask_proxies(path, body=None):
    request = urllib.request.Request(PROXIES + path, None if body is None else json.dumps(body).encode())
    return urllib.request.urlopen(request, timeout=5).read()


def make_proxies():
    deadline = time.monotonic() + 10
    while True:
        try:
            ask_proxies("/version")
            break
        except urllib.error.URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
    for number in range(1, 6):
        ask_proxies("/proxies", {"name": f"kafka{number}", "listen": f"127.0.0.1:{PORT + number - 1}",
                                 "upstream": f"{ADDRESS}:{PORT}", "enabled": True})


def one_replica(checkout):
    for file, pattern, instead in (("functional_test.go", r"ReplicationFactor: 3", "ReplicationFactor: 1"),
                                   ("functional_test.go", r"len\(partition\.Isr\) != 3", "len(partition.Isr) != 1")):
        path = checkout / file
        path.write_text(re.sub(pattern, instead, path.read_text()))


def main():
    broker, (checkout, *more) = subject.chosen(SETTINGS, port=PORT, apache=APACHE, address=ADDRESS)
    checkout = Path(checkout).resolve()
    one_replica(checkout)
    apache_tools.install()
    with broker, tempfile.TemporaryDirectory() as folder:
        apache_tools.write_scripts(folder)
        docker = Path(folder) / "docker"
        back = Path(folder) / "back"
        docker.write_text(DOCKER.format(address=f"{ADDRESS}:{PORT}", bin=f"{folder}/bin", pid=os.getpid(), back=back))
        docker.chmod(0o755)

        def restart(*_):
            broker.stop()
            broker.start()
            back.touch()

        signal.signal(signal.SIGUSR1, restart)
        proxies = subprocess.Popen([checkout / "server"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            make_proxies()
            words = ["-tags", "functional", "-timeout", "1800s", "-run", TESTS, *more]
            sys.exit(subject.run_go_test(checkout, words, {"TOXIPROXY_ADDR": PROXIES, "KAFKA_VERSION": "4.3.1",
                                                           "PATH": f"{folder}:{os.environ['PATH']}"}))
        finally:
            proxies.kill()
            proxies.wait()


if __name__ == "__main__":
    main()
