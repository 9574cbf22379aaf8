"""Runs a program and says what it took: wall time, CPU time of it and its children, peak memory."""

import dataclasses
import os
import pathlib
import statistics
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
KEYREEL = pathlib.Path(os.environ.get("KEYREEL", ROOT / ".build-release/release/keyreel"))


@dataclasses.dataclass
class Took:
    """Medians of several runs."""

    wall: float  # seconds
    cpu: float  # seconds, user and system, children included
    memory: float  # MiB, the largest of all runs
    runs: int
    private: float = 0.0  # MiB of memory that no file backs, the peak of samples


@dataclasses.dataclass
class Row:
    """One line of the table; `holds` is None where nothing was promised."""

    what: str
    ours: str
    peer: str = "–"
    ratio: str = "–"
    promise: str = "–"
    holds: bool | None = None


def private_memory(process, peak):
    """Keeps the largest sample of the memory of `process` that no file backs (RssAnon), until it ends."""
    while True:
        try:
            with open(f"/proc/{process}/status", encoding="utf-8") as status:
                sizes = [int(line.split()[1]) for line in status if line.startswith("RssAnon:")]
        except OSError:
            return
        if not sizes:
            return
        peak[0] = max(peak[0], sizes[0] / 1024)
        time.sleep(0.05)


class OutOfTime(Exception):
    """A command did not end in the time that it was given."""


def once(command, folder, log=None, environment=None, limit=None):
    """Runs `command` once; ends the benchmark with its last words when it fails.

    Throws OutOfTime after `limit` seconds, if there is one.
    """
    # wait4 tells the peak of the child alone. The figure starts at this process's own size, so this
    # program loads no large library.
    with open(log or os.devnull, "wb") as output:
        start = time.monotonic()
        child = subprocess.Popen(
            [str(part) for part in command], cwd=folder, stdin=subprocess.DEVNULL, stdout=output,
            stderr=subprocess.STDOUT if log else subprocess.PIPE,
            env={**os.environ, **(environment or {})})
        peak = [0.0]
        sampler = threading.Thread(target=private_memory, args=(child.pid, peak), daemon=True)
        sampler.start()
        alarm = threading.Timer(limit, child.kill) if limit else None
        if alarm:
            alarm.start()
        words = child.stderr.read() if child.stderr else b""
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.monotonic() - start
        if alarm:
            alarm.cancel()
        sampler.join()
    child.returncode = os.waitstatus_to_exitcode(status)
    if limit and wall >= limit:
        raise OutOfTime
    if child.returncode != 0:
        said = words.decode(errors="replace") if not log else open(log, errors="replace").read()
        sys.exit(f"bench: {' '.join(map(str, command))} ended with {child.returncode}\n{said[-2000:]}")
    return Took(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, 1, peak[0])


def repeat(command, folder, times, before=None, environment=None):
    """Medians over `times` runs; `before(index)` prepares each and may return another command."""
    runs = []
    for index in range(times):
        changed = before(index) if before else None
        runs.append(once(changed or command, folder, environment=environment))
    return Took(
        statistics.median(run.wall for run in runs), statistics.median(run.cpu for run in runs),
        max(run.memory for run in runs), times, max(run.private for run in runs))


def quiet(command, folder):
    """Runs a preparation that is not measured."""
    once(command, folder)


def seconds(value):
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.2f} s"


def told(took):
    """Wall and CPU time; on a busy machine the second is the one to compare."""
    return f"{seconds(took.wall)} ({seconds(took.cpu)} CPU)"


def compared(ours, peer):
    """How much of the peer's time we take."""
    return f"{ours / peer:.2f}×"
