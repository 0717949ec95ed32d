"""Real clients log in to a running server, in the clear and over TLS.

    security_test.py MILLRACE_BINARY
"""

import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import confluent_kafka
from confluent_kafka import admin
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from kafka.admin import (ACLFilter, ACLOperation, ACLPermissionType, ACLResourcePatternType,
                         ResourcePatternFilter, ResourceType)
from kafka.errors import ClusterAuthorizationFailedError, KafkaError

sys.path.insert(0, str(Path(__file__).resolve().parent))
from running_server import Server  # noqa: E402

BINARY = ""
USER, PASSWORD = "alice", "alice's secret, with a comma"
MECHANISMS = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]


def make_certificate(folder):
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-days", "1",
         "-keyout", folder / "key.pem", "-out", folder / "certificate.pem"],
        check=True, capture_output=True)


class SecuredServer(unittest.TestCase):
    """One server for all: the first port logs in, the second over TLS."""

    SETTINGS = ""

    @classmethod
    def setUpClass(cls):
        cls.folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="millrace-security-")))
        make_certificate(cls.folder)
        settings = cls.folder / "millrace.toml"
        settings.write_text(f"""
            [kafka]
            protocol = "sasl_plaintext"
            certificate = "{cls.folder}/certificate.pem"
            certificate_key = "{cls.folder}/key.pem"
            {cls.SETTINGS}
            [kafka.second]
            protocol = "sasl_ssl"
            port = 0
        """)
        cls.server = cls.enterClassContext(
            Server(BINARY, cls.folder / "data", arguments=["--config", settings]))
        cls.secure = f"127.0.0.1:{cls.server.ports['kafka_second']}"
        cls.set_user(USER, PASSWORD)

    @classmethod
    def set_user(cls, user, password):
        subprocess.run([BINARY, "user", "set", user, "--data", cls.server.data], input=password + "\n",
                       text=True, check=True, capture_output=True, timeout=30)

    def confluent(self, mechanism, password=PASSWORD, tls=False, user=USER):
        settings = {"bootstrap.servers": self.secure if tls else self.server.kafka,
                    "security.protocol": "SASL_SSL" if tls else "SASL_PLAINTEXT",
                    "sasl.mechanism": mechanism, "sasl.username": user, "sasl.password": password}
        if tls:
            settings["ssl.ca.location"] = str(self.folder / "certificate.pem")
        return settings

    def kafka_python(self, mechanism, password=PASSWORD, tls=False, user=USER):
        settings = {"bootstrap_servers": [self.secure if tls else self.server.kafka],
                    "security_protocol": "SASL_SSL" if tls else "SASL_PLAINTEXT",
                    "sasl_mechanism": mechanism, "sasl_plain_username": user,
                    "sasl_plain_password": password}
        if tls:
            settings["ssl_cafile"] = str(self.folder / "certificate.pem")
        return settings


class Login(SecuredServer):
    def test_librdkafka_by_every_mechanism_on_both_ports(self):
        for mechanism in MECHANISMS:
            for tls in (False, True):
                with self.subTest(mechanism=mechanism, tls=tls):
                    topic = f"librdkafka-{mechanism}-{tls}"
                    producer = confluent_kafka.Producer(self.confluent(mechanism, tls=tls))
                    producer.produce(topic, b"hello")
                    self.assertEqual(producer.flush(10), 0)
                    consumer = confluent_kafka.Consumer({
                        **self.confluent(mechanism, tls=tls), "group.id": topic,
                        "auto.offset.reset": "earliest"})
                    consumer.subscribe([topic])
                    self.assertEqual(consumer.poll(10).value(), b"hello")
                    consumer.close()

    def test_kafka_python_by_every_mechanism_on_both_ports(self):
        for mechanism in MECHANISMS:
            for tls in (False, True):
                with self.subTest(mechanism=mechanism, tls=tls):
                    topic = f"kafka-python-{mechanism}-{tls}"
                    producer = KafkaProducer(**self.kafka_python(mechanism, tls=tls))
                    producer.send(topic, b"hello").get(10)
                    producer.close()
                    consumer = KafkaConsumer(topic, **self.kafka_python(mechanism, tls=tls),
                                             auto_offset_reset="earliest", consumer_timeout_ms=10000)
                    self.assertEqual(next(consumer).value, b"hello")
                    consumer.close()

    @unittest.skipUnless(shutil.which("kcat"), "kcat is not installed")
    def test_kcat_whose_nonce_is_doubled(self):
        for mechanism in MECHANISMS:
            settings = self.confluent(mechanism, tls=True)
            options = [f"-X{key}={value}" for key, value in settings.items()]
            done = subprocess.run(["kcat", "-L", *options], capture_output=True, text=True, timeout=20)
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_the_wrong_password_is_refused_as_such(self):
        for mechanism in MECHANISMS:
            faults = []
            client = admin.AdminClient({**self.confluent(mechanism, password="wrong"),
                                        "error_cb": faults.append, "log_level": 0})
            with self.assertRaises(confluent_kafka.KafkaException):
                client.list_topics(timeout=2)
            client.poll(0)
            self.assertIn(confluent_kafka.KafkaError._AUTHENTICATION, [fault.code() for fault in faults])
            with self.assertRaises(KafkaError):
                KafkaAdminClient(**self.kafka_python(mechanism, password="wrong"),
                                 api_version_auto_timeout_ms=2000)

    def test_who_does_not_log_in_gets_nothing(self):
        client = admin.AdminClient({"bootstrap.servers": self.server.kafka, "log_level": 0})
        with self.assertRaises(confluent_kafka.KafkaException):
            client.list_topics(timeout=2)

    def test_clients_are_sent_on_to_the_port_they_came_by(self):
        for tls in (False, True):
            brokers = admin.AdminClient(self.confluent("PLAIN", tls=tls)).list_topics(timeout=10).brokers
            self.assertEqual([f"{broker.host}:{broker.port}" for broker in brokers.values()],
                             [self.secure if tls else self.server.kafka])

    def test_users_are_set_over_the_protocol_too(self):
        client = admin.AdminClient(self.confluent("PLAIN"))
        info = admin.ScramCredentialInfo(admin.ScramMechanism.SCRAM_SHA_512, 8192)
        client.alter_user_scram_credentials(
            [admin.UserScramCredentialUpsertion("bob", info, b"bob-secret")])["bob"].result(10)
        described = client.describe_user_scram_credentials(["bob"])["bob"].result(10)
        self.assertEqual([each.iterations for each in described.scram_credential_infos], [8192])
        bob = admin.AdminClient(self.confluent("SCRAM-SHA-512", "bob-secret", user="bob"))
        bob.list_topics(timeout=10)
        client.alter_user_scram_credentials([admin.UserScramCredentialDeletion(
            "bob", admin.ScramMechanism.SCRAM_SHA_512)])["bob"].result(10)
        with self.assertRaises(confluent_kafka.KafkaException):
            admin.AdminClient({**self.confluent("SCRAM-SHA-512", "bob-secret", user="bob"),
                               "log_level": 0}).list_topics(timeout=2)

    def test_the_command_lists_and_deletes_users(self):
        def user(*words):
            done = subprocess.run([BINARY, "user", *words, "--data", self.server.data],
                                  capture_output=True, text=True, timeout=30)
            return done.returncode, done.stdout + done.stderr
        self.set_user("carol", "x")
        self.assertIn("carol", user("list")[1])
        self.assertEqual(user("delete", "carol")[0], 0)
        self.assertNotIn("carol", user("list")[1])
        self.assertEqual(user("delete", "carol")[0], 1)

    def test_no_tls_on_the_port_of_tls_is_refused(self):
        client = admin.AdminClient({**self.confluent("PLAIN"), "bootstrap.servers": self.secure,
                                    "log_level": 0})
        with self.assertRaises(confluent_kafka.KafkaException):
            client.list_topics(timeout=2)
        self.assertIn("no TLS: ", self.server.tail())


class AccessRules(SecuredServer):
    """Alice may do everything; what Bob may do the rules say."""

    SETTINGS = f"""
        authorization = "acls"
        super_users = "User:{USER}"
    """
    BOB = "bob-secret"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_user("bob", cls.BOB)
        cls.alice = admin.AdminClient({**cls.confluent(cls, "PLAIN"), "log_level": 0})

    def of_bob(self, **settings):
        return {**self.confluent("SCRAM-SHA-256", self.BOB, user="bob"), "log_level": 0, **settings}

    def make(self, *topics):
        for future in self.alice.create_topics([admin.NewTopic(each, 1) for each in topics]).values():
            future.result(10)

    def acl(self, *words):
        return subprocess.run([BINARY, "acl", *words, "--data", self.server.data], capture_output=True,
                              text=True, check=True, timeout=30).stdout

    def produce(self, topic, **settings):
        """The error with which Bob's record came back, or None."""
        errors = []
        producer = confluent_kafka.Producer(self.of_bob(**settings))
        producer.produce(topic, b"hello", on_delivery=lambda error, _: errors.append(error))
        self.assertEqual(producer.flush(10), 0)
        return errors[0] and errors[0].code()

    def consume(self, topic, group):
        """A record's value, or the code of the error that came in its place."""
        consumer = confluent_kafka.Consumer(self.of_bob(**{"group.id": group,
                                                           "auto.offset.reset": "earliest"}))
        consumer.subscribe([topic])
        try:
            message = consumer.poll(10)
            return message.error().code() if message.error() else message.value()
        finally:
            consumer.close()

    def test_producing_and_consuming_need_their_rules(self):
        self.make("orders")
        refused = confluent_kafka.KafkaError
        self.assertEqual(self.produce("orders"), refused.TOPIC_AUTHORIZATION_FAILED)
        self.acl("add", "bob", "write", "topic:orders")
        self.assertIsNone(self.produce("orders"))
        self.assertIsNone(self.produce("orders", **{"enable.idempotence": True}))
        self.assertEqual(self.consume("orders", "billing"), refused.GROUP_AUTHORIZATION_FAILED)
        self.acl("add", "bob", "read", "group:bill", "--prefix")
        self.assertEqual(self.consume("orders", "billing"), refused.TOPIC_AUTHORIZATION_FAILED)
        self.acl("add", "bob", "read", "topic:orders")
        self.assertEqual(self.consume("orders", "billing"), b"hello")
        self.acl("add", "bob", "write", "topic:orders", "--deny")
        self.assertEqual(self.produce("orders"), refused.TOPIC_AUTHORIZATION_FAILED)
        self.acl("remove", "bob", "write", "topic:orders", "--deny")
        self.assertIsNone(self.produce("orders"))

    def test_transactions_need_their_rule(self):
        self.make("paid")
        self.acl("add", "bob", "write", "topic:paid")
        producer = confluent_kafka.Producer(self.of_bob(**{"transactional.id": "till-1"}))
        with self.assertRaises(confluent_kafka.KafkaException) as refused:
            producer.init_transactions(10)
        self.assertEqual(refused.exception.args[0].code(),
                         confluent_kafka.KafkaError.TRANSACTIONAL_ID_AUTHORIZATION_FAILED)
        self.acl("add", "bob", "write", "transactional_id:till-", "--prefix")
        producer = confluent_kafka.Producer(self.of_bob(**{"transactional.id": "till-1"}))
        producer.init_transactions(10)
        producer.begin_transaction()
        producer.produce("paid", b"1")
        producer.commit_transaction(10)

    def test_admin_calls_need_their_rules_and_lists_show_what_may_be_seen(self):
        self.make("seen", "hidden")
        self.acl("add", "bob", "describe", "topic:seen")
        bob = admin.AdminClient(self.of_bob())
        topics = bob.list_topics(timeout=10).topics
        self.assertIn("seen", topics)
        self.assertNotIn("hidden", topics)
        for calls in (bob.create_topics([admin.NewTopic("mine", 1)]), bob.delete_topics(["seen"]),
                      bob.create_partitions([admin.NewPartitions("seen", 2)])):
            for future in calls.values():
                with self.assertRaises(confluent_kafka.KafkaException) as refused:
                    future.result(10)
                self.assertEqual(refused.exception.args[0].code(),
                                 confluent_kafka.KafkaError.TOPIC_AUTHORIZATION_FAILED)
        # librdkafka's describe_acls hides such an answer.
        every = ResourcePatternFilter(ResourceType.ANY, None, ACLResourcePatternType.ANY)
        with self.assertRaises(ClusterAuthorizationFailedError):
            KafkaAdminClient(**self.kafka_python("PLAIN", self.BOB, user="bob")).describe_acls(
                ACLFilter(None, None, ACLOperation.ANY, ACLPermissionType.ANY, every))
        self.acl("add", "bob", "create,delete", "topic:mine")
        bob.create_topics([admin.NewTopic("mine", 1)])["mine"].result(10)
        bob.delete_topics(["mine"])["mine"].result(10)

    def test_kafka_python_is_refused_and_let_in(self):
        self.make("python")
        with self.assertRaises(KafkaError):
            KafkaProducer(**self.kafka_python("PLAIN", self.BOB, user="bob")).send("python", b"x").get(10)
        self.acl("add", "bob", "write", "topic:python")
        producer = KafkaProducer(**self.kafka_python("PLAIN", self.BOB, user="bob"))
        producer.send("python", b"x").get(10)
        producer.close()

    def test_rules_over_the_protocol_and_by_the_command_are_the_same(self):
        binding = admin.AclBinding(admin.ResourceType.TOPIC, "both", admin.ResourcePatternType.LITERAL,
                                   "User:carol", "*", admin.AclOperation.READ, admin.AclPermissionType.ALLOW)
        self.alice.create_acls([binding])[binding].result(10)
        self.assertIn("carol", self.acl("list", "--resource", "topic:both"))
        self.acl("add", "carol", "alter_configs", "topic:both")
        wanted = admin.AclBindingFilter(admin.ResourceType.TOPIC, "both", admin.ResourcePatternType.MATCH,
                                        "User:carol", None, admin.AclOperation.ANY,
                                        admin.AclPermissionType.ANY)
        found = self.alice.describe_acls(wanted).result(10)
        self.assertEqual({each.operation for each in found},
                         {admin.AclOperation.READ, admin.AclOperation.ALTER_CONFIGS})
        removed = self.alice.delete_acls([wanted])[wanted].result(10)
        self.assertEqual(len(removed), 2)
        self.assertNotIn("carol", self.acl("list"))

    def test_rules_outlive_the_server(self):
        self.acl("add", "dave", "read", "topic:orders")
        self.server.kill()
        self.server.start()
        self.assertIn("User:dave", self.acl("list"))


if __name__ == "__main__":
    BINARY = sys.argv.pop(1)
    unittest.main()
