"""The systems on a real Flink: the same pipeline files over the same records, here and there, and every
table and topic that they write compared.

    scripts/flink/cluster start
    .deps/venv/bin/python tests/systems/flink_test.py MILLRACE_BINARY [SYSTEM...]

Without a cluster that is up it says so and skips. What differs from the files as they are, on both sides
or for Flink alone:

  both   topics are read from their beginning and end where they end now, so that there is a last answer
  both   records that are no JSON are left out: Flink's job fails at the first of them
  both   none is late where a table is joined by time: how late Flink then finds one depends on which file
         it has read by then
  Flink  Delta tables become JSON files (`millrace submit --lake`), for it has no Delta connector here
  Flink  a watermark after each record, as ours always are, in the place of one each 200 ms
  Flink  the broker's address
"""

import collections
import json
import re
import shutil
import subprocess
import sys
import tempfile
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path

import psycopg
from kafka import KafkaProducer

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
sys.path[:0] = [str(HERE), str(HERE.parent / "clients"), str(REPOSITORY / "scripts/flink")]
from gateway import GATEWAY, is_up  # noqa: E402
from running_server import Server  # noqa: E402
from stream import decode  # noqa: E402
from systems_test import differences, topic_values  # noqa: E402

SYSTEMS = ["telecom-events", "telecom-lakehouse", "call-records", "ml-inference", "fleet"]
RECORDS = 20_000
CLOCK = {"created_at", "greatest_delay_s"}  # columns of the time at which something was computed
JOB_SECONDS = 240


def tables_of(sql):
    """Of each CREATE TABLE: its name and its options."""
    found = {}
    for name, options in re.findall(r"CREATE TABLE (\w+) \(.*?\)\s*(?:PARTITIONED BY \(\w+\) )?WITH \((.*?)\);",
                                    sql, re.DOTALL):
        found[name] = dict(re.findall(r"'([^']+)'\s*=\s*'([^']*)'", options))
    return found


def bounded(sql):
    return sql.replace("'scan.startup.mode' = 'latest-offset'",
                       "'scan.startup.mode' = 'earliest-offset',\n  'scan.bounded.mode' = 'latest-offset'")


def for_flink(sql, broker):
    return (sql.replace("'properties.bootstrap.servers' = 'localhost:9092'",
                        f"'properties.bootstrap.servers' = '{broker}'")
            .replace("'scan.bounded.mode' =", "'scan.watermark.emit.strategy' = 'on-event',\n"
                                              "  'scan.bounded.mode' ="))


class Comparison:
    def __init__(self, binary, system, folder):
        self.binary, self.system, self.folder = binary, system, Path(folder)
        self.source = REPOSITORY / "systems" / system
        self.sql = bounded((self.source / "pipeline.sql").read_text())
        self.tables = tables_of(self.sql)
        # Beside its files, as the original is.
        shutil.copytree(self.source, self.folder / "system")
        self.pipeline = self.folder / "system" / "pipeline.sql"

    def topics(self, reads):
        """Those that the pipeline reads, or writes."""
        return {name: options["topic"] for name, options in self.tables.items()
                if options["connector"] == "kafka" and ("scan.startup.mode" in options) == reads}

    def lake(self):
        return [name for name, options in self.tables.items() if options["connector"] == "delta"]

    def made_up(self, topic):
        generator = self.folder / "system" / "generator.toml"
        if "FOR SYSTEM_TIME AS OF" in self.sql:
            generator.write_text(re.sub(r"late_per_thousand = \d+", "late_per_thousand = 0",
                                        generator.read_text()))
        return subprocess.run([self.binary, "generate", str(generator), "--records", str(RECORDS),
                               "--topic", topic], capture_output=True, check=True).stdout.splitlines()

    def send(self, server):
        count = 0
        producer = KafkaProducer(bootstrap_servers=[server.kafka])
        for topic in self.topics(reads=True).values():
            for record in self.made_up(topic):
                if decode(record) is not None:
                    producer.send(topic, value=record, partition=0)
                    count += 1
        producer.flush()
        producer.close()
        return count

    def run(self, *command):
        done = subprocess.run([self.binary, *command], capture_output=True, text=True,
                              timeout=JOB_SECONDS, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(command)}: exit code {done.returncode}\n"
                               f"{done.stdout[-2000:]}{done.stderr[-4000:]}")

    def here(self, data):
        self.pipeline.write_text(self.sql)
        self.run("run", str(self.pipeline), "--data", str(data))
        with Server(self.binary, data) as server:
            return {**{name: lake_rows(server, name) for name in self.lake()}, **self.written(server)}

    def there(self, data):
        lake = self.folder / "lake"
        with Server(self.binary, data) as server:
            self.pipeline.write_text(for_flink(self.sql, server.kafka))
            self.run("submit", str(self.pipeline), "--to", f"flink={GATEWAY}", "--lake", str(lake))
            return {**{name: json_rows(lake / name) for name in self.lake()}, **self.written(server)}

    def written(self, server):
        return {topic: counted(topic_values(server, topic)) for topic in self.topics(reads=False).values()}

    def compare(self):
        with Server(self.binary, self.folder / "sent") as server:
            sent = self.send(server)
            server.stop()
        shutil.copytree(self.folder / "sent", self.folder / "here")
        here, there = self.here(self.folder / "here"), self.there(self.folder / "sent")
        problems = [problem for name, rows in here.items()
                    for problem in differences(name, there[name], rows)]
        rows = ", ".join(f"{sum(rows.values())} {name}" for name, rows in here.items())
        print(f"{self.system}: {sent} records: {rows}: "
              + ("as on Flink" if not problems else "NOT as on Flink"), flush=True)
        for problem in problems[:20]:
            print("  " + problem)
        return not problems


def lake_rows(server, table):
    with psycopg.connect(host="127.0.0.1", port=server.ports["pg"], user="millrace",
                         dbname="millrace", autocommit=True) as connection:
        cursor = connection.execute(f"SELECT * FROM {table}")
        names = [column.name for column in cursor.description]
        return counted([dict(zip(names, row)) for row in cursor])


def json_rows(folder):
    """Of a Flink file sink: hidden files are not finished, folders are partitions."""
    rows = []
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not file.name.startswith((".", "_")):
            partition = dict(part.split("=", 1) for part in file.relative_to(folder).parts[:-1])
            rows += [{**json.loads(line), **partition} for line in file.read_text().splitlines()]
    return counted(rows)


def comparable(value):
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, (int, float, Decimal)):
        return float(f"{float(value):.9g}")
    if isinstance(value, datetime):
        at = value.astimezone(timezone.utc).replace(tzinfo=None) if value.tzinfo else value
        return at.isoformat(timespec="microseconds")
    if isinstance(value, list):
        return tuple(comparable(each) for each in value)
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?Z?", value):
        return comparable(datetime.fromisoformat(value.rstrip("Z")))
    return value


def counted(records):
    return collections.Counter(
        tuple(sorted((key, comparable(value)) for key, value in record.items() if key not in CLOCK))
        for record in records)


def check(binary, system):
    with tempfile.TemporaryDirectory(prefix=f"millrace-flink-{system}-") as folder:
        try:
            return Comparison(binary, system, folder).compare()
        except RuntimeError as error:
            print(f"{system}: {error}", flush=True)
            return False


def main():
    binary = str(Path(sys.argv[1]).resolve())
    systems = sys.argv[2:] or SYSTEMS
    if not is_up():
        print(f"no Flink at {GATEWAY} (scripts/flink/cluster start): {len(systems)} systems are skipped")
        print(f"0 passed, 0 failed, {len(systems)} skipped")
        return
    results = [check(binary, system) for system in systems]
    print(f"{results.count(True)} passed, {results.count(False)} failed")
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
