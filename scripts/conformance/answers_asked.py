"""What answers.py asks, in this order."""

TOPIC, BROKER, BROKER_LOGGER, CLIENT_METRICS, GROUP = 2, 4, 8, 16, 32
ALL = -2147483648


def topic(name, partitions=2, replicas=1, configs=(), assignments=()):
    return {"name": name, "num_partitions": partitions, "replication_factor": replicas,
            "assignments": [{"partition_index": i, "broker_ids": list(b)} for i, b in assignments],
            "configs": [{"name": k, "value": v} for k, v in configs]}


def create(*topics, validate_only=False):
    return "CreateTopics", {"topics": list(topics), "timeout_ms": 5000, "validate_only": validate_only}


def describe(kind, name, keys=None):
    return "DescribeConfigs", {"resources": [{"resource_type": kind, "resource_name": name, "configuration_keys": keys}],
                               "include_synonyms": True, "include_documentation": False}


def alter(kind, name, *configs, validate_only=False):
    return "IncrementalAlterConfigs", {
        "resources": [{"resource_type": kind, "resource_name": name,
                       "configs": [{"name": n, "config_operation": o, "value": v} for n, o, v in configs]}],
        "validate_only": validate_only}


def alter_all(kind, name, *configs, validate_only=False):
    return "AlterConfigs", {"resources": [{"resource_type": kind, "resource_name": name,
                                           "configs": [{"name": n, "value": v} for n, v in configs]}],
                            "validate_only": validate_only}


SET, DELETE, APPEND, SUBTRACT = 0, 1, 2, 3


def offsets(topic_name, *wanted, isolation=0):
    return "ListOffsets", {"replica_id": -1, "isolation_level": isolation, "timeout_ms": 1000, "topics": [
        {"name": topic_name, "partitions": [{"partition_index": p, "current_leader_epoch": e, "timestamp": t}
                                            for p, e, t in wanted]}]}


def scram(deletions=(), upsertions=()):
    return "AlterUserScramCredentials", {
        "deletions": [{"name": n, "mechanism": m} for n, m in deletions],
        "upsertions": [{"name": n, "mechanism": m, "iterations": i, "salt": b"salt" * 4, "salted_password": b"p" * (32 if m == 1 else 64)}
                       for n, m, i in upsertions]}


def acl(kind, name, pattern, principal, host, operation, permission):
    return {"resource_type": kind, "resource_name": name, "resource_pattern_type": pattern, "principal": principal,
            "host": host, "operation": operation, "permission_type": permission}


def acl_filter(kind=1, name=None, pattern=1, principal=None, host=None, operation=1, permission=1):
    return {"resource_type_filter": kind, "resource_name_filter": name, "pattern_type_filter": pattern,
            "principal_filter": principal, "host_filter": host, "operation": operation, "permission_type": permission}


def quota(entity, *ops, validate_only=False):
    return "AlterClientQuotas", {"entries": [{"entity": [{"entity_type": t, "entity_name": n} for t, n in entity],
                                              "ops": [{"key": k, "value": v, "remove": r} for k, v, r in ops]}],
                                 "validate_only": validate_only}


def quotas(*components, strict=False):
    return "DescribeClientQuotas", {"components": [{"entity_type": t, "match_type": m, "match": v} for t, m, v in components],
                                    "strict": strict}


def commit(group, topic_name, *committed, generation=-1, member=""):
    return "OffsetCommit", {"group_id": group, "generation_id_or_member_epoch": generation, "member_id": member,
                            "topics": [{"name": topic_name, "partitions": [
                                {"partition_index": p, "committed_offset": o, "committed_metadata": m}
                                for p, o, m in committed]}]}


def fetch_offsets(group, *topics):
    return "OffsetFetch", {"group_id": group,
                           "topics": [{"name": n, "partition_indexes": list(p)} for n, p in topics] or None,
                           "groups": [{"group_id": group, "topics": [{"name": n, "partition_indexes": list(p)} for n, p in topics] or None}],
                           "require_stable": False}


def settled(answer):
    """Kafka's coordinators take their time."""
    return not any(f"'error_code': {code}{end}" in str(answer) for code in (14, 15, 16) for end in ",}")


SEQUENCE = [
    ("ApiVersions", {"client_software_name": "answers", "client_software_version": "1"}, {"version": 3}),
    create(topic("a", 2)),
    create(topic("plain", 2), topic("plain", 2)),
    create(topic("bad name", 1)), create(topic("", 1)), create(topic(".", 1)), create(topic("..", 1)),
    create(topic("n" * 250, 1)),
    create(topic("zero", 0)), create(topic("minus", -2)), create(topic("three", 1, 3)), create(topic("none", 1, 0)),
    create(topic("value", 1, 1, [("retention.ms", "soon")])),
    create(topic("unknown", 1, 1, [("no.such", "1")])),
    create(topic("null", 1, 1, [("retention.ms", None)])),
    create(topic("only", 3, 1, [("retention.ms", "1000")]), validate_only=True),
    create(topic("both", 3, 1, assignments=[(0, [1])])),
    create(topic("assigned", -1, -1, assignments=[(0, [1]), (1, [1])]), validate_only=True),
    create(topic("gap", -1, -1, assignments=[(0, [1]), (2, [1])])),
    create(topic("twice", -1, -1, assignments=[(0, [1, 1])])),
    create(topic("elsewhere", -1, -1, assignments=[(0, [7])])),
    create(topic("nobody", -1, -1, assignments=[(0, [])])),
    create(topic("defaults", -1, -1), validate_only=True),
    create(topic("a.b", 1)), create(topic("a_b", 1)),
    ("Metadata", {"topics": [{"name": "a"}], "allow_auto_topic_creation": False,
                  "include_cluster_authorized_operations": True, "include_topic_authorized_operations": True}),
    ("Metadata", {"topics": []}),
    ("FindCoordinator", {"key": "w", "key_type": 0, "coordinator_keys": ["w"]}, {"until": settled}),
    ("FindCoordinator", {"key": "w", "key_type": 1, "coordinator_keys": ["w"]}, {"until": settled}),
    ("OffsetFetch", {"group_id": "g", "topics": None, "groups": [{"group_id": "g", "topics": None}], "require_stable": False}, {"version": 8, "until": settled}),
    ("InitProducerId", {"transactional_id": "w", "transaction_timeout_ms": 1000}, {"version": 4, "until": settled}),
    ("Metadata", {"topics": [{"name": "no"}, {"name": "bad name"}, {"name": ""}], "allow_auto_topic_creation": False}),
    ("DescribeTopicPartitions", {"topics": [{"name": "a"}, {"name": "no"}], "response_partition_limit": 1}),
    ("DescribeTopicPartitions", {"topics": [{"name": "a"}, {"name": "a.b"}], "cursor": {"topic_name": "a", "partition_index": 1}}),
    ("DescribeTopicPartitions", {"topics": [{"name": "a"}], "cursor": {"topic_name": "a", "partition_index": -1}}),
    ("DescribeCluster", {"include_cluster_authorized_operations": True}),
    ("DescribeCluster", {"include_cluster_authorized_operations": False, "endpoint_type": 2}),
    ("DescribeCluster", {"include_cluster_authorized_operations": False, "endpoint_type": 7}),
    describe(TOPIC, "a"), describe(TOPIC, "no"), describe(TOPIC, ""), describe(TOPIC, "bad name"),
    describe(TOPIC, "a", ["retention.ms", "no.such"]), describe(TOPIC, "a", []),
    describe(BROKER, "1"), describe(BROKER, ""), describe(BROKER, "7"), describe(BROKER, "one"),
    describe(BROKER_LOGGER, "1", ["kafka"]), describe(CLIENT_METRICS, "m"), describe(GROUP, "g"), describe(GROUP, ""),
    describe(3, "a"), describe(0, "a"), describe(99, "a"),
    alter(TOPIC, "a", ("retention.ms", SET, "86400000")), alter(TOPIC, "a", ("retention.ms", SET, None)),
    alter(TOPIC, "a", ("retention.ms", SET, "soon")), alter(TOPIC, "a", ("retention.ms", APPEND, "1")),
    alter(TOPIC, "a", ("cleanup.policy", APPEND, "compact")), alter(TOPIC, "a", ("cleanup.policy", SUBTRACT, "delete")),
    alter(TOPIC, "a", ("cleanup.policy", SUBTRACT, "compact")), alter(TOPIC, "a", ("cleanup.policy", SET, "")),
    alter(TOPIC, "a", ("cleanup.policy", DELETE, None)), alter(TOPIC, "a", ("no.such", SET, "1")),
    alter(TOPIC, "a", ("no.such", DELETE, None)), alter(TOPIC, "no", ("retention.ms", SET, "1")),
    alter(TOPIC, "a", ("retention.ms", 9, "1")), alter(TOPIC, "", ("retention.ms", SET, "1")),
    alter(TOPIC, "a", ("retention.ms", SET, "1"), ("retention.ms", SET, "2")), alter(TOPIC, "a"),
    alter(TOPIC, "a", ("segment.ms", SET, "7"), validate_only=True), describe(TOPIC, "a"),
    alter(BROKER, "1", ("log.retention.ms", SET, "700000000")), alter(BROKER, "1", ("message.max.bytes", SET, "2000000")),
    alter(BROKER, "", ("message.max.bytes", SET, "3000000")), describe(TOPIC, "a"), describe(BROKER, "1"),
    describe(BROKER, ""),
    alter(BROKER, "1", ("message.max.bytes", DELETE, None)), describe(TOPIC, "a", ["max.message.bytes"]),
    alter(BROKER, "", ("message.max.bytes", DELETE, None), ("log.retention.ms", DELETE, None)),
    alter(BROKER, "1", ("log.retention.ms", DELETE, None)),
    alter(BROKER, "1", ("message.max.bytes", SET, "soon")), alter(BROKER, "1", ("log.cleanup.policy", SET, "no")),
    alter(BROKER, "", ("log.cleanup.policy", APPEND, "compact")), describe(TOPIC, "a", ["cleanup.policy"]),
    alter(BROKER, "", ("log.cleanup.policy", DELETE, None)),
    alter(BROKER, "1", ("broker.id", SET, "3")), alter(BROKER, "1", ("log.dirs", SET, "/tmp/x")),
    alter(BROKER, "1", ("num.partitions", SET, "3")), alter(BROKER, "1", ("no.such", SET, "3")),
    alter(BROKER, "", ("num.partitions", SET, "3")), alter(BROKER, "", ("no.such", SET, "3")),
    alter(BROKER, "1", ("no.such", DELETE, None)), alter(BROKER, "1", ("num.partitions", DELETE, None)),
    alter(BROKER, "1", ("log.cleaner.backoff.ms", SET, "15001")), describe(BROKER, "1", ["log.cleaner.backoff.ms"]),
    alter(BROKER, "1", ("log.cleaner.backoff.ms", DELETE, None)),
    alter(BROKER, "1", ("num.io.threads", SET, "9")), alter(BROKER, "1", ("num.io.threads", DELETE, None)),
    alter(BROKER, "1", ("max.connections", SET, "1000")), alter(BROKER, "1", ("max.connections", DELETE, None)),
    alter(BROKER, "7", ("log.retention.ms", SET, "700000000")), alter(BROKER, "one", ("log.retention.ms", SET, "7")),
    alter(BROKER, "1", ("message.max.bytes", SET, "2000000"), validate_only=True),
    describe(BROKER, "1", ["message.max.bytes"]),
    alter_all(BROKER, "1", ("message.max.bytes", "2000000")), describe(BROKER, "1", ["message.max.bytes"]),
    alter_all(BROKER, "1"), describe(BROKER, "1", ["message.max.bytes"]),
    alter(BROKER_LOGGER, "1", ("kafka.server", SET, "INFO")), alter(CLIENT_METRICS, "m", ("interval.ms", SET, "1000")),
    alter(CLIENT_METRICS, "m", ("interval.ms", DELETE, None)),
    alter(GROUP, "g", ("consumer.session.timeout.ms", SET, "50000")), describe(GROUP, "g"),
    alter(GROUP, "g", ("consumer.session.timeout.ms", DELETE, None)),
    alter(GROUP, "g", ("no.such", SET, "1")), alter(3, "g", ("no.such", SET, "1")),
    alter_all(TOPIC, "a", ("retention.ms", "100")), alter_all(TOPIC, "a", ("retention.ms", None)),
    alter_all(TOPIC, "a", ("no.such", "1")), alter_all(TOPIC, "no", ("retention.ms", "1")), alter_all(TOPIC, "a"),
    describe(TOPIC, "a", ["retention.ms"]),
    ("ListConfigResources", {"resource_types": []}), ("ListConfigResources", {"resource_types": [TOPIC]}),
    ("ListConfigResources", {"resource_types": [99]}), ("ListConfigResources", {"resource_types": [BROKER, GROUP]}),
    ("CreatePartitions", {"topics": [{"name": "a.b", "count": 2, "assignments": None}], "timeout_ms": 1000, "validate_only": True}),
    ("CreatePartitions", {"topics": [{"name": "a.b", "count": 1, "assignments": None}], "timeout_ms": 1000}),
    ("CreatePartitions", {"topics": [{"name": "a.b", "count": 0, "assignments": None}], "timeout_ms": 1000}),
    ("CreatePartitions", {"topics": [{"name": "a.b", "count": 3, "assignments": [{"broker_ids": [1]}]}], "timeout_ms": 1000}),
    ("CreatePartitions", {"topics": [{"name": "a.b", "count": 2, "assignments": [{"broker_ids": [0]}]}], "timeout_ms": 1000}),
    ("CreatePartitions", {"topics": [{"name": "a.b", "count": 2, "assignments": [{"broker_ids": []}]}], "timeout_ms": 1000}),
    ("CreatePartitions", {"topics": [{"name": "a.b", "count": 2, "assignments": [{"broker_ids": [1, 1]}]}], "timeout_ms": 1000}),
    ("CreatePartitions", {"topics": [{"name": "no", "count": 2, "assignments": None}], "timeout_ms": 1000}),
    ("CreatePartitions", {"topics": [{"name": "a.b", "count": 2, "assignments": None}, {"name": "a.b", "count": 3, "assignments": None}], "timeout_ms": 1000}),
    offsets("a", (0, -1, -1), (0, -1, -2), (1, -1, -3)), offsets("a", (0, -1, -1), isolation=1),
    offsets("a", (0, -1, 0)), offsets("a", (0, 7, -1)), offsets("a", (0, 0, -1)), offsets("a", (9, -1, -1)), offsets("no", (0, -1, -1)),
    offsets("a", (0, -1, -4)), offsets("a", (0, -1, -5)), offsets("a", (0, -1, -6)), offsets("a", (0, -1, -7)), offsets("a", (0, -1, -1), isolation=5),
    ("OffsetForLeaderEpoch", {"topics": [{"topic": "a", "partitions": [{"partition": 0, "leader_epoch": 0}, {"partition": 0, "leader_epoch": 5}, {"partition": 9, "leader_epoch": 0}]}, {"topic": "no", "partitions": [{"partition": 0, "leader_epoch": 0}]}]}),
    ("OffsetForLeaderEpoch", {"topics": [{"topic": "a", "partitions": [{"partition": 0, "current_leader_epoch": 7, "leader_epoch": 0}]}]}),
    ("DeleteRecords", {"topics": [{"name": "a", "partitions": [{"partition_index": 0, "offset": -1}, {"partition_index": 1, "offset": 9}, {"partition_index": 9, "offset": 0}]}, {"name": "no", "partitions": [{"partition_index": 0, "offset": 0}]}], "timeout_ms": 1000}),
    ("DeleteRecords", {"topics": [{"name": "a", "partitions": [{"partition_index": 0, "offset": -2}]}], "timeout_ms": 1000}),
    ("FindCoordinator", {"key": "g", "key_type": 0, "coordinator_keys": ["g"]}, {"until": settled}),
    ("FindCoordinator", {"key": "t", "key_type": 1, "coordinator_keys": ["t", "u"]}, {"until": settled}),
    ("FindCoordinator", {"key": "t", "key_type": 2, "coordinator_keys": ["t"]}),
    ("FindCoordinator", {"key": "t", "key_type": 7, "coordinator_keys": ["t"]}),
    ("FindCoordinator", {"key": "", "key_type": 0, "coordinator_keys": [""]}, {"until": settled}),
    ("FindCoordinator", {"key": "", "key_type": 1, "coordinator_keys": [""]}, {"until": settled}),
    commit("g", "a", (0, 5, "meta"), (1, 6, None)), commit("g", "a", (9, 5, "")), commit("g", "no", (0, 5, "")),
    commit("g", "a", (0, 5, "m" * 5000)), commit("", "a", (0, 5, "")), commit("g", "a", (0, 5, ""), generation=3, member="m"),
    commit("other", "a", (0, 5, ""), generation=3, member="m"),
    commit("g", "a", (0, -5, "")), commit("g", "a", (0, 5, "meta")),
    fetch_offsets("g", ("a", (0, 1, 9))), fetch_offsets("g", ("no", (0,))), fetch_offsets("g"), fetch_offsets("never", ("a", (0,))), fetch_offsets("never"), fetch_offsets(""),
    ("ListGroups", {"states_filter": [], "types_filter": []}), ("ListGroups", {"states_filter": ["Empty"], "types_filter": []}),
    ("ListGroups", {"states_filter": ["empty"]}), ("ListGroups", {"states_filter": ["Stable"]}), ("ListGroups", {"states_filter": ["NoSuch"]}),
    ("ListGroups", {"types_filter": ["classic"]}), ("ListGroups", {"types_filter": ["Consumer"]}), ("ListGroups", {"types_filter": ["NoSuch"]}),
    ("DescribeGroups", {"groups": ["g", "never", ""], "include_authorized_operations": True}),
    ("DescribeGroups", {"groups": ["g"], "include_authorized_operations": False}),
    ("OffsetDelete", {"group_id": "g", "topics": [{"name": "a", "partitions": [{"partition_index": 1}, {"partition_index": 9}]}, {"name": "no", "partitions": [{"partition_index": 0}]}]}),
    ("OffsetDelete", {"group_id": "never", "topics": [{"name": "a", "partitions": [{"partition_index": 1}]}]}),
    ("OffsetDelete", {"group_id": "", "topics": [{"name": "a", "partitions": [{"partition_index": 1}]}]}),
    ("DeleteGroups", {"groups_names": ["never", ""]}), ("DeleteGroups", {"groups_names": ["other"]}), ("DeleteGroups", {"groups_names": []}),
    ("Heartbeat", {"group_id": "never", "generation_id": 1, "member_id": "m"}), ("Heartbeat", {"group_id": "g", "generation_id": 1, "member_id": "m"}),
    ("Heartbeat", {"group_id": "", "generation_id": 1, "member_id": "m"}),
    ("LeaveGroup", {"group_id": "never", "member_id": "m", "members": [{"member_id": "m"}]}), ("LeaveGroup", {"group_id": "g", "member_id": "m", "members": [{"member_id": "m"}, {"member_id": "", "group_instance_id": "i"}]}),
    ("SyncGroup", {"group_id": "never", "generation_id": 1, "member_id": "m", "assignments": []}), ("SyncGroup", {"group_id": "g", "generation_id": 1, "member_id": "m", "assignments": []}),
    ("JoinGroup", {"group_id": "", "session_timeout_ms": 10000, "rebalance_timeout_ms": 10000, "member_id": "", "protocol_type": "consumer", "protocols": [{"name": "range", "metadata": b""}]}),
    ("JoinGroup", {"group_id": "j", "session_timeout_ms": 1, "rebalance_timeout_ms": 10000, "member_id": "", "protocol_type": "consumer", "protocols": [{"name": "range", "metadata": b""}]}),
    ("JoinGroup", {"group_id": "j", "session_timeout_ms": 10000, "rebalance_timeout_ms": 10000, "member_id": "", "protocol_type": "consumer", "protocols": []}),
    ("JoinGroup", {"group_id": "j", "session_timeout_ms": 10000, "rebalance_timeout_ms": 10000, "member_id": "", "protocol_type": "", "protocols": [{"name": "range", "metadata": b""}]}),
    ("JoinGroup", {"group_id": "j", "session_timeout_ms": 10000, "rebalance_timeout_ms": 10000, "member_id": "unknown", "protocol_type": "consumer", "protocols": [{"name": "range", "metadata": b""}]}),
    ("JoinGroup", {"group_id": "static", "session_timeout_ms": 10000, "rebalance_timeout_ms": 1000, "member_id": "", "group_instance_id": "one", "protocol_type": "consumer", "protocols": [{"name": "range", "metadata": b"x"}]}, {"version": 9}),
    ("DescribeGroups", {"groups": ["static"], "include_authorized_operations": True}),
    ("SyncGroup", {"group_id": "static", "generation_id": 1, "member_id": "wrong", "group_instance_id": "one", "assignments": []}),
    ("DeleteGroups", {"groups_names": ["static"]}),
    ("LeaveGroup", {"group_id": "static", "members": [{"member_id": "", "group_instance_id": "one"}]}, {"version": 5}),
    ("DescribeUserScramCredentials", {"users": None}), ("DescribeUserScramCredentials", {"users": []}),
    scram(upsertions=[("alice", 1, 4096), ("bob", 2, 8192)]), scram(upsertions=[("few", 1, 4095)]), scram(upsertions=[("many", 1, 16385)]),
    scram(upsertions=[("odd", 3, 4096)]), scram(upsertions=[("", 1, 4096)]), scram(deletions=[("nobody", 1)]), scram(deletions=[("alice", 2)]),
    scram(deletions=[("alice", 7)]), scram(deletions=[("alice", 1)], upsertions=[("alice", 1, 5000)]), scram(upsertions=[("carol", 1, 4096), ("carol", 1, 4096)]),
    scram(deletions=[("bob", 2)], upsertions=[("bob", 1, 5000)]), scram(),
    ("DescribeUserScramCredentials", {"users": [{"name": "alice"}, {"name": "bob"}, {"name": "nobody"}]}, {"what": "some"}),
    ("DescribeUserScramCredentials", {"users": [{"name": "alice"}, {"name": "alice"}]}), ("DescribeUserScramCredentials", {"users": [{"name": ""}]}),
    scram(deletions=[("alice", 1), ("bob", 1), ("bob", 2)]),
    ("DescribeAcls", acl_filter()), ("CreateAcls", {"creations": [acl(2, "a", 3, "User:x", "*", 3, 3), acl(3, "g", 4, "User:x", "*", 3, 2)]}),
    ("CreateAcls", {"creations": [acl(2, "a", 3, "x", "*", 3, 3), acl(2, "", 3, "User:x", "*", 3, 3), acl(2, "a", 1, "User:x", "*", 3, 3), acl(2, "a", 3, "User:x", "*", 1, 3), acl(2, "a", 3, "User:x", "*", 3, 1), acl(1, "a", 3, "User:x", "*", 3, 3), acl(4, "a", 3, "User:x", "*", 3, 3), acl(2, "a", 3, "User:x", "", 3, 3), acl(2, "bad name", 3, "User:x", "*", 3, 3), acl(9, "a", 3, "User:x", "*", 3, 3), acl(2, "a", 3, "User:x", "*", 12, 3)]}),
    ("DescribeAcls", acl_filter()), ("DescribeAcls", acl_filter(2, "a", 2)), ("DescribeAcls", acl_filter(3, "group", 2)), ("DescribeAcls", acl_filter(3, "g", 3)), ("DescribeAcls", acl_filter(0)), ("DescribeAcls", acl_filter(operation=0)), ("DescribeAcls", acl_filter(pattern=0)), ("DescribeAcls", acl_filter(permission=0)), ("DescribeAcls", acl_filter(principal="User:y")),
    ("DeleteAcls", {"filters": [acl_filter(2, "no"), acl_filter(0)]}), 
    ("DeleteAcls", {"filters": [acl_filter(2, "a"), acl_filter(3)]}, {"version": 3}), ("DescribeAcls", acl_filter()),
    quota([("user", "u")], ("producer_byte_rate", 1000.0, False), ("consumer_byte_rate", 2000.0, False)), quota([("user", None)], ("request_percentage", 50.0, False)),
    quota([("user", "u"), ("client-id", "c")], ("producer_byte_rate", 1000.0, False), ("consumer_byte_rate", 2000.0, False), ("request_percentage", 0.5, False)),
    quota([("user", "u")], ("no_such", 1.0, False)), quota([("user", "u")], ("producer_byte_rate", -1.0, False)), quota([("user", "u")], ("producer_byte_rate", 1.5, False)), quota([("user", "")], ("producer_byte_rate", 1.0, False)), quota([], ("producer_byte_rate", 1.0, False)), quota([("group", "u")], ("producer_byte_rate", 1.0, False)),
    quota([("user", "u"), ("user", "v")], ("producer_byte_rate", 1.0, False)), quota([("ip", "127.0.0.9")], ("connection_creation_rate", 10.0, False)), quota([("ip", "127.0.0.9")], ("connection_creation_rate", 10.0, True)), quota([("ip", "127.0.0.9")], ("producer_byte_rate", 10.0, False)), quota([("user", "u")], ("controller_mutation_rate", 10.0, False)), quota([("user", "u")], ("controller_mutation_rate", 10.0, True)), quota([("user", "u")], ("connection_creation_rate", 10.0, False)),
    quota([("user", "v")], ("producer_byte_rate", 9.0, False), validate_only=True),
    quotas(), quotas(("user", 0, "u")), quotas(("user", 0, "u"), strict=True), quotas(("user", 1, None)), quotas(("user", 2, None)), quotas(("client-id", 2, None)), quotas(("user", 0, None)), quotas(("user", 3, "u")), quotas(("no", 2, None)), quotas(("user", 2, None), ("user", 2, None)), quotas(("ip", 2, None)), quotas(("", 2, None)), quotas(strict=True),
    quota([("user", "u")], ("producer_byte_rate", 0.0, True), ("consumer_byte_rate", 0.0, True)), quota([("user", None)], ("request_percentage", 50.0, True)), quota([("user", "u"), ("client-id", "c")], ("producer_byte_rate", 0.0, True), ("consumer_byte_rate", 0.0, True), ("request_percentage", 0.0, True)), quotas(),
    ("ElectLeaders", {"election_type": 0, "topic_partitions": [{"topic": "a", "partitions": [0, 9]}, {"topic": "no", "partitions": [0]}], "timeout_ms": 1000}), ("ElectLeaders", {"election_type": 1, "topic_partitions": [{"topic": "a", "partitions": [0]}], "timeout_ms": 1000}), ("ElectLeaders", {"election_type": 0, "topic_partitions": None, "timeout_ms": 1000}), ("ElectLeaders", {"election_type": 1, "topic_partitions": None, "timeout_ms": 1000}), ("ElectLeaders", {"election_type": 5, "topic_partitions": [{"topic": "a", "partitions": [0]}], "timeout_ms": 1000}), ("ElectLeaders", {"election_type": 0, "topic_partitions": [], "timeout_ms": 1000}),
    ("ListPartitionReassignments", {"topics": None, "timeout_ms": 1000}), ("ListPartitionReassignments", {"topics": [{"name": "a", "partition_indexes": [0, 9]}, {"name": "no", "partition_indexes": [0]}], "timeout_ms": 1000}),
    ("AlterPartitionReassignments", {"topics": [{"name": "a", "partitions": [{"partition_index": 0, "replicas": [1]}, {"partition_index": 9, "replicas": [1]}]}, {"name": "no", "partitions": [{"partition_index": 0, "replicas": [1]}]}], "timeout_ms": 1000}), ("AlterPartitionReassignments", {"topics": [{"name": "a", "partitions": [{"partition_index": 0, "replicas": [7]}, {"partition_index": 1, "replicas": None}]}], "timeout_ms": 1000}), ("AlterPartitionReassignments", {"topics": [{"name": "a", "partitions": [{"partition_index": 0, "replicas": []}, {"partition_index": 1, "replicas": [1, 1]}]}], "timeout_ms": 1000}),
    ("DescribeLogDirs", {"topics": [{"topic": "a", "partitions": [0, 9]}, {"topic": "no", "partitions": [0]}]}), ("DescribeLogDirs", {"topics": []}),
    ("AlterReplicaLogDirs", {"dirs": [{"path": "/no/such", "topics": [{"name": "a", "partitions": [0]}]}]}),
    ("DescribeProducers", {"topics": [{"name": "a", "partition_indexes": [0, 9]}, {"name": "no", "partition_indexes": [0]}]}),
    ("InitProducerId", {"transactional_id": None, "transaction_timeout_ms": 1000}), ("InitProducerId", {"transactional_id": "", "transaction_timeout_ms": 1000}), ("InitProducerId", {"transactional_id": "t", "transaction_timeout_ms": 0}, {"until": settled}), ("InitProducerId", {"transactional_id": "t", "transaction_timeout_ms": 900001}), ("InitProducerId", {"transactional_id": "t", "transaction_timeout_ms": 60000}, {"version": 4, "until": settled}), ("InitProducerId", {"transactional_id": "t", "transaction_timeout_ms": 60000, "producer_id": 99999, "producer_epoch": 0}, {"version": 4}), ("InitProducerId", {"transactional_id": None, "transaction_timeout_ms": 60000, "producer_id": 5, "producer_epoch": 3}),
    ("AddOffsetsToTxn", {"transactional_id": "t", "producer_id": 99999, "producer_epoch": 0, "group_id": "g"}), ("AddOffsetsToTxn", {"transactional_id": "none", "producer_id": 99999, "producer_epoch": 0, "group_id": "g"}),
    ("EndTxn", {"transactional_id": "t", "producer_id": 99999, "producer_epoch": 0, "committed": True}), ("EndTxn", {"transactional_id": "none", "producer_id": 99999, "producer_epoch": 0, "committed": True}), ("EndTxn", {"transactional_id": "", "producer_id": 9, "producer_epoch": 0, "committed": True}),
    ("TxnOffsetCommit", {"transactional_id": "t", "group_id": "g", "producer_id": 99999, "producer_epoch": 0, "member_id": "", "topics": [{"name": "a", "partitions": [{"partition_index": 0, "committed_offset": 1, "committed_metadata": None}]}]}),
    ("AddPartitionsToTxn", {"v3_and_below_transactional_id": "t", "v3_and_below_producer_id": 99999, "v3_and_below_producer_epoch": 0, "v3_and_below_topics": [{"name": "a", "partitions": [0, 9]}]}, {"version": 3}), ("AddPartitionsToTxn", {"v3_and_below_transactional_id": "t", "v3_and_below_producer_id": 99999, "v3_and_below_producer_epoch": 0, "v3_and_below_topics": [{"name": "a", "partitions": [0]}]}, {"version": 3}),
    ("ListTransactions", {"state_filters": [], "producer_id_filters": []}), ("ListTransactions", {"state_filters": ["Empty", "NoSuch"], "producer_id_filters": []}), ("ListTransactions", {"state_filters": [], "producer_id_filters": [99999]}), ("ListTransactions", {"state_filters": [], "producer_id_filters": [], "transactional_id_pattern": "t.*"}), ("ListTransactions", {"state_filters": [], "producer_id_filters": [], "transactional_id_pattern": "("}), ("ListTransactions", {"state_filters": [], "producer_id_filters": [], "duration_filter": 100000}),
    ("DescribeTransactions", {"transactional_ids": ["t", "none", ""]}),
    ("Fetch", {"max_wait_ms": 10, "min_bytes": 1, "max_bytes": 1000, "topics": [{"topic": "a", "partitions": [{"partition": 0, "fetch_offset": 0, "partition_max_bytes": 1000}, {"partition": 1, "fetch_offset": 9, "partition_max_bytes": 1000}, {"partition": 9, "fetch_offset": 0, "partition_max_bytes": 1000}]}], "forgotten_topics_data": [], "rack_id": ""}, {"version": 12}), ("Fetch", {"max_wait_ms": 10, "min_bytes": 1, "max_bytes": 1000, "topics": [{"topic": "a", "partitions": [{"partition": 0, "current_leader_epoch": 7, "fetch_offset": 0, "partition_max_bytes": 1000}]}], "forgotten_topics_data": [], "rack_id": ""}, {"version": 11}), ("Fetch", {"max_wait_ms": 10, "min_bytes": 1, "max_bytes": 1000, "session_id": 77, "session_epoch": 3, "topics": [], "forgotten_topics_data": [], "rack_id": ""}, {"version": 11}), ("Fetch", {"max_wait_ms": 10, "min_bytes": 1, "max_bytes": 1000, "session_id": -1, "session_epoch": -1, "topics": [{"topic": "a", "partitions": [{"partition": 0, "fetch_offset": 0, "partition_max_bytes": 1000}]}], "forgotten_topics_data": [], "rack_id": ""}, {"version": 11}),
    ("Fetch", {"max_wait_ms": 10, "min_bytes": 1, "max_bytes": 1000, "session_id": 77, "session_epoch": -1, "topics": [{"topic": "a", "partitions": [{"partition": 0, "fetch_offset": 0, "partition_max_bytes": 1000}]}], "forgotten_topics_data": [], "rack_id": ""}, {"version": 11}), ("Fetch", {"max_wait_ms": 10, "min_bytes": 1, "max_bytes": 1000, "topics": [{"topic": "a", "partitions": [{"partition": 0, "fetch_offset": -1, "partition_max_bytes": 1000}]}], "forgotten_topics_data": [], "rack_id": ""}, {"version": 11}),
    ("Produce", {"transactional_id": None, "acks": 1, "timeout_ms": 100, "topic_data": [{"name": "a", "partition_data": [{"index": 0, "records": b"\0" * 61}]}]}, {"version": 9}), ("Produce", {"transactional_id": None, "acks": 1, "timeout_ms": 100, "topic_data": [{"name": "a", "partition_data": [{"index": 0, "records": b""}]}]}, {"version": 9}), ("Produce", {"transactional_id": None, "acks": 1, "timeout_ms": 100, "topic_data": [{"name": "a", "partition_data": [{"index": 0, "records": None}]}]}, {"version": 9}), ("Produce", {"transactional_id": None, "acks": 5, "timeout_ms": 100, "topic_data": [{"name": "a", "partition_data": [{"index": 0, "records": b""}]}]}, {"version": 9}),
    ("UpdateFeatures", {"timeout_ms": 1000, "feature_updates": [{"feature": "no.such", "max_version_level": 1, "upgrade_type": 1}], "validate_only": True}), ("UpdateFeatures", {"timeout_ms": 1000, "feature_updates": [], "validate_only": True}), ("UpdateFeatures", {"timeout_ms": 1000, "feature_updates": [{"feature": "transaction.version", "max_version_level": 2, "upgrade_type": 1}], "validate_only": True}), ("UpdateFeatures", {"timeout_ms": 1000, "feature_updates": [{"feature": "transaction.version", "max_version_level": 9, "upgrade_type": 1}], "validate_only": True}),
    ("DeleteTopics", {"topics": [{"name": "no"}, {"name": None, "topic_id": "00000000-0000-0000-0000-0000000000aa"}], "topic_names": ["no"], "timeout_ms": 1000}, {"version": 5}), ("DeleteTopics", {"topic_names": ["a", "a"], "timeout_ms": 1000}, {"version": 5}), ("DeleteTopics", {"topics": [{"name": "no"}], "timeout_ms": 1000}, {"version": 6}),
    ("DescribeQuorum", {"topics": [{"topic_name": "__cluster_metadata", "partitions": [{"partition_index": 0}]}]}), ("DescribeQuorum", {"topics": [{"topic_name": "a", "partitions": [{"partition_index": 0}]}]}),
]

# (API, what is in the line, why it stands): what differs, and may.
EXPECTED = [
    ("ApiVersions", "", "share groups and what only brokers ask each other are not offered"),
    ("FindCoordinator", "error_message", "Kafka says \"\" where there is nothing to say"),
    ("DescribeConfigs", "error_message", "the same"), ("DescribeClientQuotas", "error_message", "the same"),
    ("DescribeUserScramCredentials", "error_message", "the same"), ("DescribeAcls", "error_message", "the same"),
    ("CreateAcls", "error_message", "the same"), ("DescribeQuorum", "error_message", "the same"),
    ("UpdateFeatures", "error_message", "the same"), ("IncrementalAlterConfigs", "error_message", "the same"),
    ("AlterClientQuotas", "error_message", "the same"),
    ("CreateTopics", "segment.bytes", "ours are 256 MiB"), ("CreateTopics", "index.interval.bytes", "ours is 64 KiB"),
    ("DescribeConfigs", "segment.bytes", "ours are 256 MiB"),
    ("DescribeConfigs", "index.interval.bytes", "ours is 64 KiB"),
    ("DescribeConfigs", "log.cleaner.backoff.ms", "ours is 10 s"),
    ("DescribeConfigs", "fetch.max.bytes", "ours is 16 MiB"), ("DescribeConfigs", "group.max.size", "ours is 10,000"),
    ("DescribeConfigs", "None | {", "settings of Kafka's own machinery"),
    ("DescribeConfigs", "] | 0 []", "Kafka says nothing of a default that it takes from another setting"),
    ("DescribeConfigs", "| None", "the same"), ("DescribeConfigs", "log.retention.hours", "the same"),
    ("DescribeConfigs", "retention.ms].synonyms[1]", "the same"),
    ("DescribeConfigs", "retention.ms].synonyms[0]", "the same"),
    ("DescribeConfigs", "retention.ms].synonyms: 2", "the same"),
    ("DescribeConfigs", "listeners]", "addresses, and no controller's"), ("DescribeConfigs", "log.dirs]", "a path"),
    ("DescribeConfigs", "config_source: 4 | 5", "millrace.toml, whether it stands there or not"),
    ("DescribeConfigs", ".source: 4 | 5", "the same"), ("DescribeConfigs", "broker.id]", "it is no setting"),
    ("DescribeConfigs", "node.id]", "the same"), ("DescribeConfigs", "num.partitions].synonyms", "one source is enough"),
    ("DescribeConfigs", "error_code: 42 | 0", "settings of loggers and clients' metrics are not offered"),
    ("DescribeConfigs", ".configs: 0 []", "the same"),
    ("Metadata", "topics[2]", "a topic is there as soon as it is asked for; Kafka says that it comes"),
    ("Metadata", ".topics: ", "__consumer_offsets is made when somebody commits"),
    ("ListConfigResources", "", "the same, and no loggers"),
    ("IncrementalAlterConfigs", "error_code: 42 | -1", "an operation that there is not"),
    ("IncrementalAlterConfigs", "error_code: 42 | 0", "settings that are not known, or without effect, are refused"),
    ("IncrementalAlterConfigs", "error_code: 42 | 40", "loggers have no settings"),
    ("ListOffsets", ".partitions: 3", "a partition that is named twice is answered twice"),
    ("ListOffsets", "| -1", "an isolation level that there is not is taken for the lower one"),
    ("OffsetForLeaderEpoch", "partitions[1]", "a later epoch ends where the log does"),
    ("OffsetCommit", "error_code: 22 | ", "who is no member joins again, whichever code says so"),
    ("OffsetFetch", "| 'no answer", "Kafka ends the connection"), ("DescribeAcls", "| 'no answer", "the same"),
    ("DeleteAcls", "| 'no answer", "the same"), ("Produce", "| 'no answer", "Kafka never answers"),
    ("OffsetFetch", "partitions: ", "the order of topics by their ids"),
    ("CreateAcls", "| -1", "Kafka refuses all for one that it cannot read"),
    ("DescribeAcls", "resources", "the same"), ("DeleteAcls", "matching_acls", "the same"),
    ("AlterClientQuotas", "entity: 2", "who is named twice is refused"),
    ("AlterClientQuotas", "error_code: 42 | 0", "the same; quotas by address and of topics' changes are not offered"),
    ("DescribeClientQuotas", ".entries: ", "what was refused is not there"),
    ("ElectLeaders", ".replica_election_results", "asked for all, Kafka names topics of which it says nothing"),
    ("ListTransactions", ".transaction_states", "Kafka takes those without a transaction for very old ones"),
    ("Fetch", "aborted_transactions", "Kafka says [] of a partition that there is not"),
    ("Produce", "", "what comes first is refused first: acks, then records"),
    ("DescribeQuorum", "", "there is no log of the cluster"),
]
