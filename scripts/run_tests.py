#!/usr/bin/env python3
"""Runs the suites of tests/suites and sums what they report.

    scripts/run_tests.py [--build build/release] [--sanitized] [--at-once N] [SUITE...]

As many run side by side as there are processors, or N: most of them wait for one program at a time.
They are reported in the order of the list. Each suite's output goes to build/<preset>/test-logs/SUITE.log and is shown when it fails. The last
line is `N passed, N failed` over all suites, and the exit code is 0 only if none failed.
"""

import argparse
import os
import re
import resource
import shlex
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TIMEOUT_S = 900
# Runs of each pipeline test with crashes at places drawn by chance. Sanitized ones take twenty times
# as long and look for other mistakes.
CRASH_SEEDS, SANITIZED_CRASH_SEEDS = 50, 8
# Random queries against DuckDB, likewise.
QUERIES, SANITIZED_QUERIES = 500, 60
# Frames with sanitizers in them are several times as large, so that deep recursion which is within
# its limit would pass the usual 8 MiB.
SANITIZED_STACK_BYTES = 64 << 20
SHOWN_LINES = 150


def read_suites(path, sanitized=False):
    """The lines `name command...` of the list, as a dictionary; only those marked + if sanitized."""
    suites = {}
    for line in path.read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            name, command = line.split(maxsplit=1)
            if name.startswith("+") or not sanitized:
                suites[name.removeprefix("+")] = command
    return suites


def counts(output):
    """(passed, failed, skipped) as the suite's own summary states them; zeros if it has none."""
    if found := re.findall(r"^\[doctest\] test cases: .*?(\d+) passed \| +(\d+) failed", output, re.M):
        return int(found[-1][0]), int(found[-1][1]), 0
    if found := re.findall(r"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$", output, re.M):
        return tuple(int(number or 0) for number in found[-1])
    if found := re.findall(r"^Ran (\d+) tests? in", output, re.M):
        bad = sum(map(int, re.findall(r"(?:failures|errors|unexpected successes)=(\d+)", output)))
        skipped = sum(map(int, re.findall(r"skipped=(\d+)", output)))
        return int(found[-1]) - bad - skipped, bad, skipped
    return 0, 0, 0


def judge(output, exit_code):
    """What the suite counts for: never a pass with a bad exit code, never a pass without a test."""
    passed, failed, skipped = counts(output)
    if failed == 0 and (exit_code != 0 or passed + skipped == 0):
        failed = 1
    return passed, failed, skipped


@dataclass
class Outcome:
    name: str
    log: Path
    exit_code: int
    seconds: float
    passed: int
    failed: int
    skipped: int


def run_command(command, log):
    """Runs the command with its output in `log`; ends its whole process group when time is up."""
    with log.open("w") as out:
        process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out,
                                   stderr=subprocess.STDOUT, start_new_session=True)
        try:
            return process.wait(timeout=TIMEOUT_S)
        except subprocess.TimeoutExpired:
            out.write(f"\nstopped: not done after {TIMEOUT_S} s\n")
            return 124
        finally:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass


def run_suite(name, command, log):
    started = time.monotonic()
    try:
        exit_code = run_command(shlex.split(command), log)
    except OSError as error:
        log.write_text(f"cannot start the suite: {error}\n")
        exit_code = 127
    return Outcome(name, log, exit_code, time.monotonic() - started,
                   *judge(log.read_text(errors="replace"), exit_code))


def report(outcome):
    print(f"{outcome.name:<12} {outcome.passed:>5} passed {outcome.failed:>3} failed {outcome.seconds:>7.1f} s"
          + (f"  ({outcome.skipped} skipped)" if outcome.skipped else ""), flush=True)
    if outcome.failed:
        lines = outcome.log.read_text(errors="replace").splitlines()
        if len(lines) > SHOWN_LINES:
            print(f"  | (the last {SHOWN_LINES} lines of {outcome.log})")
        print("\n".join(f"  | {line}" for line in lines[-SHOWN_LINES:]))
        print(f"  | exit code {outcome.exit_code}", flush=True)


def allow_sanitizers():
    """Room on the stack, and names in their reports; the suites inherit both."""
    _, most = resource.getrlimit(resource.RLIMIT_STACK)
    wanted = SANITIZED_STACK_BYTES if most == resource.RLIM_INFINITY else min(SANITIZED_STACK_BYTES, most)
    resource.setrlimit(resource.RLIMIT_STACK, (wanted, most))
    symbolizer = "/usr/bin/llvm-symbolizer-19"
    os.environ.setdefault("ASAN_SYMBOLIZER_PATH", symbolizer)
    os.environ.setdefault("TSAN_OPTIONS", f"external_symbolizer_path={symbolizer} "
                                          f"suppressions={ROOT / 'tests/tsan.suppressions'}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default="build/release")
    parser.add_argument("--suites", type=Path, default=ROOT / "tests/suites")
    parser.add_argument("--sanitized", action="store_true", help="only the suites marked +")
    parser.add_argument("--at-once", type=int, default=os.cpu_count(), metavar="N",
                        help="how many run side by side")
    parser.add_argument("names", nargs="*", metavar="SUITE")
    arguments = parser.parse_args()

    suites = read_suites(arguments.suites, arguments.sanitized)
    if arguments.sanitized:
        allow_sanitizers()
    unknown = [name for name in arguments.names if name not in suites]
    if unknown:
        sys.exit(f"no suite {', '.join(unknown)}; tests/suites has {', '.join(suites)}")
    venv_python = ROOT / ".deps/venv/bin/python"
    places = {"build": arguments.build, "python": venv_python if venv_python.exists() else sys.executable,
              "seeds": SANITIZED_CRASH_SEEDS if arguments.sanitized else CRASH_SEEDS,
              "queries": SANITIZED_QUERIES if arguments.sanitized else QUERIES}
    logs = ROOT / arguments.build / "test-logs"
    logs.mkdir(parents=True, exist_ok=True)

    def run(name):
        return run_suite(name, suites[name].format(**places), logs / f"{name}.log")

    total_passed = total_failed = total_skipped = 0
    with ThreadPoolExecutor(arguments.at_once) as pool:
        for outcome in pool.map(run, arguments.names or suites):
            report(outcome)
            total_passed += outcome.passed
            total_failed += outcome.failed
            total_skipped += outcome.skipped

    if total_skipped:
        print(f"\n{total_skipped} were skipped: what they need is not on this machine or not built yet;"
              f" their logs in {logs} say which.")
    print(f"\n{total_passed} passed, {total_failed} failed")
    sys.exit(1 if total_failed or not total_passed else 0)


if __name__ == "__main__":
    main()
