#!/usr/bin/env python3
"""Asks Millrace and Apache Kafka the same requests, each in every version that both have, and shows where the
answers differ, field by field.

    scripts/conformance/answers.py [--all] [API ...]

What is asked, and what may differ and why, stands in answers_asked.py. What must differ is left out: addresses, ids
that are drawn, times, and how a fault is worded (--all shows that too). Exits with 1 where anything else differs.
"""

import io
import socket
import struct
import sys
import time

from kafka.protocol import admin, consumer, metadata, producer
from kafka.protocol.metadata import api_versions

from answers_asked import EXPECTED, SEQUENCE
from apache_kafka import ApacheKafka
from server import Server

SETTINGS = """
[kafka]
port = 0
default_partitions = 2
authorization = "acls"
super_users = "User:ANONYMOUS"
"""
AT_APACHE = """
num.partitions=2
super.users=User:ANONYMOUS
"""
DRAWN = {"cluster_id", "host", "port", "topic_id", "total_bytes", "usable_bytes", "log_dir", "client_host",
         "throttle_time_ms", "member_id", "log_append_time_ms", "size", "producer_id", "last_timestamp",
         "leader", "documentation", "last_fetch_timestamp", "last_caught_up_timestamp", "session_id",
         "transaction_start_time_ms", "replica_directory_id", "finalized_features_epoch"}
WORDED = {"error_message"}
ORDERED_BY = ("name", "topic", "partition_index", "partition", "group_id", "user", "api_key", "resource_name")
WAIT_S = 20


def request_class(name):
    for module in (admin, consumer, producer, metadata, api_versions):
        if hasattr(module, name + "Request"):
            return getattr(module, name + "Request")
    raise SystemExit(f"kafka-python has no {name}")


def built(field, value, version):
    """A dict as the data class of the field, lists of them too."""
    if isinstance(value, dict):
        parts = {one.name: one for one in field._fields}
        return field.data_class(version=version, **{key: built(parts[key], each, version)
                                                    for key, each in value.items()
                                                    if parts[key].for_version_q(version)})
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [built(field.array_of if hasattr(field, "array_of") else field, each, version) for each in value]
    return value


class Connection:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=WAIT_S)
        self.number = 0

    def ask(self, kind, version, fields):
        """The answer as a dict; a text where the connection ends instead."""
        known = {one.name: one for one in kind._struct._fields}
        request = kind(version=version, **{name: built(known[name], value, version)
                                           for name, value in fields.items() if known[name].for_version_q(version)})
        self.number += 1
        request.with_header(correlation_id=self.number, client_id="answers")
        try:
            self.socket.sendall(request.encode(framed=True, header=True))
            size = struct.unpack(">i", self.read(4))[0]
            frame = self.read(size)
        except (ConnectionError, TimeoutError) as error:
            return f"no answer: {type(error).__name__}"
        response = request.header.get_response_class()

        body = io.BytesIO(frame)
        response.parse_header(body)
        return response.decode(body).to_dict()

    def read(self, size):
        data = b""
        while len(data) < size:
            more = self.socket.recv(size - len(data))
            if not more:
                raise ConnectionError("closed")
            data += more
        return data


def versions_of(connection):
    answer = connection.ask(request_class("ApiVersions"), 0, {})
    return {each["api_key"]: (each["min_version"], each["max_version"]) for each in answer["api_keys"]}


def in_order(items):
    """Lists whose order says nothing, by what they are about."""
    for key in ORDERED_BY:
        if items and all(isinstance(each, dict) and key in each for each in items):
            return sorted(items, key=lambda each: str(each[key]))
    return sorted(items) if items and all(isinstance(each, int) for each in items) else items


def differences(ours, theirs, path, leave_out):
    """Lines "path: ours | theirs"."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in sorted(set(ours) | set(theirs)):
            if key in DRAWN:
                continue
            mine, other = ours.get(key), theirs.get(key)
            if key in leave_out:
                mine, other = mine is None, other is None
            yield from differences(mine, other, f"{path}.{key}", leave_out)
    elif isinstance(ours, list) and isinstance(theirs, list):
        by_name = [{each["name"]: each for each in side} for side in (ours, theirs)
                   if side and all(isinstance(each, dict) and "config_source" in each for each in side)]
        if len(by_name) == 2:
            for name in sorted(set(by_name[0]) | set(by_name[1])):
                yield from differences(by_name[0].get(name), by_name[1].get(name), f"{path}[{name}]", leave_out)
            return
        if len(ours) != len(theirs):
            yield f"{path}: {len(ours)} {ours} | {len(theirs)} {theirs}"
            return
        for at, (mine, other) in enumerate(zip(in_order(ours), in_order(theirs))):
            yield from differences(mine, other, f"{path}[{at}]", leave_out)
    elif ours != theirs:
        yield f"{path}: {ours!r} | {theirs!r}"


def asked_until(port, kind, version, fields, is_settled):
    """The answer, or what it has become when it is settled: Kafka's coordinators take their time."""
    for _ in range(100):
        answer = Connection(port).ask(kind, version, fields)
        if is_settled(answer):
            break
        time.sleep(0.1)
    return answer


def versions_to_ask(kind, ranges, options):
    least = max(each[kind.API_KEY][0] for each in ranges)
    most = min([each[kind.API_KEY][1] for each in ranges] + [kind.max_version])
    if "version" in options:
        least = most = min(options["version"], most)
    return range(least, most + 1)


def is_expected(name, line):
    return any(name == api and part in line for api, part, _ in EXPECTED)


def compare(ports, wanted, leave_out):
    """How many requests there were, and {(API, fields): {line: versions}} of those answered otherwise."""
    asked, odd = 0, {}
    ranges = [versions_of(Connection(port)) for port in ports]
    for name, fields, *options in SEQUENCE:
        options = options[0] if options else {}
        kind = request_class(name)
        for version in versions_to_ask(kind, ranges, options):
            answers = [asked_until(port, kind, version, fields, options.get("until", lambda _: True)) for port in ports]
            if wanted and name not in wanted:
                continue
            asked += 1
            for line in differences(*answers, "", leave_out):
                if not is_expected(name, line):
                    odd.setdefault((name, str(fields)), {}).setdefault(line, []).append(version)
    return asked, odd


def main():
    words = sys.argv[1:]
    wanted = [word for word in words if word != "--all"]
    with Server(SETTINGS) as ours, ApacheKafka(more=AT_APACHE) as theirs:
        asked, odd = compare([ours.port, theirs.port], wanted, set() if "--all" in words else WORDED)
    for (name, fields), lines in odd.items():
        print(f"{name} {fields[:400]}")
        for line, versions in lines.items():
            print(f"    {versions[0]} to {versions[-1]} {line[:400]}")
    print(f"{asked} requests, {len(odd)} of them answered otherwise than expected")
    sys.exit(1 if odd else 0)


if __name__ == "__main__":
    main()
