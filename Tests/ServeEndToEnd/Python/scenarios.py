"""Plays what a suite tells one by one, and prints `ok NAME` or `FAILED NAME: why` for each."""

import sys
import time
import traceback


def play(scenarios):
    """Plays `scenarios`, functions by name, or those that the command line names after its first argument.

    The process ends with 1 when one failed.
    """
    wanted = sys.argv[2:]
    failed = 0
    for name, scenario in scenarios.items():
        if wanted and name not in wanted:
            continue
        begin = time.monotonic()
        try:
            scenario()
            print(f"ok {name} ({time.monotonic() - begin:.1f} s)", flush=True)
        except Exception:
            failed += 1
            print(f"FAILED {name}: {traceback.format_exc()}", flush=True)
    sys.exit(1 if failed else 0)
