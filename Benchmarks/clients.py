"""`keyreel run` beside fal's own asynchronous Python client: the same jobs, the same server, over TLS."""

import dataclasses
import re
import ssl
import urllib.request

import material
from measure import KEYREEL, OutOfTime, Row, once, told
from serving import PYTHON, SCRIPTS, running_server

JOBS = 2000
# Jobs in flight at once: what keyreel does by default, and hundreds.
LIMITS = (64, 500)
# Jobs that take time, as real ones do; the server works on all at once.
SLOW_JOBS, SLOW = 1000, "{uniform: [2s, 4s]}"
# How long Python may take for all jobs at once, in seconds.
PATIENCE = 360


def counters(ready):
    """Requests answered and jobs made since the server started."""
    trust = ssl.create_default_context(cafile=ready["env"]["SSL_CERT_FILE"])
    address = ready["urls"]["queue"].removesuffix("/queue") + "/metrics"
    with urllib.request.urlopen(address, context=trust) as answer:
        text = answer.read().decode()
    services = dict.fromkeys(("queue", "run", "storage", "media", "platform"), 0)
    for service, count in re.findall(r'^keyreel_http_requests_total\{service="(\w+)",.*\} (\d+)$', text, re.M):
        services[service] = services.get(service, 0) + int(count)
    jobs = re.search(r'^keyreel_jobs_ended_total\{outcome="success"\} (\d+)$', text, re.M)
    return {"requests": sum(services[name] for name in services), "jobs": int(jobs.group(1)), **services}


class Client:
    """What a client took for its jobs."""

    def __init__(self, took, before, after):
        self.took, self.memory, self.private = took, took.memory, took.private
        self.jobs = after["jobs"] - before["jobs"]
        self.rate = self.jobs / took.wall
        self.requests = (after["requests"] - before["requests"]) / max(self.jobs, 1)

    def __str__(self):
        return f"{self.rate:.0f} ({told(self.took)})"


def run(command, folder, ready, patience=None):
    before = counters(ready)
    took = once(command, folder, environment={**ready["env"], "KEYREEL_STORE": ""}, limit=patience)
    return Client(took, before, counters(ready))


def ours(bench, ready, jobs, limit, name):
    folder = material.project(bench.folder / f"keyreel-{name}")
    material.tiny_model(folder)
    film = material.chain(
        folder / "film.yaml", jobs, "backend: fal\ndefaults: {model: bench/tiny, frames: 8}\n")
    return run([KEYREEL, "run", "--quiet", "--yes", "--concurrency", limit, film], folder, ready)


def theirs(bench, ready, jobs, limit, name, *form, patience=None):
    """The client as fal's pages show it, or with `bare` without its callback; a limit of 0 is none."""
    folder = material.project(bench.folder / "-".join(("python", name, *form)))
    return run([PYTHON, SCRIPTS / "fal_jobs.py", folder, jobs, limit, *form], folder, ready, patience)


def rates(what, keyreel, python, promise="≥ 3×"):
    ratio = keyreel.rate / python.rate
    return Row(f"{what}: clips a second", str(keyreel), str(python), f"{ratio:.2f}×", promise,
               ratio >= 3 if promise != "–" else None)


def calls(what, keyreel, python, promise="≤ 0.5×"):
    ratio = keyreel.requests / python.requests
    return Row(f"{what}: requests a clip", f"{keyreel.requests:.2f}", f"{python.requests:.2f}", f"{ratio:.2f}×",
               promise, ratio <= 0.5 if promise != "–" else None)


def compare(bench, ready, what, jobs, limit, name):
    """Both clients one after the other, keyreel first."""
    keyreel, python = (client(bench, ready, jobs, limit, name) for client in (ours, theirs))
    return keyreel, [
        rates(what, keyreel, python), calls(what, keyreel, python),
        Row(f"{what}: peak memory", f"{keyreel.memory:.0f} MiB", f"{python.memory:.0f} MiB",
            f"{keyreel.memory / python.memory:.2f}×", "≤ 0.25×", keyreel.memory <= 0.25 * python.memory),
        Row(f"{what}: of it private", f"{keyreel.private:.0f} MiB", f"{python.private:.0f} MiB",
            f"{keyreel.private / python.private:.2f}×"),
    ]


def bare(bench, ready, what, keyreel, jobs, limit, name):
    """The same beside a Python program that wants no word before the end."""
    python = theirs(bench, ready, jobs, limit, name, "bare")
    what += ", Python without on_queue_update"
    return [rates(what, keyreel, python, "–"), calls(what, keyreel, python, "–")]


def all_at_once(bench, ready, keyreel, jobs):
    """Python's jobs in one `gather` without a limit, beside what keyreel did before."""
    what = f"{jobs:,} jobs, Python all at once"
    try:
        return rates(what, keyreel, theirs(bench, ready, jobs, 0, "all", patience=PATIENCE), "–")
    except OutOfTime:
        return Row(f"{what}: clips a second", str(keyreel), f"not done in {PATIENCE} s")


def clients(bench):
    """2,000 jobs that take no time, with few and with many in flight; then jobs that take some."""
    models = bench.folder / "models-of-the-server"
    material.tiny_model(models)
    models /= "models"
    with running_server(bench.folder / "quick", "--dev-tls", models=models) as ready:
        for client in (ours, theirs):
            client(bench, ready, 20, 8, "first")  # the first clip is really rendered
        for limit in LIMITS:
            what = f"{JOBS:,} jobs, {limit} in flight"
            keyreel, rows = compare(bench, ready, what, JOBS, limit, str(limit))
            yield from rows
            if limit == LIMITS[0]:
                yield from bare(bench, ready, what, keyreel, JOBS, limit, str(limit))
        yield all_at_once(bench, ready, keyreel, JOBS)
    faults = bench.folder / "faults.yaml"
    faults.write_text(f"faults: [{{at: work, delay: {SLOW}}}]\n")
    with running_server(bench.folder / "slow", "--dev-tls", "--faults", faults, concurrency=max(LIMITS),
                        models=models) as ready:
        for limit in LIMITS:
            what = f"{SLOW_JOBS:,} jobs of 2 to 4 s, {limit} in flight"
            for row in compare(bench, ready, what, SLOW_JOBS, limit, f"slow-{limit}")[1]:
                # The promises are about jobs that take no time; how fast these are is the server's doing.
                yield dataclasses.replace(row, promise="–", holds=None)
