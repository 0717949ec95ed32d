#!/usr/bin/env python3
"""Records what Flink answers to the golden cases of tests/flink, into the cases.

  scripts/flink/cluster start
  scripts/flink/record.py [--again] [--jobs N] PATH...

A case that has an answer is left alone, but for --again. Each case runs twice: what differs
between the runs is not Flink's answer but chance, and is reported in place of being recorded.
"""

import argparse
import collections
import concurrent.futures
import os
import pathlib
import re
import sys
import tempfile
import uuid

sys.path.insert(0, os.path.dirname(__file__))

import cases
import gateway
import logical_types

SETTINGS = {
    "parallelism.default": "1",
    "pipeline.auto-watermark-interval": "0 ms",  # a watermark behind each row that raises it
    "execution.buffer-timeout.interval": "0 ms",
    "table.local-time-zone": "UTC",
}
KINDS = {"INSERT": "+I", "UPDATE_BEFORE": "-U", "UPDATE_AFTER": "+U", "DELETE": "-D"}
EXPRESSIONS_AT_ONCE = 40
TOP = pathlib.Path(__file__).resolve().parents[2]
FUNCTIONS = (TOP / ".deps/flink/millrace-functions.jar").resolve()


class Unstable(Exception):
    """Two runs gave different answers."""


def message_of(error):
    """The innermost cause of a Java stack trace, on one line."""
    causes = re.split(r"^Caused by: ", str(error), flags=re.MULTILINE)
    last = re.split(r"\n\s*(?:at |\.\.\. |End of exception)", causes[-1])[0]
    last = last.removeprefix("Internal server error.\n<Exception on server side:\n")
    text = re.sub(r"^(?:[\w$]+\.)+[\w$]+: ?", "", last)
    return " ".join((text or last).split()).split(" Was expecting one of:")[0]


def shown(value):
    return "NULL" if value is None else value.replace("\\", "\\\\").replace("\n", "\\n")


def row_text(kind, fields):
    return f"{KINDS[kind]}[{', '.join(shown(field) for field in fields)}]"


def write_feed(case, folder):
    path = os.path.join(folder, uuid.uuid4().hex + ".feed")
    with open(path, "w", encoding="utf-8") as file:
        for record in case.feed:
            file.write(f"{record.step}\t{record.table}\t{record.kind}\t{record.text}\n")
    return path


def create_table(session, table, options):
    listed = ", ".join(f"'{key}' = '{value}'" for key, value in (options | table.options).items())
    session.execute(f"CREATE TABLE {table.name} (\n{table.body}\n) WITH ({listed})")


def create_tables(session, case, folder):
    path = write_feed(case, folder)
    for table in case.tables:
        options = {"connector": "replay", "path": path, "table": table.name, "format": "json"}
        create_table(session, table, options)
    for sink in case.sinks:
        create_table(session, sink, {"connector": "written", "path": path + "." + sink.name})
    return path


def create_functions(session, case):
    """Those of scripts/flink/functions, which the cluster has made a JAR of."""
    for name in case.functions:
        java = "millrace.functions." + "".join(word.capitalize() for word in name.split("_"))
        session.execute(
            f"CREATE TEMPORARY FUNCTION {name} AS '{java}' LANGUAGE JAVA USING JAR '{FUNCTIONS}'"
        )


def column_list(columns):
    return ", ".join(f"{name} {logical_types.to_sql(kind)}" for name, kind in columns)


def changelog_of(session, case, columns):
    """What leaves the query for a sink that takes every kind of change."""
    body = ", ".join(f"`{name}` {logical_types.to_sql(kind)}" for name, kind in columns)
    session.execute(f"CREATE TEMPORARY TABLE `out` ({body}) WITH ('connector' = 'print')")
    plan = session.execute(f"EXPLAIN CHANGELOG_MODE INSERT INTO `out`\n{case.query}").rows[0][1][0]
    physical = plan.split("== Optimized Physical Plan ==")[1].strip().split("\n")
    mode = re.search(r"changelogMode=\[([\w,]+)\]", physical[1])
    return mode[1] if mode else ""  # a batch job has none


def answer_query(session, case):
    try:
        session.execute(f"EXPLAIN {case.query}")
    except gateway.FlinkError as error:
        return f"error when planned: {message_of(error)}\n"
    try:
        result = session.execute(case.query)
    except gateway.FlinkError as error:
        return f"error when run: {message_of(error)}\n"
    answer = f"columns {column_list(result.columns)}\n"
    try:
        changelog = changelog_of(session, case, result.columns)
        answer += f"changelog {changelog}\n" if changelog else ""
    except gateway.FlinkError:
        pass  # types that a sink does not take: intervals
    return answer + "".join(row_text(*row) + "\n" for row in result.rows)


def answer_insert(session, case, path):
    try:
        session.execute(f"EXPLAIN {case.query}")
    except gateway.FlinkError as error:
        return f"error when planned: {message_of(error)}\n"
    job = session.execute(case.query).rows[0][1][0]
    if gateway.wait_for_job(job) == "FAILED":
        return f"error when run: {message_of(gateway.failure_of(job))}\n"
    text = ""
    for sink in case.sinks:
        written = pathlib.Path(path + "." + sink.name)
        text += written.read_text(encoding="utf-8") if written.exists() else ""
    return text


def answers_to(session, expressions, suffix):
    """For each expression its line; where one of them fails, each half by itself."""
    items = ", ".join(f"{text} AS c{i}" for i, text in enumerate(expressions))
    query = f"SELECT {items}{suffix}"
    try:
        if len(expressions) == 1:
            session.execute(f"EXPLAIN {query}")
        result = session.execute(query)
    except gateway.FlinkError as error:
        if len(expressions) > 1:
            half = len(expressions) // 2
            return answers_to(session, expressions[:half], suffix) + answers_to(
                session, expressions[half:], suffix
            )
        when = "run" if "JobExecutionException" in str(error) or "JobInit" in str(error) else "planned"
        return [f"{expressions[0]} -> error when {when}: {message_of(error)}"]
    return [
        f"{text} -> {logical_types.to_sql(column[1])}: "
        + " | ".join(shown(row[1][i]) for row in result.rows)
        for i, (text, column) in enumerate(zip(expressions, result.columns))
    ]


def answer_expressions(session, case):
    suffix = f" FROM {case.tables[0].name}" if case.tables else ""
    lines = []
    for start in range(0, len(case.expressions), EXPRESSIONS_AT_ONCE):
        lines += answers_to(session, case.expressions[start : start + EXPRESSIONS_AT_ONCE], suffix)
    return "".join(line + "\n" for line in lines)


def answer(case, folder):
    with gateway.Session(SETTINGS) as session:
        try:
            create_functions(session, case)
            path = create_tables(session, case, folder)
            for statement in case.statements:
                session.execute(statement)
        except gateway.FlinkError as error:
            return f"error when planned: {message_of(error)}\n"
        if case.expressions:
            return answer_expressions(session, case)
        if case.sinks:
            return answer_insert(session, case, path)
        return answer_query(session, case)


def table_of(changes):
    """The rows that the changes leave, and how many there are of each."""
    table = collections.Counter()
    for change in changes:
        kind, row = change[:2], change[2:]
        table[row] += 1 if kind in ("+I", "+U") else -1
    return +table


def comparable(case, text):
    """What must be the same each time."""
    if case.compare == "in order" or case.expressions:
        return text
    lines = text.split("\n")
    if case.compare == "as table" and lines[0].startswith("columns "):
        changes = [line for line in lines if line[:3] in ("+I[", "+U[", "-U[", "-D[")]
        return lines[0], table_of(changes)
    return sorted(lines)


def record(path, again, folder):
    case = cases.read(path)
    if case.expected and not again:
        return "kept"
    text = answer(case, folder)
    if comparable(case, text) != comparable(case, answer(case, folder)):
        raise Unstable("two runs differ")
    was = case.expected
    case.expected = text
    cases.write(path, case)
    return "recorded" if not was else "same" if was == text else "changed"


def files_of(paths):
    for path in map(pathlib.Path, paths):
        yield from sorted(path.rglob("*.test")) if path.is_dir() else [path]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--again", action="store_true", help="also what has an answer")
    parser.add_argument("--jobs", type=int, default=4, help="cases at a time")
    parser.add_argument("paths", nargs="+")
    arguments = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(
        arguments.jobs
    ) as pool:
        work = {
            pool.submit(record, path, arguments.again, folder): path
            for path in files_of(arguments.paths)
        }
        for done in concurrent.futures.as_completed(work):
            try:
                outcome = done.result()
            except Exception as error:  # told, and the other cases go on
                outcome = f"{type(error).__name__}: {error}"
                failed += 1
            if outcome != "kept":
                print(f"{work[done]}: {outcome}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
