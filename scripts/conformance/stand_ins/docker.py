"""What aiokafka's suite calls of Docker's library, with the broker under test in place of the container that it
would run: aio_kafka.py puts this folder into its PYTHONPATH.

The suite chooses the ports. Of its four listeners a broker here has two; which one is the second is what
CONFORMANCE_SECOND says: sasl_plaintext or ssl."""

import os
import shlex
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import apache_tools
from apache_kafka import ApacheKafka
from server import Server

USERS = ("admin", "test", "test2")  # whose passwords are their names
SETTINGS = """
[kafka]
port = {plaintext}
default_partitions = 2
authorization = "acls"
super_users = "User:admin;User:ANONYMOUS"
unruled = "allowed"
certificate = "{certificates}/server.crt"
certificate_key = "{certificates}/server.key"

[kafka.second]
protocol = "{second}"
port = {second_port}
"""
APACHE = """
num.partitions=2
super.users=User:admin;User:ANONYMOUS
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512
listener.name.sasl_plaintext.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_admin="admin" user_test="test" user_test2="test2";
listener.name.sasl_plaintext.scram-sha-256.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.sasl_plaintext.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
ssl.keystore.location={certificates}/br_server.keystore.jks
ssl.keystore.password=abcdefgh
ssl.key.password=abcdefgh
ssl.truststore.location={certificates}/br_server.truststore.jks
ssl.truststore.password=abcdefgh
ssl.client.auth=required
"""


class Container:
    def __init__(self, broker=None, folder=None):
        self.broker, self.folder = broker, folder

    def exec_run(self, command, user=None):
        """One of Kafka's tools, told the broker in place of ZooKeeper; or a script of the suite's."""
        words = shlex.split(command) if isinstance(command, str) else command
        if self.broker is None:
            words = [words[0], Path.cwd() / Path(words[1]).name]
            done = subprocess.run(words, cwd=self.folder, capture_output=True)
            return done.returncode, done.stdout + done.stderr
        tool = Path(words[0]).name.removesuffix(".sh")
        for zookeepers in ("--authorizer-properties", "--zookeeper"):
            if zookeepers in words:
                at = words.index(zookeepers)
                del words[at:at + 2]
        where = ["--bootstrap-server", f"localhost:{self.broker.port}"]
        output = b""
        for each in one_credential_each(words[1:]):
            done = subprocess.run(apache_tools.command(tool, *where, *each), capture_output=True)
            output += done.stdout + done.stderr
            if done.returncode != 0:
                return done.returncode, output
        return 0, output

    def stop(self):
        if self.broker is not None:
            self.broker.__exit__()


def one_credential_each(words):
    """Apache Kafka takes no two of a user at once any more."""
    if "--add-config" not in words:
        return [words]
    at = words.index("--add-config") + 1
    return [[*words[:at], f"{credential}]", *words[at + 1:]] for credential in words[at].rstrip("]").split("],")]


def run(environment=None, volumes=None, **_):
    if environment is None:  # it only makes certificates
        folder = next(source for source, target in volumes.items() if target["bind"] == "/ssl_cert")
        return Container(folder=str(folder))
    second = os.environ["CONFORMANCE_SECOND"]
    ports = {"plaintext": environment["ADVERTISED_PORT"],
             "second_port": environment[f"ADVERTISED_{'SSL' if second == 'ssl' else 'SASL_PLAINTEXT'}_PORT"]}
    certificates = next(source for source, target in volumes.items() if target["bind"] == "/ssl_cert")
    if os.environ.get("CONFORMANCE_KAFKA"):
        broker = ApacheKafka(ports["plaintext"], APACHE.format(certificates=certificates),
                             [f"{second.upper()}://localhost:{ports['second_port']}"])
    else:
        broker = Server(SETTINGS.format(certificates=certificates, second=second, **ports))
    broker.__enter__()
    if isinstance(broker, Server):
        for user in USERS:
            broker.run("user", "set", user, "--data", "data", input=user)
    return Container(broker)


def from_env():
    return SimpleNamespace(containers=SimpleNamespace(run=run), close=lambda: None,
                           images=SimpleNamespace(pull=lambda image: None))


models = SimpleNamespace(containers=SimpleNamespace(Container=Container))
sys.modules["docker.models"] = models
