"""Apache Kafka in Millrace's place, from the packages in .deps/kafka: what fails beside it as well is no
difference of ours. Scripts start it when they are told --kafka."""

import socket
import subprocess
import tempfile
import time
from pathlib import Path

import apache_tools

PROPERTIES = """
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://{address}:{port},CONTROLLER://127.0.0.1:{controller}{more_listeners}
advertised.listeners=PLAINTEXT://localhost:{port}{more_listeners}
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,SSL:SSL,SASL_SSL:SASL_SSL
inter.broker.listener.name=PLAINTEXT
log.dirs={home}/data
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
allow.everyone.if.no.acl.found=true
"""
CLUSTER = "MkU3OEVBNTcwNTJENDM2Qk"
START_S = 60


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


class ApacheKafka:
    """`more` are lines of its server.properties; `listeners` others than the first: "SASL_SSL://localhost:9094"."""

    def __init__(self, port=0, more="", listeners=(), address="127.0.0.1"):
        apache_tools.install()
        self.address = address
        self.folder = tempfile.TemporaryDirectory(prefix="kafka-conformance-")
        self.home = Path(self.folder.name)
        self.port = port or free_port()
        self.more, self.listeners = more, "".join("," + each for each in listeners)

    def java(self, *words):
        return ["java", "-Xmx1g", "-cp", f"{apache_tools.JARS}/*", *map(str, words)]

    def __enter__(self):
        self.properties = self.home / "server.properties"
        self.properties.write_text(PROPERTIES.format(address=self.address, port=self.port, controller=free_port(),
                                                     home=self.home, more_listeners=self.listeners) + self.more)
        subprocess.run(self.java("kafka.tools.StorageTool", "format", "-t", CLUSTER, "-c", self.properties),
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.start()
        return self

    def start(self):
        self.log = open(self.home / "server.log", "ab")
        self.process = subprocess.Popen(self.java("kafka.Kafka", self.properties), cwd=self.home,
                                        stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        deadline = time.monotonic() + START_S
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                log = (self.home / "server.log").read_text()
                self.__exit__()
                raise SystemExit(f"{log[-4000:]}\nKafka does not start on port {self.port}")
            time.sleep(0.2)

    def answers(self):
        try:
            socket.create_connection((self.address, self.port), timeout=1).close()
            return True
        except OSError:
            return False

    def stop(self):
        self.process.kill()  # nobody needs what it has
        self.process.wait()
        self.log.close()

    def __exit__(self, *_):
        self.stop()
        self.folder.cleanup()
