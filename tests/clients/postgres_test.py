"""psql and psycopg against the Postgres port, over a lake that delta-rs wrote.

    postgres_test.py LAKE_SERVER_BINARY [unittest arguments]
"""

import datetime
import decimal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

import duckdb
import psycopg
from deltalake import write_deltalake

sys.path.insert(0, str(Path(__file__).resolve().parent))
from lake_alone import LakeServer  # noqa: E402

BINARY = None
ROWS = """SELECT i::INTEGER AS id, 'name ' || i AS name, i / 4 AS number, i::DECIMAL(10, 2) AS price,
  DATE '2026-01-01' + i::INTEGER AS day, TIMESTAMP '2026-01-01' + to_seconds(i) AS wall_clock,
  i % 2 = 0 AS even, CASE WHEN i % 3 > 0 THEN i END AS often FROM range({}) t(i)"""


class PostgresTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="millrace-lake-")
        cls.addClassCleanup(folder.cleanup)
        cls.lake = Path(folder.name)
        cls.write("numbers", 10)
        cls.write("curated/customers", 3)
        cls.server = LakeServer(BINARY, cls.lake)
        cls.addClassCleanup(cls.server.stop)

    @classmethod
    def write(cls, table, rows, mode="error"):
        (cls.lake / table).parent.mkdir(exist_ok=True)
        write_deltalake(cls.lake / table, duckdb.sql(ROWS.format(rows)), mode=mode)

    def psql(self, *commands, code=0):
        arguments = [part for command in commands for part in ("-c", command)]
        done = subprocess.run(["psql", "-X", "-q", "-A", "-t", self.server.address, *arguments],
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stdout.splitlines() if code == 0 else done.stderr.splitlines()

    def test_psql_selects(self):
        self.assertEqual(self.psql("SELECT id, name, price, often FROM numbers WHERE id < 2 ORDER BY 1"),
                         ["0|name 0|0.00|", "1|name 1|1.00|1"])
        self.assertEqual(self.psql("SELECT 1; SELECT count(*) FROM curated.customers"), ["1", "3"])

    def test_psql_lists_and_describes(self):
        self.assertEqual(self.psql(r"\dt"), ["public|numbers|table|millrace"])
        self.assertIn("curated|customers|table|millrace", self.psql(r"\dt *.*"))
        self.assertEqual(self.psql(r"\d numbers")[:5],
                         ["id|integer|||", "name|text|||", "number|double precision|||",
                          "price|numeric(10,2)|||", "day|date|||"])
        self.assertIn("curated|millrace", self.psql(r"\dn"))
        self.assertEqual(len(self.psql(r"\l")), 1)
        for command in (r"\d", r"\d+ numbers", r"\dv", r"\di", r"\du", r"\df", r"\dT", r"\dx", r"\dp"):
            with self.subTest(command):
                self.psql(command)

    def test_errors_say_what_and_where(self):
        error = self.psql("SELECT id,\n  nothing FROM numbers", code=1)
        self.assertIn('ERROR:  Referenced column "nothing" not found in FROM clause!', error)
        self.assertIn("LINE 2:   nothing FROM numbers", error)
        self.assertIn("          ^", error)
        with self.server.connect() as connection:
            for sql, state in (("SELEC 1", "42601"), ("SELECT * FROM nowhere", "42P01"),
                               ("SELECT nothing FROM numbers", "42703"), ("SELECT 'x'::INT", "22P02"),
                               ("DROP VIEW numbers", "25006"), ("SELECT nothing(1)", "42883"),
                               ("SELECT * FROM read_csv('/etc/passwd')", "42501")):
                with self.subTest(sql), self.assertRaises(psycopg.Error) as raised:
                    connection.execute(sql)
                self.assertEqual(raised.exception.sqlstate, state)

    def test_types_in_text_and_binary(self):
        row = (4, "name 4", 1.0, decimal.Decimal("4.00"), datetime.date(2026, 1, 5),
               datetime.datetime(2026, 1, 1, 0, 0, 4), True, 4)
        for binary in (False, True):
            with self.subTest(binary=binary), self.server.connect() as connection:
                with connection.cursor(binary=binary) as cursor:
                    cursor.execute("SELECT * FROM numbers WHERE id = %s", [4])
                    self.assertEqual(cursor.fetchall(), [row])
                    cursor.execute(r"""SELECT -0.0001::DECIMAL(18,6), 123456789.5::DECIMAL(20,1),
                        10000::DECIMAL(9,0), 0::DECIMAL(5,2), '\xFF\x00'::BLOB, NULL, [1, NULL], {'a': 'x'},
                        'NaN'::DOUBLE > 1, TIMESTAMPTZ '2026-01-01 00:00:00.5+00', 1::HUGEINT,
                        DATE '1969-12-31', TIMESTAMP '1969-12-31 23:59:59.999999', 3::UBIGINT""")
                    self.assertEqual(cursor.fetchone(), (
                        decimal.Decimal("-0.000100"), decimal.Decimal("123456789.5"), 10000, 0,
                        b"\xff\x00", None, [1, None], {"a": "x"}, True,
                        datetime.datetime(2026, 1, 1, 0, 0, 0, 500000, datetime.timezone.utc), 1,
                        datetime.date(1969, 12, 31),
                        datetime.datetime(1969, 12, 31, 23, 59, 59, 999999), 3))

    def test_parameters(self):
        with self.server.connect() as connection:
            found = connection.execute(
                "SELECT count(*) FROM numbers WHERE id >= %s AND name LIKE %s AND day > %s AND price < %s"
                " AND wall_clock >= %s AND even = %s AND number <= %s",
                [2, "name%", datetime.date(2026, 1, 2), decimal.Decimal("7.5"),
                 datetime.datetime(2026, 1, 1, 0, 0, 1), True, 1.5]).fetchone()
            self.assertEqual(found, (3,))
            for i in range(8):  # psycopg prepares a statement by name from the sixth time on
                self.assertEqual(connection.execute("SELECT %s::INT + id FROM numbers WHERE id = %s",
                                                    [i, 1]).fetchone(), (i + 1,))

    def test_a_statement_sees_what_was_committed_before_it(self):
        self.write("changing/growing", 5)
        with self.server.connect() as connection:
            self.assertEqual(connection.execute("SELECT count(*) FROM changing.growing").fetchone(), (5,))
            self.write("changing/growing", 2, mode="append")
            self.assertEqual(connection.execute("SELECT count(*) FROM changing.growing").fetchone(), (7,))
            self.write("changing/growing", 1, mode="overwrite")
            self.assertEqual(connection.execute("SELECT count(*) FROM changing.growing").fetchone(), (1,))

    def test_transactions_as_drivers_use_them(self):
        with psycopg.connect(self.server.address) as connection:
            self.assertEqual(connection.execute("SELECT 1").fetchone(), (1,))
            with self.assertRaises(psycopg.errors.UndefinedTable):
                connection.execute("SELECT * FROM nowhere")
            with self.assertRaises(psycopg.errors.InFailedSqlTransaction):
                connection.execute("SELECT 1")
            connection.rollback()
            with connection.transaction():
                self.assertEqual(connection.execute("SELECT 2").fetchone(), (2,))
            self.assertTrue(connection.execute("SELECT version()").fetchone()[0].startswith("PostgreSQL 15."))

    def test_cancel(self):
        with self.server.connect() as connection:
            threading.Timer(0.3, connection.cancel).start()
            began = time.monotonic()
            with self.assertRaises(psycopg.errors.QueryCanceled):
                connection.execute("SELECT count(*) FROM range(1000000) a, range(1000000) b"
                                   " WHERE (a.range * b.range) % 7 = 3")
            self.assertLess(time.monotonic() - began, 20)
            self.assertEqual(connection.execute("SELECT 1").fetchone(), (1,))

    def test_a_large_result_arrives_whole(self):
        with self.server.connect() as connection:
            cursor = connection.execute("SELECT range, repeat('x', 100) FROM range(100000)")
            self.assertEqual(sum(row[0] for row in cursor), sum(range(100000)))

    def test_who_may_connect(self):
        address = self.server.address.replace("user=millrace", "user=nobody")
        with self.assertRaisesRegex(psycopg.OperationalError, 'role "nobody" does not exist'):
            psycopg.connect(address)

    def test_foreign_bytes_end_the_connection_alone(self):
        for bytes_ in (b"GET / HTTP/1.1\r\n\r\n", struct.pack("!ii", 8, 2 << 16), b"\0\0\0\4",
                       struct.pack("!ii", 9, 196608) + b"\0\0"):
            with self.subTest(bytes_), socket.create_connection(("127.0.0.1", self.server.port)) as client:
                client.settimeout(10)
                client.sendall(bytes_)
                client.shutdown(socket.SHUT_WR)
                answer = b""
                while part := client.recv(4096):
                    answer += part
                self.assertTrue(answer == b"" or answer[:1] == b"E", answer)
        self.assertEqual(self.psql("SELECT 1"), ["1"])


def main():
    global BINARY
    BINARY = sys.argv.pop(1)
    unittest.main()


if __name__ == "__main__":
    main()
