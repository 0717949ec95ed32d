"""scripts/run_tests.py: what each kind of summary counts for, and that a failure cannot pass."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

RUNNER = Path(__file__).resolve().parents[2] / "scripts/run_tests.py"


class RunTests(unittest.TestCase):
    def run_suites(self, listed, *arguments):
        """The exit code, the last line and the whole output for a list of suites."""
        with tempfile.TemporaryDirectory() as folder:
            suites = Path(folder, "suites")
            suites.write_text(listed)
            done = subprocess.run([sys.executable, RUNNER, "--build", folder, "--suites", suites, *arguments],
                                  capture_output=True, text=True)
            return done.returncode, done.stdout.splitlines()[-1] if done.stdout else "", done.stdout + done.stderr

    def expect(self, listed, code, last):
        self.assertEqual(self.run_suites(listed)[:2], (code, last))

    def test_sums_the_summaries_of_all_kinds(self):
        self.expect("plain echo '2 passed, 0 failed'\n"
                    "# a comment\n"
                    "unittest printf 'Ran 5 tests in 0.1s\\n\\nOK (skipped=1)\\n'\n"
                    "doctest printf '[doctest] test cases:  3 |  3 passed | 0 failed | 0 skipped\\n'\n",
                    0, "9 passed, 0 failed")

    def test_failures_are_counted_and_shown(self):
        code, last, output = self.run_suites("bad sh -c 'echo the mill is dry; echo 2 passed, 1 failed; exit 1'\n")
        self.assertEqual((code, last), (1, "2 passed, 1 failed"))
        self.assertIn("the mill is dry", output)
        self.expect("unittest sh -c 'echo Ran 5 tests in 1s; echo \"FAILED (failures=1, errors=2)\"; exit 1'\n",
                    1, "2 passed, 3 failed")

    def test_a_bad_exit_code_fails_whatever_was_printed(self):
        self.expect("liar sh -c 'echo 2 passed, 0 failed; exit 3'\n", 1, "2 passed, 1 failed")

    def test_a_suite_without_tests_or_without_a_program_fails(self):
        self.expect("idle true\n", 1, "0 passed, 1 failed")
        self.expect("gone /no/such/program\n", 1, "0 passed, 1 failed")

    def test_a_skipped_test_neither_passes_nor_fails(self):
        self.expect("one echo '1 passed, 0 failed'\nrest echo '0 passed, 0 failed, 2 skipped'\n",
                    0, "1 passed, 0 failed")

    def test_suites_run_side_by_side_and_are_reported_in_their_order(self):
        with tempfile.TemporaryDirectory() as folder:
            # Each waits for the other to begin, the first one longer.
            def meets(other, seconds, mine):
                return (f"{mine} sh -c 'touch {folder}/{mine}; timeout 20 sh -c \"until [ -e {folder}/{other} ]; do sleep 0.01; done\""
                        f" && sleep {seconds} && echo 1 passed, 0 failed'\n")
            listed = meets("brief", 0.3, "long") + meets("long", 0, "brief")
            code, last, output = self.run_suites(listed, "--at-once", "2")
        self.assertEqual((code, last), (0, "2 passed, 0 failed"))
        self.assertLess(output.index("long"), output.index("brief"))

    def test_picks_suites_by_name_and_by_mark(self):
        listed = "+one echo '1 passed, 0 failed'\ntwo echo '2 passed, 0 failed'\n"
        self.assertEqual(self.run_suites(listed, "two")[1], "2 passed, 0 failed")
        self.assertEqual(self.run_suites(listed, "--sanitized")[1], "1 passed, 0 failed")
        code, _, output = self.run_suites(listed, "three")
        self.assertEqual(code, 1)
        self.assertIn("no suite three", output)


if __name__ == "__main__":
    unittest.main()
