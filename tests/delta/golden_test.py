"""Tables of other writers, read by us and compared with what Spark reads.

    golden_test.py LAKE_SERVER_BINARY

The tables are not part of the repository: MILLRACE_DELTA_GOLDEN names a directory with INDEX.json,
tables/ and expected/. Without it nothing is tested, and the suite says so. A table that we refuse
by the name of a feature counts as skipped; one that we read must be read right.
"""

import collections
import datetime
import decimal
import json
import os
import sys
from pathlib import Path

import duckdb
import psycopg

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "clients"))
from lake_alone import LakeServer  # noqa: E402


def plain(value):
    """The value in a form in which both sides print it alike; nested values are not compared."""
    if isinstance(value, (list, dict, tuple)):
        return "nested"
    if isinstance(value, str) and value[:1] in "[{":
        return "nested"
    if isinstance(value, decimal.Decimal):
        return f"{value.normalize():f}" if value else "0"
    if isinstance(value, datetime.datetime):
        if value.tzinfo:
            value = value.astimezone(datetime.timezone.utc).replace(tzinfo=None)
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value).hex()
    return str(value)


def rows_of(cursor):
    return sorted([plain(value) for value in row] for row in cursor.fetchall())


def expected_rows(duck, file):
    """Instants become wall-clock times in UTC, for which Python needs no package more."""
    def read(name, kind):
        if kind == "TIMESTAMP WITH TIME ZONE":
            return f"timezone('UTC', \"{name}\")"
        if kind.startswith(("STRUCT", "MAP")) or kind.endswith("]"):
            return f"CASE WHEN \"{name}\" IS NOT NULL THEN '[' END"
        return f'"{name}"'

    columns = duck.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(file)]).fetchall()
    chosen = ", ".join(read(name, kind) for name, kind, *_ in columns)
    return rows_of(duck.execute(f"SELECT {chosen} FROM read_parquet(?)", [str(file)]))


def judge(entry, golden, connection, duck):
    """What became of a table: ok, refused (with the reason), or wrong (with the difference)."""
    folder, name = entry["table"].rsplit("/", 1)
    try:
        ours = rows_of(connection.execute(f'SELECT * FROM "{folder}"."{name}"'))
    except psycopg.Error as error:
        message = str(error).splitlines()[0]
        refusal = error.sqlstate == "0A000"
        if entry["class"] == "must-reject":
            return "ok", message
        return ("refused" if refusal else "wrong"), message
    if entry["class"] == "must-reject":
        return "wrong", "read, and no other reader does"
    expected = expected_rows(duck, golden / entry["expected_parquet"])
    if ours == expected:
        return "ok", ""
    return "wrong", f"{len(ours)} rows, expected {len(expected)}; {ours[:1]} / {expected[:1]}"


def main():
    place = os.environ.get("MILLRACE_DELTA_GOLDEN")
    if not place:
        print("skipped: MILLRACE_DELTA_GOLDEN names no directory of tables")
        print("0 passed, 0 failed, 1 skipped")
        return 0
    golden = Path(place)
    entries = [entry for entry in json.loads((golden / "INDEX.json").read_text())
               if entry["class"] in ("read", "must-reject")]
    server = LakeServer(sys.argv[1], golden / "tables")
    duck = duckdb.connect()
    duck.execute("SET TimeZone = 'UTC'")
    outcomes = collections.Counter()
    with server.connect() as connection:
        for entry in entries:
            outcome, why = judge(entry, golden, connection, duck)
            outcomes[outcome] += 1
            if outcome != "ok":
                print(f"{outcome}: {entry['table']}: {why}")
    server.stop()
    print(f"{outcomes['ok']} passed, {outcomes['wrong']} failed, {outcomes['refused']} skipped")
    return 1 if outcomes["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
