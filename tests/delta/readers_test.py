"""Tables that our sink wrote, read by delta-rs, by DuckDB's delta extension, and by ourselves.

    readers_test.py LAKE_WRITER_BINARY LAKE_SERVER_BINARY [unittest arguments]
"""

import datetime
import decimal
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import duckdb
from deltalake import DeltaTable, QueryBuilder

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "clients"))
from lake_alone import LakeServer  # noqa: E402

WRITER = SERVER = None
EPOCHS = 205
# What every reader can be asked, and what it must say of n rows.
QUESTION = """SELECT count(*) AS n, sum(i) AS i, count(region) AS regions, min(day) AS first_day,
  max(wall_clock) AS last_wall_clock, sum(price) AS price, max(large) AS large, sum(small) AS small,
  sum(CASE WHEN flag THEN 1 ELSE 0 END) AS flags, max(big) AS big, sum(single) AS single,
  sum(number) AS number FROM {table}"""


def answer(n):
    rows = range(n)
    return (n, sum(rows), sum(1 for i in rows if i % 7), datetime.date(2026, 1, 1),
            datetime.datetime(2026, 1, 1) + datetime.timedelta(milliseconds=123 + n - 1),
            decimal.Decimal(sum(7 * i - 700 for i in rows)) / 100,
            decimal.Decimal(n - 1) * 10 ** 16, -sum(rows), n // 2, max(1 << (i % 62) for i in rows),
            sum(rows) / 4, sum(rows) / 8)


class ReadersTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="millrace-lake-")
        cls.addClassCleanup(folder.cleanup)
        cls.lake = Path(folder.name)
        subprocess.run([WRITER, folder.name, str(EPOCHS)], check=True)
        cls.tables = {"plain": EPOCHS * 100, "by_region_and_day": 200}

    def test_delta_rs(self):
        for name, rows in self.tables.items():
            with self.subTest(name):
                result = (QueryBuilder().register("t", DeltaTable(str(self.lake / name)))
                          .execute(QUESTION.format(table="t")))
                self.assertEqual(duckdb.from_arrow(result).fetchone(), answer(rows))

    def test_duckdb_with_the_delta_kernel(self):
        import duckdb_extension_delta
        folder = Path(duckdb_extension_delta.__file__).parent
        extension = next(folder.rglob("delta.duckdb_extension"))
        duck = duckdb.connect(config={"allow_unsigned_extensions": "true"})
        duck.load_extension(str(extension))
        for name, rows in self.tables.items():
            with self.subTest(name):
                table = f"delta_scan('{self.lake / name}')"
                self.assertEqual(duck.execute(QUESTION.format(table=table)).fetchone(), answer(rows))

    def test_delta_rs_sees_versions_and_transactions(self):
        table = DeltaTable(str(self.lake / "plain"))
        self.assertEqual(table.version(), EPOCHS)
        self.assertEqual(table.transaction_version("writer/sink-1"), EPOCHS)
        self.assertEqual(len(table.file_uris()), EPOCHS)
        self.assertEqual(DeltaTable(str(self.lake / "plain"), version=3).version(), 3)

    def test_the_log_without_our_checkpoints_says_the_same(self):
        log = self.lake / "plain" / "_delta_log"
        self.assertTrue((log / f"{200:020}.checkpoint.parquet").exists())
        self.assertEqual(json.loads((log / "_last_checkpoint").read_text())["version"], 200)
        with_checkpoint = sorted(DeltaTable(str(self.lake / "plain")).file_uris())
        hidden = [path.rename(path.with_suffix(".hidden")) for path in log.glob("*checkpoint*")]
        self.assertEqual(len(hidden), 3)
        self.assertEqual(sorted(DeltaTable(str(self.lake / "plain")).file_uris()), with_checkpoint)

    def test_bounds_let_readers_pass_files_over(self):
        actions = duckdb.from_arrow(DeltaTable(str(self.lake / "plain")).get_add_actions(flatten=True))
        found = actions.filter('"min.i" <= 150 AND "max.i" >= 150').aggregate("count(*), any_value(num_records)")
        self.assertEqual(found.fetchone(), (1, 100))
        first = actions.filter('"min.i" = 0').project(
            '"null_count.region", "min.region", "max.wall_clock", "min.price"').fetchone()
        self.assertEqual(first, (15, "Taraz", datetime.datetime(2026, 1, 1, 0, 0, 0, 222000),
                                 decimal.Decimal("-7.00")))

    def test_ourselves(self):
        server = LakeServer(SERVER, self.lake)
        self.addCleanup(server.stop)
        with server.connect() as connection:
            for name, rows in self.tables.items():
                with self.subTest(name):
                    found = connection.execute(QUESTION.format(table=name)).fetchone()
                    self.assertEqual(found, answer(rows))
            regions = connection.execute(
                "SELECT DISTINCT region FROM by_region_and_day ORDER BY 1 NULLS LAST").fetchall()
            self.assertEqual(regions, [("Taraz",), ("Алматы / east=100%",), (None,)])


def main():
    global WRITER, SERVER
    WRITER, SERVER = sys.argv.pop(1), sys.argv.pop(1)
    unittest.main()


if __name__ == "__main__":
    main()
