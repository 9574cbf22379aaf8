"""keyreel-serve under the load of many subscribers, beside a queue in memory made with FastAPI."""

import contextlib
import json
import os
import pathlib
import signal
import socket
import statistics
import subprocess
import sys
import time

from measure import ROOT, Row

SCRIPTS = pathlib.Path(__file__).resolve().parent
SERVER = pathlib.Path(os.environ.get("KEYREEL_SERVE", ROOT / ".build-release/release/keyreel-serve"))
PYTHON = ROOT / ".venv/bin/python"
PEER_KEY = "peer:0123456789abcdef"
SUBSCRIBERS, PROCESSES, ROUNDS = 500, 2, 4


def free_port():
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return place.getsockname()[1]


def processor_time(process):
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak(process):
    for line in pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


def load(process, url, key, subscribers, rounds):
    """Plays the subscribers and returns the figures of all."""
    players = [
        subprocess.Popen(
            [PYTHON, SCRIPTS / "subscribers.py", url, key, str(subscribers // PROCESSES), str(rounds), str(seed)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for seed in range(1, PROCESSES + 1)]
    for player in players:
        player.stdout.readline()
    begin, cpu = time.monotonic(), processor_time(process)
    for player in players:
        player.stdin.write("go\n")
        player.stdin.flush()
    told = [json.loads(player.communicate()[0]) for player in players]
    seconds = time.monotonic() - begin
    submits = sorted(time for one in told for time in one["submits"])
    return {
        "calls": sum(one["calls"] for one in told) / seconds, "seconds": seconds,
        "cpu": (processor_time(process) - cpu) / sum(one["calls"] for one in told) * 1e6,
        "done": sum(one["done"] for one in told), "lost": [word for one in told for word in one["lost"]],
        "rate": sum(one["done"] for one in told) / seconds,
        "median": statistics.median(submits), "p99": submits[int(len(submits) * 0.99) - 1],
        "memory": peak(process), "player": max(one["cpu"] / one["seconds"] for one in told)}


@contextlib.contextmanager
def running_server(folder, *options, concurrency=64, models=None):
    """A keyreel-serve that answers at once, over the new `folder`; gives what its ready file says."""
    if not SERVER.exists():
        sys.exit(f"bench: {SERVER} is missing; run 'make server' first")
    folder.mkdir(exist_ok=True)
    ready = folder / "ready.json"
    environment = {**os.environ, **({"KEYREEL_MODELS": str(models)} if models else {})}
    with open(folder / "server.log", "wb") as log:
        process = subprocess.Popen(
            [SERVER, "--port", "0", "--data", folder / "data", "--ready-file", ready, "--backend", "instant",
             "--concurrency", str(concurrency), *options], env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        while not ready.exists():
            if process.poll() is not None:
                sys.exit("bench: keyreel-serve did not start\n" + (folder / "server.log").read_text()[-2000:])
            time.sleep(0.02)
        yield {"process": process, **json.loads(ready.read_text())}
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def ours(folder):
    with running_server(folder) as ready:
        process, url, key = ready["process"], ready["urls"]["queue"], ready["env"]["FAL_KEY"]
        load(process, url, key, PROCESSES * 5, 1)  # the first clip is really rendered
        return load(process, url, key, SUBSCRIBERS, ROUNDS)


def peer(folder):
    port = free_port()
    with open(folder / "peer.log", "wb") as log:
        process = subprocess.Popen(
            [PYTHON, "-m", "uvicorn", "reference_queue:app", "--port", str(port), "--log-level", "warning",
             "--no-access-log"], cwd=SCRIPTS, env={**os.environ, "FAL_KEY": PEER_KEY}, stdin=subprocess.DEVNULL,
            stdout=log, stderr=log)
    try:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                if process.poll() is not None:
                    sys.exit("bench: the peer did not start\n" + (folder / "peer.log").read_text()[-2000:])
                time.sleep(0.05)
        load(process, f"http://127.0.0.1:{port}", PEER_KEY, PROCESSES * 5, 1)
        return load(process, f"http://127.0.0.1:{port}", PEER_KEY, SUBSCRIBERS, ROUNDS)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def subscribers(bench):
    """500 subscribers at once, each four times, polling every 0.1 s."""
    (bench.folder / "peer").mkdir()
    mine, theirs = ours(bench.folder / "ours"), peer(bench.folder / "peer")
    whole = SUBSCRIBERS // PROCESSES * PROCESSES * ROUNDS
    for word in mine["lost"]:
        print("lost:", word, file=sys.stderr)
    return [
        Row(f"{SUBSCRIBERS} subscribers, {whole} jobs", f"{mine['done']} done, {len(mine['lost'])} lost",
            f"FastAPI, in memory: {theirs['done']} done", promise="none lost", holds=mine["done"] == whole),
        Row("jobs a second", f"{mine['rate']:.0f}", f"{theirs['rate']:.0f}", f"{mine['rate'] / theirs['rate']:.2f}×"),
        Row("requests a second", f"{mine['calls']:.0f}", f"{theirs['calls']:.0f}",
            f"{mine['calls'] / theirs['calls']:.2f}×"),
        Row("CPU time a request", f"{mine['cpu']:.0f} µs", f"{theirs['cpu']:.0f} µs",
            f"{mine['cpu'] / theirs['cpu']:.2f}×"),
        Row("submit, median", f"{mine['median'] * 1000:.0f} ms", f"{theirs['median'] * 1000:.0f} ms",
            f"{mine['median'] / theirs['median']:.2f}×"),
        Row("submit, 99th percentile", f"{mine['p99'] * 1000:.0f} ms", f"{theirs['p99'] * 1000:.0f} ms",
            f"{mine['p99'] / theirs['p99']:.2f}×"),
        Row("peak memory of the server", f"{mine['memory']:.0f} MiB", f"{theirs['memory']:.0f} MiB",
            f"{mine['memory'] / theirs['memory']:.2f}×"),
        Row("the busiest load generator", f"{mine['player'] * 100:.0f}% of a core", f"{theirs['player'] * 100:.0f}%"),
    ]
