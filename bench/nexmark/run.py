#!/usr/bin/env python3
"""Nexmark on Millrace and, where one is installed, on Flink: same files, same cores, same run.

  bench/nexmark/run.py [--events N] [--queries q0,q4] [--build build/release] [--flink no]
                       [--write docs/benchmarks.md]

Each query runs twice on each engine: once into files of changes, whose folded rows are compared, and
once into a sink that drops them, which is measured. Speeds are events by second of CPU time, of all
threads of the process that works: `millrace run`, start included, and Flink's TaskManager, warm.
A query that an engine refuses is reported with the reason. Exits with 1 where answers differ.
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
# Flink 2.3 plans this Top-1 as if its input only grew and never retracts (FLINK-40368).
WRONG_IN_FLINK = {"q9"}


class Refused(Exception):
    """An engine does not run the query."""


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
    def __init__(self, cpu_s, wall_s, peak_mb):
        self.cpu_s, self.wall_s, self.peak_mb = cpu_s, wall_s, peak_mb


def high_water_mb(pid):
    """The most memory that a process has had since it began to run its program. What the kernel says
    at its end counts the program that forked it, too, which holds all rows of this comparison."""
    try:
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return 0
    return sum(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")) / 1024


class Millrace:
    def __init__(self, program):
        self.program = program

    def run(self, query, data, result):
        with tempfile.NamedTemporaryFile("w", suffix=".sql") as file, tempfile.TemporaryFile() as said:
            file.write(sql_of(query, data, result))
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


class Flink:
    SETTINGS = {
        "parallelism.default": str(PARALLELISM),
        "table.local-time-zone": "UTC",
        "execution.runtime-mode": "streaming",
    }

    def __init__(self):
        self.task_manager = int((ROOT / ".deps/flink/run/taskmanager.pid").read_text())

    @staticmethod
    def is_up():
        try:
            gateway.request("GET", f"{gateway.GATEWAY}/v1/info")
            return True
        except OSError:
            return False

    def _cpu_s(self):
        fields = pathlib.Path(f"/proc/{self.task_manager}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _memory_mb(self):
        for line in pathlib.Path(f"/proc/{self.task_manager}/status").read_text().split("\n"):
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        return math.nan

    def run(self, query, data, result):
        begun, cpu_s = time.monotonic(), self._cpu_s()
        peak_mb = self._memory_mb()
        try:
            with gateway.Session(self.SETTINGS) as session:
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
        return Cost(self._cpu_s() - cpu_s, time.monotonic() - begun, peak_mb)


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
    """The events, and q13's table on the side."""
    for name in ("events", "side", "dropped"):
        (data / name).mkdir(parents=True, exist_ok=True)
    subprocess.run([program, str(events), str(PARALLELISM), str(data / "events")], check=True)
    with open(data / "side" / "part-0.ndjson", "w", encoding="utf-8") as file:
        for key in range(10_000):
            file.write(json.dumps({"key": key, "value": f"side-{key}"}) + "\n")


def attempt(engine, query, data, result):
    """What a run took and answered, or the reason why there is none."""
    shutil.rmtree(result, ignore_errors=True)
    try:
        engine.run(query, data, result)
        answer = answer_of(query, result)
        shutil.rmtree(data / "dropped", ignore_errors=True)
        cost = engine.run(query, data, None)
        return cost, answer, None
    except Refused as error:
        return None, None, str(error)


def compare(query, ours, theirs):
    if COMPARED.get(query) == []:
        return "not compared"
    if query in WRONG_IN_FLINK and ours != theirs:
        return "differs: Flink's is wrong"
    return "equal" if ours == theirs else "DIFFERS"


class Line:
    """A query's line in the table."""

    def __init__(self, query):
        self.query = query
        self.ours = self.theirs = self.answer = None
        self.verdict = ""

    def ratio(self):
        return self.theirs.cpu_s / self.ours.cpu_s if self.ours and self.theirs else None

    def cells(self, events):
        cells = [self.query]
        for cost in (self.ours, self.theirs):
            if cost is None:
                cells += ["–", "–", "–"]
            else:
                speed = f"{events / cost.cpu_s:,.0f}"
                cells += [speed, f"{cost.wall_s:.1f}", f"{cost.peak_mb:.0f}"]
        ratio = self.ratio()
        rows = "" if self.answer is None else f"{sum(self.answer.values()):,}"
        return cells + [f"{ratio:.1f}" if ratio else "–", rows, self.verdict]


HEAD = [
    "query", "Millrace, events a CPU second", "wall s", "peak MB",
    "Flink, events a CPU second", "wall s", "peak MB", "ratio", "rows", "answers",
]


def table(lines, events):
    text = "| " + " | ".join(HEAD) + " |\n|" + "---|" * len(HEAD) + "\n"
    text += "".join("| " + " | ".join(line.cells(events)) + " |\n" for line in lines)
    ratios = [line.ratio() for line in lines if line.ratio()]
    if ratios:
        mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
        text += f"\nGeometric mean of {len(ratios)} ratios: {mean:.1f}. Least: {min(ratios):.1f}.\n"
    return text


def run_query(query, data, engines):
    line = Line(query)
    line.ours, line.answer, reason = attempt(engines[0], query, data, data / "ours")
    if reason:
        line.verdict = f"refused: {reason}"
        return line
    if len(engines) > 1:
        line.theirs, theirs, reason = attempt(engines[1], query, data, data / "theirs")
        line.verdict = f"Flink: {reason}" if reason else compare(query, line.answer, theirs)
        if line.verdict == "DIFFERS":
            print(f"{query}: {difference(line.answer, theirs)}", file=sys.stderr)
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
        engines.append(Flink())
    else:
        print("no Flink is running (scripts/flink/cluster start): Millrace alone")
    lines = []
    with tempfile.TemporaryDirectory(prefix="nexmark-") as directory:
        data = pathlib.Path(directory)
        generate(given.build / "nexmark_generate", data, given.events)
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
