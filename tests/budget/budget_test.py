#!/usr/bin/env python3
"""Pipelines that outgrow their memory: budget_test.py MILLRACE [NAME...]

Each of queries.sql runs twice over the same rows, freely and with a budget that is a fraction of what it keeps. With the budget
it gives the same rows, or is stopped by the reason; and what the process takes stays near the budget either way.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROWS = 60_000
BUDGET_MB = 6
# What a pipeline takes beside one that only counts the rows: the budget, what comes between two looks at it, and copies on their way
# to the disk. Of a group that outgrows it alone there are several of these.
MOST_MB = {"spills": 6 * BUDGET_MB, "stops": 16 * BUDGET_MB}

REASON = (r"the state of pipeline '.*' takes .*; '.*' has \d+ of them.*: SET 'millrace.state.memory'"
          r"|the groups of '.*' that are asked for at once take .*: SET 'millrace.state.memory'"
          r"|the rows of one partition of OVER, .* take .*: SET 'millrace.state.memory'")

COLUMNS = "id BIGINT, k INT, g INT, n INT, text STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' MINUTE"
KEYED = COLUMNS + ", PRIMARY KEY (id) NOT ENFORCED"
# Table: its columns, its file and format.
TABLES = {
    "events": (COLUMNS, "rows", "json"),
    "later": (COLUMNS, "rows", "json"),
    # Many times the budget.
    "wide": (COLUMNS + ", long AS REPEAT(text, 2)", "rows", "json"),
    "late": (COLUMNS.replace("'5' MINUTE", "'1' DAY"), "rows", "json"),
    "changes": (COLUMNS, "changes", "debezium-json"),
    "versions": (KEYED, "changes", "debezium-json"),
}


def write_rows(folder):
    with open(os.path.join(folder, "rows"), "w") as rows, open(os.path.join(folder, "changes"), "w") as changes:
        for i in range(ROWS):
            second = i * 36_000 // ROWS
            row = json.dumps({
                "id": i, "k": i % 1200, "g": i % 20_000, "n": i * 7919 % 1_000_003,
                "text": f"{i * 7919 % ROWS:06} is the beginning of a text" + 8 * " that is longer than a reference to it",
                "ts": f"2026-01-01 {second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}",
            })
            rows.write(row + "\n")
            changes.write(f'{{"before": null, "after": {row}, "op": "c"}}\n')


def definitions(folder):
    made = [f"CREATE TABLE {name} ({columns}) WITH ('connector' = 'filesystem', 'path' = '{folder}/{file}', 'format' = '{format}');"
            for name, (columns, file, format) in TABLES.items()]
    made.append("CREATE TABLE settled (text STRING PRIMARY KEY NOT ENFORCED, id BIGINT) WITH ('connector' = 'blackhole');")
    return "\n".join(made)


def queries():
    """Name: (what becomes of it, its statements)"""
    with open(os.path.join(HERE, "queries.sql")) as file:
        sections = re.split(r"^-- (spills|stops): (.*)\n", file.read(), flags=re.M)[1:]
    return {name: (outcome, text) for outcome, name, text in zip(sections[::3], sections[1::3], sections[2::3])}


def run(program, statements, folder):
    """Its exit code, the sum of its rows, what it says, and the megabytes that it took."""
    script = os.path.join(folder, "query.sql")
    with open(script, "w") as file:
        file.write(statements)
    with open(os.path.join(folder, "out"), "w+") as out, open(os.path.join(folder, "err"), "w+") as err:
        process = subprocess.Popen([program, "run", script], stdout=out, stderr=err)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        return process.returncode, sum_of(out), err.read(), usage.ru_maxrss / 1024


def sum_of(lines):
    """How many rows there are, and their sum whatever their order."""
    count = total = 0
    for line in lines:
        if line.startswith("|"):
            count += 1
            total += int.from_bytes(hashlib.sha256(line.encode()).digest()[:8], "big")
    return count, total


def fault(program, outcome, text, folder, beside_mb):
    """What is wrong, or None."""
    code, answer, said, free_mb = run(program, definitions(folder) + text, folder)
    if code != 0:
        return f"it does not run at all: {said}"
    budget = f"\nSET 'millrace.state.memory' = '{BUDGET_MB} MB';\n"
    code, rows, said, taken_mb = run(program, definitions(folder) + budget + text, folder)
    sizes = f"{taken_mb:.0f} MB with a budget of {BUDGET_MB} MB, {free_mb:.0f} MB without"
    if taken_mb > beside_mb + MOST_MB[outcome]:
        return f"it took {sizes}, exit code {code}: {said}"
    if outcome == "stops":
        stopped = code == 1 and re.search(REASON, said)
        return None if stopped else f"it was not stopped by the reason, exit code {code} ({sizes}): {said}"
    if code != 0:
        return f"it was stopped ({sizes}): {said}"
    return None if rows == answer else f"it gave other rows: {rows[0]} where there are {answer[0]} without a budget"


def main():
    program, *names = sys.argv[1:]
    program = os.path.abspath(program)
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        write_rows(folder)
        _, _, _, beside_mb = run(program, definitions(folder) + "SELECT COUNT(*) FROM events;", folder)
        for name, (outcome, text) in queries().items():
            if names and name not in names:
                continue
            wrong = fault(program, outcome, text, folder, beside_mb)
            passed += wrong is None
            failed += wrong is not None
            if wrong is not None:
                print(f"{name}: {wrong}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
