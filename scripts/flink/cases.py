"""The text of a golden case (tests/flink/README.md describes it): read, and written back."""

import re
from dataclasses import dataclass, field

DASHES = "----"
OTHERWISE = "otherwise: "
_SECTION = re.compile(r"^(compare|table|sink|function|feed|sql|query|expressions)\b *(.*)$")
_KINDS = ("+I", "-U", "+U", "-D")


@dataclass
class Table:
    name: str
    options: dict
    body: str


@dataclass
class Record:
    step: int
    table: str
    kind: str
    text: str


@dataclass
class Case:
    head: str  # all text before the dashes, as written
    expected: str  # all text behind them; empty where nothing is recorded yet
    otherwise: str = ""  # where Millrace's answer is meant to be another: why, and that answer
    compare: str = ""
    tables: list = field(default_factory=list)
    sinks: list = field(default_factory=list)
    functions: list = field(default_factory=list)
    feed: list = field(default_factory=list)
    statements: list = field(default_factory=list)
    query: str = ""
    expressions: list = field(default_factory=list)


def read(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    head, _, expected = text.partition(f"\n{DASHES}\n")
    expected, mark, otherwise = ("\n" + expected).partition("\n" + OTHERWISE)
    expected = expected[1:] + ("\n" if mark else "")
    case = Case(head.rstrip("\n"), expected, OTHERWISE + otherwise if mark else "")
    step = -1
    for name, argument, body in _sections(case.head):
        if name == "compare":
            case.compare = argument
        elif name in ("table", "sink"):
            table, *options = argument.split()
            tables = case.tables if name == "table" else case.sinks
            tables.append(Table(table, dict(o.split("=", 1) for o in options), body))
        elif name == "function":
            case.functions.append(argument)
        elif name == "feed":
            step += 1
            case.feed += [_record(step, argument, line) for line in body.split("\n") if line]
        elif name == "sql":
            case.statements += statements_of(body)
        elif name == "query":
            case.query = body.rstrip(";")
        elif name == "expressions":
            case.expressions += [
                line for line in body.split("\n") if line and not line.startswith("#")
            ]
    return case


def write(path, case):
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"{case.head}\n{DASHES}\n{case.expected}{case.otherwise}")


def _record(step, table, line):
    kind = line[:2] if line[:2] in _KINDS else ""
    return Record(step, table, kind or "+I", line[len(kind) :].strip())


def _sections(head):
    """(name, rest of its line, lines below it) for each."""
    found = []
    after_blank = True
    for line in head.split("\n"):
        match = _SECTION.match(line) if after_blank else None
        if match:
            found.append((match[1], match[2], []))
        elif found:
            found[-1][2].append(line)
        after_blank = not line or (after_blank and line.startswith("#"))
    return [(name, argument, "\n".join(lines).strip("\n")) for name, argument, lines in found]


def statements_of(text):
    """Split at semicolons that end a line."""
    return [s.strip() for s in re.split(r";[ \t]*(?:\n|$)", text) if s.strip()]
