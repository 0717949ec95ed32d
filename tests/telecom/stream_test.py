"""One stream, really: the original producer's code sends 10,000 events, two percent of them bad;
real_time_metrics and anomalies must hold exactly what an independent computation says. Then the
same with the server killed ten times at random moments of the load.

    stream_test.py MILLRACE_BINARY [SEED]
"""

import json
import math
import os
import random
import subprocess
import sys
import tempfile
import time
import urllib.request
from datetime import datetime
from pathlib import Path

import psycopg

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "clients")]
import expected  # noqa: E402
from running_server import TELECOM_EVENTS, Server  # noqa: E402

EVENTS = 10_000


def wait_for_rows(server, table, count):
    """Rows appear at checkpoints. Returns once there are enough, or when time is up."""
    deadline = time.monotonic() + 60
    rows = 0
    while rows < count and time.monotonic() < deadline:
        try:
            rows = server.query(f"SELECT COUNT(*) FROM {table}")[0][0]
        except psycopg.errors.UndefinedTable:
            pass  # not written to yet
        time.sleep(0.1)


def late_rows(server):
    """Of all operators together, as the server's books have it over all its lives."""
    with urllib.request.urlopen(server.http + "/api/v1/pipelines", timeout=30) as answer:
        pipelines = json.load(answer)["pipelines"]
    return sum(each["late"] for pipeline in pipelines for each in pipeline["operators"])


def compare(server, sent):
    metrics, anomalies, late = expected.compute(sent)
    wait_for_rows(server, "real_time_metrics", len(metrics))
    wait_for_rows(server, "anomalies", len(anomalies))
    problems = []

    found = {}
    for start, end, kind, key, value in server.query(
            "SELECT window_start, window_end, metric_type, metric_key, metric_value"
            " FROM real_time_metrics"):
        if (start, end, kind, key) in found:
            problems.append(f"twice: {start} {kind} {key}")
        found[start, end, kind, key] = value
    for name in metrics.keys() | found.keys():
        want, got = metrics.get(name), found.get(name)
        if want is None or got is None or not math.isclose(want, got, rel_tol=1e-12):
            problems.append(f"{name}: expected {want}, found {got}")

    seen = set()
    for data, reason, offset in server.query(
            "SELECT event_data, reason, source_offset FROM anomalies"):
        want = anomalies.get(offset)
        if offset in seen or want is None:
            problems.append(f"unexpected anomaly at {offset}: {reason}")
        elif want[0] is None and json.loads(data) != want[1]:
            problems.append(f"anomaly at {offset} is not the bytes sent: {data}")
        elif want[0] is not None and (reason != want[0] or not same_event(json.loads(data), want[1])):
            problems.append(f"anomaly at {offset}: expected {want}, found {reason} {data}")
        seen.add(offset)
    for offset in anomalies.keys() - seen:
        problems.append(f"missing anomaly at {offset}: {anomalies[offset]}")
    if late_rows(server) != late:
        problems.append(f"{late_rows(server)} rows were counted late, expected {late}")
    print(f"  {len(metrics)} metrics, {len(anomalies)} anomalies, {late} late: "
          + ("all as computed" if not problems else f"{len(problems)} differences"))
    for problem in problems[:10]:
        print("    " + problem)
    return not problems


def same_event(found, sent):
    found, sent = dict(found), dict(sent)
    at = datetime.fromisoformat(found.pop("timestamp"))  # "2025-11-01 10:00:00.123"
    return at == expected.parse_time(sent.pop("timestamp")) and found == sent


def run(binary, name, seed, kills, per_second):
    print(f"{name} (seed {seed})", flush=True)
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="millrace-stream-") as folder:
        data = Path(folder) / "data"
        sent_file = Path(folder) / "sent.ndjson"
        with Server(binary, data, TELECOM_EVENTS) as server:
            producer = subprocess.Popen(
                [sys.executable, str(HERE / "producer.py"), server.kafka, str(EVENTS), str(seed),
                 str(sent_file)] + ([str(per_second)] if per_second else []))
            done = 0
            while done < kills and producer.poll() is None:
                time.sleep(chance.uniform(0.05, 1.2))  # a random moment of the load
                server.kill()
                server.start()
                done += 1
            problem = None
            if producer.wait(timeout=300) != 0:
                problem = "the producer failed"
            elif done < kills:
                problem = f"the load ended after {done} kills of {kills}"
            elif not compare(server, expected.load(sent_file)):
                problem = "not what was computed"
            elif server.stop() != 0:
                problem = "the server did not stop cleanly"
            else:
                server.start()  # rows that come twice would come now
                if not compare(server, expected.load(sent_file)):
                    problem = "not what was computed, after a stop and a start"
            if problem:
                print(f"    {problem}; the end of its log:\n{server.tail()}")
            return problem is None


def main():
    binary = os.path.abspath(sys.argv[1])
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 20251101
    results = [run(binary, "calm", seed, kills=0, per_second=None),
               run(binary, "killed ten times", seed + 1, kills=10, per_second=600)]
    print(f"{results.count(True)} passed, {results.count(False)} failed")
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
