"""The playground in a real Chromium against the real server.

    python3 playground_suite.py KEYREEL-SERVE [KEYREEL] [SCENARIO…]

One line for each scenario: `ok NAME` or `failed NAME` with the reason after it. Status 1 when any failed.
"""

import sys
import time
import traceback

import playground_scenarios as scenarios
from playground_browser import Browser
from playground_server import Server
from playground_steps import Bench, clean


def main():
    program, rest = sys.argv[1], sys.argv[2:]
    keyreel = rest.pop(0) if rest and "/" in rest[0] else None
    chosen = [scenario for scenario in scenarios.ALL if not rest or scenario.__name__ in rest]
    failures = 0
    with Server(program, "--backend", "instant", "--concurrency", "1") as quick, \
            Server(program, "--concurrency", "1") as real, Browser() as browser:
        bench = Bench(quick=quick, real=real, keyreel=keyreel)
        for scenario in chosen:
            begin = time.monotonic()
            try:
                browser.fresh()
                browser.view(1280, 800)
                scenario(browser, bench)
                clean(browser, bench)
                print(f"ok {scenario.__name__} {time.monotonic() - begin:.1f} s", flush=True)
            except Exception as error:
                failures += 1
                reason = "" if isinstance(error, AssertionError) else traceback.format_exc()
                print(f"failed {scenario.__name__}: {error}\n{reason}", flush=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
