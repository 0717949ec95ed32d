"""The systems against independent computations: made-up records with bad, late and repeated ones go
through a real server, and every table must hold exactly what the computation says.

    systems_test.py MILLRACE_BINARY [SYSTEM]
"""

import collections
import importlib
import json
import math
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timezone
from pathlib import Path

import psycopg
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "clients")]
from running_server import REPOSITORY, Server  # noqa: E402

SYSTEMS = ["telecom-lakehouse", "call-records", "ml-inference", "fleet"]
RECORDS = 20_000
KILLS = 3


def generate(binary, system, topic, count):
    lines = subprocess.run([binary, "generate", f"systems/{system}/generator.toml", "--records", str(count), "--topic", topic],
                           capture_output=True, check=True, cwd=REPOSITORY).stdout.splitlines()
    assert len(lines) == count
    return lines


def send(server, topic, records):
    """All into one partition, in order, acknowledged; the server dies and comes back on the way."""
    for part in range(KILLS + 1):
        producer = KafkaProducer(bootstrap_servers=[server.kafka])
        begin, end = part * len(records) // (KILLS + 1), (part + 1) * len(records) // (KILLS + 1)
        results = [producer.send(topic, value=record, partition=0) for record in records[begin:end]]
        producer.flush()
        for result in results:
            result.get(timeout=60)
        producer.close()
        if part < KILLS:
            server.kill()
            server.start()


def comparable(value):
    """Sums of floating point differ in their last digits with the order of adding."""
    if isinstance(value, float):
        return float(f"{value:.9g}") if math.isfinite(value) else str(value)
    if isinstance(value, datetime) and value.tzinfo:
        return value.astimezone(timezone.utc)
    if isinstance(value, list):
        return tuple(comparable(each) for each in value)
    return value


def counted(rows):
    return collections.Counter(tuple(comparable(value) for value in row) for row in rows)


def wait_for(server, query, wanted):
    """Rows appear at checkpoints: until they are all there, or too long for them to be."""
    deadline = time.monotonic() + 40
    found = collections.Counter()
    while found != wanted and time.monotonic() < deadline:
        try:
            found = counted(server.query(query))
        except psycopg.errors.UndefinedTable:
            pass  # not written to yet
        time.sleep(0.2)
    return found


def topic_values(server, topic):
    consumer = KafkaConsumer(bootstrap_servers=[server.kafka], isolation_level="read_committed")
    partition = TopicPartition(topic, 0)
    consumer.assign([partition])
    consumer.seek_to_beginning(partition)
    end = consumer.end_offsets([partition])[partition]
    values = []
    while consumer.position(partition) < end:
        for records in consumer.poll(timeout_ms=1000).values():
            values += [json.loads(record.value) for record in records]
    consumer.close()
    return values


def picked(records, fields):
    return counted([[record[field] for field in fields] for record in records])


def check(binary, system):
    expected = importlib.import_module(system.replace("-", "_"))
    records = generate(binary, system, expected.TOPIC, getattr(expected, "RECORDS", RECORDS))
    wanted = expected.compute(records)
    problems = []
    with tempfile.TemporaryDirectory(prefix=f"millrace-{system}-") as folder:
        pipeline = REPOSITORY / "systems" / system / "pipeline.sql"
        with Server(binary, Path(folder) / "data", pipeline) as server:
            send(server, expected.TOPIC, records)
            for table, query in expected.TABLES.items():
                right = counted(wanted[table])
                found = wait_for(server, query, right)
                problems += differences(table, right, found)
            for topic, fields in expected.TOPICS.items():
                problems += differences(topic, picked(wanted[topic], fields),
                                        picked(topic_values(server, topic), fields))
            if server.stop() != 0:
                problems.append("the server did not stop cleanly:\n" + server.tail())
    rows = ", ".join(f"{len(rows)} {table}" for table, rows in wanted.items())
    print(f"{system}: {len(records)} records, {KILLS} kills: {rows}: "
          + ("all as computed" if not problems else "NOT as computed"), flush=True)
    for problem in problems[:20]:
        print("  " + problem)
    return not problems


def differences(name, right, found):
    return ([f"{name}: missing {row}" for row in list((right - found).elements())[:5]]
            + [f"{name}: not expected {row}" for row in list((found - right).elements())[:5]])


def main():
    binary = str(Path(sys.argv[1]).resolve())
    results = [check(binary, system) for system in sys.argv[2:] or SYSTEMS]
    print(f"{results.count(True)} passed, {results.count(False)} failed")
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
