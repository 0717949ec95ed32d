"""Runs the subjects of a client, one after another, and prints what became of each: clients_test.py reads that."""

import sys
import traceback


def run_all(*subjects, run=lambda subject: subject()):
    """Exits with an error where one failed."""
    failed = False
    for subject in subjects:
        name = subject.__name__.removeprefix("test_")
        try:
            run(subject)
            print(f"ok {name}", flush=True)
        except Exception:
            failed = True
            traceback.print_exc()
            print(f"failed {name}", flush=True)
    sys.exit(failed)
