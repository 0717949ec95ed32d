#!/usr/bin/env python3
"""The examples of user functions, run as their first lines say: functions_test.py MILLRACE"""

import os
import subprocess
import sys
import unittest

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MILLRACE = os.path.abspath(sys.argv.pop(1))


def rows_of(output):
    """The cells of a table as `millrace run` prints it."""
    lines = [line for line in output.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


class Functions(unittest.TestCase):
    def run_sql(self, path, expected_code=0):
        # The libraries lie beside the program, where the build has put them.
        done = subprocess.run(
            [MILLRACE, "run", path],
            cwd=os.path.dirname(MILLRACE),
            capture_output=True,
            text=True,
            timeout=60,
        )
        self.assertEqual(done.returncode, expected_code, done.stderr)
        return done

    def test_geo(self):
        done = self.run_sql(os.path.join(TOP, "examples", "functions", "geo.sql"))
        self.assertEqual(
            rows_of(done.stdout),
            [
                ["op", "name", "km", "h", "square"],
                ["+I", "Munich-Paris", "683.9", "8.5", "JN18"],
                ["+I", "Oslo-Rome", "2006.3", "25.1", "JN61"],
                ["+I", "nowhere", "<NULL>", "<NULL>", "<NULL>"],
            ],
        )

    def test_words(self):
        done = self.run_sql(os.path.join(TOP, "examples", "functions", "words.sql"))
        rows = rows_of(done.stdout)
        self.assertEqual(
            rows[:6],
            [
                ["op", "id", "place", "word"],
                ["+I", "1", "4", "not"],
                ["+I", "2", "<NULL>", "<NULL>"],
                ["+I", "3", "<NULL>", "<NULL>"],
                ["op", "n", "half"],
                ["+I", "3", "<NULL>"],
            ],
        )
        self.assertEqual(rows[6:9], [["+I", "4", "2"], ["+I", "5", "<NULL>"], ["+I", "6", "3"]])
        self.assertEqual(rows[-1], ["+U", "1", "2.185185185185185", "not"])


if __name__ == "__main__":
    unittest.main()
