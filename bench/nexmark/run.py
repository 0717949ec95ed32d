#!/usr/bin/env python3
"""Nexmark on Millrace and, where one is installed, on Flink: same files, same cores, same run.

  bench/nexmark/run.py [--events N] [--queries q0,q4] [--build build/release] [--flink no]
                       [--write docs/benchmarks.md]

Each query runs on each engine into files of changes, whose folded rows are compared, and then some
times into a sink that drops them, which is measured. Speeds are events by second of CPU time, of all
threads of the process that works, less what the same query takes over two files of one event each:
of `millrace run`, the median of three runs; of Flink's TaskManager, warm, the better of two runs, and
of queries that keep state the same once more with RocksDB in place of its heap. A query that an
engine refuses is reported with the reason. Exits with 1 where answers differ.
"""

import argparse
import collections
import json
import math
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / "scripts" / "flink"))

import gateway

QUERIES = [f"q{i}" for i in range(23) if i != 6]
PARALLELISM = 2
TIMEOUT_S = 600
# What the order of reading or the clock decides is not compared: see the queries.
COMPARED = {
    "q12": [],
    "q18": ["auction", "bidder", "dateTime"],
    "q19": ["auction", "price", "rank_number"],
}
# Those that keep state by key, which Flink can have in RocksDB.
STATEFUL = {"q3", "q4", "q5", "q7", "q8", "q9", "q11", "q12", "q15", "q16", "q17", "q18", "q19", "q20"}
# Flink 2.3 plans this Top-1 as if its input only grew and never retracts (FLINK-40368), but not so in
# batch, whose answer is compared.
WRONG_IN_STREAMING = {"q9"}


class Refused(Exception):
    """An engine does not run the query."""


class Disturbed(Exception):
    """Something else ran in the measured process."""


def options(connector, path="", form=""):
    if connector == "blackhole":
        return "'connector' = 'blackhole'"
    return f"'connector' = '{connector}', 'path' = '{path}', 'format' = '{form}'"


def sql_of(query, data, result):
    """The statements of a query, over `data` and into the files of `result`, or nowhere."""
    text = (HERE / "tables.sql").read_text() + (HERE / "queries" / f"{query}.sql").read_text()
    values = {
        "EVENTS": data / "events",
        "SIDE": data / "side",
        "RESULT": options("filesystem", result, "debezium-json") if result else options("blackhole"),
        # Partitions are what q10 is about: it always writes files.
        "FILES": options("filesystem", result or data / "dropped", "json"),
    }
    for name, value in values.items():
        text = text.replace("${" + name + "}", str(value))
    return text


def statements_of(text):
    lines = [line for line in text.split("\n") if not line.startswith("--")]
    return [part.strip() for part in "\n".join(lines).split(";") if part.strip()]


# --- The engines: each runs a query and says what it took ---


class Cost:
    def __init__(self, cpu_s, wall_s, peak_mb, heap_mb=None, start_s=None):
        self.cpu_s, self.wall_s, self.peak_mb, self.heap_mb = cpu_s, wall_s, peak_mb, heap_mb
        self.start_s = start_s  # what was taken off cpu_s


def high_water_mb(pid):
    """The most memory that a process has had since it began to run its program. What the kernel says
    at its end counts the program that forked it, too, which holds all rows of this comparison."""
    try:
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return 0
    return sum(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")) / 1024


class Millrace:
    RUNS = 3
    # None while a query runs, as in Flink, which makes none unless told to.
    SETTINGS = "SET 'execution.checkpointing.interval' = '1 h';\n"

    def __init__(self, program):
        self.program = program

    def answer(self, query, data, result):
        self.run(query, data, result)

    def cost(self, query, data):
        """Of the run with the median CPU time, with the most memory of any, without what it takes to
        start the program and the query."""
        runs, starts = [], []
        for _ in range(self.RUNS):
            runs.append(self.run(query, data, None))
            starts.append(self.run(query, data / "start", None).cpu_s)
        median = sorted(runs, key=lambda run: run.cpu_s)[self.RUNS // 2]
        start_s = sorted(starts)[self.RUNS // 2]
        peak_mb = max(run.peak_mb for run in runs)
        return Cost(median.cpu_s - start_s, median.wall_s, peak_mb, start_s=start_s)

    def run(self, query, data, result):
        with tempfile.NamedTemporaryFile("w", suffix=".sql") as file, tempfile.TemporaryFile() as said:
            file.write(self.SETTINGS + sql_of(query, data, result))
            file.flush()
            begun = time.monotonic()
            process = subprocess.Popen([self.program, "run", file.name], stdout=said, stderr=said)
            peak_mb, ended = 0, 0
            while not ended:
                peak_mb = max(peak_mb, high_water_mb(process.pid))
                time.sleep(0.002)
                ended, status, usage = os.wait4(process.pid, os.WNOHANG)
            wall_s = time.monotonic() - begun
            said.seek(0)
            output = said.read().decode()
        if status != 0:
            raise Refused(output.strip().split("\n")[-1].split(".sql:")[-1])
        return Cost(usage.ru_utime + usage.ru_stime, wall_s, peak_mb)


class Heap:
    """The most that a JVM's heap holds, garbage and all, while this is entered: by jstat, which reads
    the JVM's own counters from outside."""

    def __init__(self, pid):
        self.pid, self.peak_mb = pid, 0

    def __enter__(self):
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(["jstat", "-gc", str(self.pid), "50"], stdout=self.log)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.log.seek(0)
        names = self.log.readline().split()
        used = [names.index(name) for name in ("S0U", "S1U", "EU", "OU")]
        for line in self.log:
            fields = line.split()
            if len(fields) == len(names):
                self.peak_mb = max(self.peak_mb, sum(float(fields[i]) for i in used) / 1024)


class Flink:
    RUNS = 2
    ATTEMPTS = 5

    def __init__(self, state):
        self.state = state  # 'hashmap' or 'rocksdb'
        self.task_manager = int((ROOT / ".deps/flink/run/taskmanager.pid").read_text())

    @staticmethod
    def is_up():
        try:
            gateway.request("GET", f"{gateway.GATEWAY}/v1/info")
            return True
        except OSError:
            return False

    def _settings(self, mode):
        return {
            "parallelism.default": str(PARALLELISM),
            "table.local-time-zone": "UTC",
            "execution.runtime-mode": mode,
            "state.backend.type": self.state,
        }

    def _cpu_s(self):
        fields = pathlib.Path(f"/proc/{self.task_manager}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _memory_mb(self):
        for line in pathlib.Path(f"/proc/{self.task_manager}/status").read_text().split("\n"):
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        return math.nan

    def answer(self, query, data, result):
        self.run(query, data, result, "batch" if query in WRONG_IN_STREAMING else "streaming")

    def cost(self, query, data):
        """Of the better of some runs, without what it takes to set up and take down the job."""
        runs = [self._undisturbed(query, data) for _ in range(self.RUNS)]
        start = self._undisturbed(query, data / "start")
        best = min(runs, key=lambda run: run.cpu_s)
        peak_mb = max(run.peak_mb for run in runs)
        return Cost(best.cpu_s - start.cpu_s, best.wall_s, peak_mb, max(run.heap_mb for run in runs))

    def _undisturbed(self, query, data):
        for _ in range(self.ATTEMPTS):
            try:
                cost, job = self.run(query, data, None)
                self._refuse_company(job)
                return cost
            except Disturbed as disturbed:
                print(f"{query}: measured again, for {disturbed}", file=sys.stderr)
        raise Refused("others keep the TaskManager busy")

    def run(self, query, data, result, mode="streaming"):
        begun, cpu_s = time.monotonic(), self._cpu_s()
        peak_mb = self._memory_mb()
        try:
            with gateway.Session(self._settings(mode)) as session, Heap(self.task_manager) as heap:
                for statement in statements_of(sql_of(query, data, result)):
                    answer = session.execute(statement, timeout_s=TIMEOUT_S)
                job = answer.rows[0][1][0]
                state = gateway.job(job)["state"]
                while state not in ("FINISHED", "FAILED", "CANCELED"):
                    time.sleep(0.05)
                    peak_mb = max(peak_mb, self._memory_mb())
                    state = gateway.job(job)["state"]
                if state != "FINISHED":
                    raise Refused(f"the job has {state.lower()}: {gateway.failure_of(job)[:300]}")
        except gateway.FlinkError as error:
            causes = [line for line in str(error).split("\n") if line.startswith("Caused by: ")]
            raise Refused((causes or [str(error)[:300]])[-1]) from error
        return Cost(self._cpu_s() - cpu_s, time.monotonic() - begun, peak_mb, heap.peak_mb), job

    @staticmethod
    def _refuse_company(job):
        """Whoever else submits jobs to this Flink would be counted."""
        jobs = gateway.request("GET", f"{gateway.JOB_MANAGER}/jobs/overview")["jobs"]
        own = next(each for each in jobs if each["jid"] == job)
        for other in jobs:
            ended = other["end-time"] if other["end-time"] >= 0 else math.inf
            if other is not own and ended > own["start-time"] and other["start-time"] < own["end-time"]:
                raise Disturbed(f"job {other['name']} ran at the same time")


# --- Answers ---


def records_of(directory):
    for path in sorted(directory.rglob("*")):
        if path.is_file() and not path.name.startswith((".", "_")):
            partition = dict(part.split("=", 1) for part in path.parts if "=" in part)
            with open(path, encoding="utf-8") as file:
                for line in file:
                    yield json.loads(line), partition


def answer_of(query, directory):
    """The rows that the changes come to, each with how often it is there."""
    rows = collections.Counter()
    columns = COMPARED.get(query)
    for record, partition in records_of(directory):
        is_change = "op" in record
        row = (record["after"] or record["before"]) if is_change else {**record, **partition}
        kept = {name: row[name] for name in columns} if columns is not None else row
        rows[json.dumps(kept, sort_keys=True)] += -1 if is_change and record["op"] == "d" else 1
    return collections.Counter({row: count for row, count in rows.items() if count != 0})


def difference(ours, theirs):
    missing, extra = theirs - ours, ours - theirs
    shown = [f"only Flink: {row}" for row in list(missing)[:2]]
    shown += [f"only Millrace: {row}" for row in list(extra)[:2]]
    return f"{sum(missing.values())} rows missing, {sum(extra.values())} too many; " + "; ".join(shown)


# --- The runs ---


def generate(program, data, events):
    """The events, and q13's table on the side, all in `data`."""
    for name in ("events", "side", "dropped"):
        (data / name).mkdir(parents=True, exist_ok=True)
    subprocess.run([program, str(events), str(PARALLELISM), str(data / "events")], check=True)
    with open(data / "side" / "part-0.ndjson", "w", encoding="utf-8") as file:
        for key in range(10_000 if events > PARALLELISM else 1):
            file.write(json.dumps({"key": key, "value": f"side-{key}"}) + "\n")


def attempt(engine, query, data, result):
    """What a run took and answered, or the reason why there is none."""
    shutil.rmtree(result, ignore_errors=True)
    try:
        engine.answer(query, data, result)
        answer = answer_of(query, result)
        shutil.rmtree(data / "dropped", ignore_errors=True)
        return engine.cost(query, data), answer, None
    except Refused as error:
        return None, None, str(error)


def compare(query, ours, theirs):
    if COMPARED.get(query) == []:
        return "not compared"
    if ours != theirs:
        return "DIFFERS"
    return "equal to Flink's in batch" if query in WRONG_IN_STREAMING else "equal"


def memory_of(cost):
    return f"{cost.peak_mb:.0f}" + (f" ({cost.heap_mb:.0f})" if cost.heap_mb else "")


class Line:
    """A query's line in the table."""

    def __init__(self, query):
        self.query = query
        self.ours = self.theirs = self.on_rocksdb = self.answer = None
        self.verdict = ""

    def ratio(self):
        return self.theirs.cpu_s / self.ours.cpu_s if self.ours and self.theirs else None

    def ratio_on_rocksdb(self):
        return self.on_rocksdb.cpu_s / self.ours.cpu_s if self.ours and self.on_rocksdb else None

    def cells(self, events):
        cells = [self.query]
        for cost in (self.ours, self.theirs):
            if cost is None:
                cells += ["–", "–", "–"]
            else:
                speed = f"{events / cost.cpu_s:,.0f}"
                cells += [speed, f"{cost.wall_s:.1f}", memory_of(cost)]
        for ratio in (self.ratio(), self.ratio_on_rocksdb()):
            cells.append(f"{ratio:.1f}" if ratio else "–")
        rows = "" if self.answer is None else f"{sum(self.answer.values()):,}"
        return cells + [rows, self.verdict]


HEAD = [
    "query", "Millrace, events a CPU second", "wall s", "peak MB",
    "Flink, events a CPU second", "wall s", "peak MB (heap)", "ratio", "ratio on RocksDB", "rows",
    "answers",
]


def table(lines, events):
    text = "| " + " | ".join(HEAD) + " |\n|" + "---|" * len(HEAD) + "\n"
    text += "".join("| " + " | ".join(line.cells(events)) + " |\n" for line in lines)
    text += "\n"
    for what, ratios in (
        ("ratios", [line.ratio() for line in lines if line.ratio()]),
        ("on RocksDB", [line.ratio_on_rocksdb() for line in lines if line.ratio_on_rocksdb()]),
    ):
        if ratios:
            mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
            text += f"Geometric mean of {len(ratios)} {what}: {mean:.1f}. Least: {min(ratios):.1f}.\n"
    starts = sorted(line.ours.start_s for line in lines if line.ours and line.ours.start_s)
    if starts:
        text += f"\nStarting `millrace run` took {starts[len(starts) // 2] * 1000:.0f} ms of CPU time.\n"
    return text


def run_query(query, data, engines):
    line = Line(query)
    line.ours, line.answer, reason = attempt(engines[0], query, data, data / "ours")
    if reason:
        line.verdict = f"refused: {reason}"
        return line
    if len(engines) > 1:
        _, flink, flink_on_rocksdb = engines
        line.theirs, theirs, reason = attempt(flink, query, data, data / "theirs")
        line.verdict = f"Flink: {reason}" if reason else compare(query, line.answer, theirs)
        if line.verdict == "DIFFERS":
            print(f"{query}: {difference(line.answer, theirs)}", file=sys.stderr)
        if query in STATEFUL and not reason:
            line.on_rocksdb = flink_on_rocksdb.cost(query, data)
    return line


BEGIN, END = "<!-- bench/nexmark/run.py: begin -->\n", "<!-- bench/nexmark/run.py: end -->\n"


def write(path, text):
    document = path.read_text()
    before, rest = document.split(BEGIN, 1)
    path.write_text(before + BEGIN + text + END + rest.split(END, 1)[1])


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--events", type=int, default=1_000_000)
    arguments.add_argument("--queries", default=",".join(QUERIES))
    arguments.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release")
    arguments.add_argument("--flink", choices=["yes", "no"], default="yes")
    arguments.add_argument("--write", type=pathlib.Path)
    given = arguments.parse_args()
    engines = [Millrace(given.build / "millrace")]
    if given.flink == "yes" and Flink.is_up():
        engines += [Flink("hashmap"), Flink("rocksdb")]
    else:
        print("no Flink is running (scripts/flink/cluster start): Millrace alone")
    lines = []
    with tempfile.TemporaryDirectory(prefix="nexmark-") as directory:
        data = pathlib.Path(directory)
        generate(given.build / "nexmark_generate", data, given.events)
        generate(given.build / "nexmark_generate", data / "start", PARALLELISM)
        for query in given.queries.split(","):
            lines.append(run_query(query, data, engines))
            print(" | ".join(lines[-1].cells(given.events)), flush=True)
    text = f"{given.events:,} events.\n\n" + table(lines, given.events)
    print(text)
    if given.write:
        write(given.write, text)
    return 1 if any(line.verdict == "DIFFERS" for line in lines) else 0


if __name__ == "__main__":
    sys.exit(main())
