"""`keyreel run` beside fal's own asynchronous Python client: the same jobs, the same server, over TLS."""

import os
import re
import ssl
import urllib.request

import material
from measure import KEYREEL, ROOT, Row, once, told
from serving import PYTHON, SCRIPTS, running_server

JOBS, LIMITS = int(os.environ.get("BJ", "2000")), (64, 500)


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
        self.took, self.memory = took, took.memory
        self.jobs = after["jobs"] - before["jobs"]
        self.rate = self.jobs / took.wall
        self.requests = (after["requests"] - before["requests"]) / max(self.jobs, 1)
        self.by_service = {name: round((after[name] - before[name]) / max(self.jobs, 1), 2)
                           for name in ("queue", "storage", "media", "platform")}

    def __str__(self):
        return f"{self.rate:.0f} ({told(self.took)})"


def run(command, folder, ready):
    environment = {**ready["env"], "KEYREEL_STORE": ""}
    before = counters(ready)
    took = once(command, folder, environment=environment)
    return Client(took, before, counters(ready))


def ours(bench, ready, jobs, limit):
    folder = material.project(bench.folder / f"keyreel-{jobs}-{limit}")
    material.tiny_model(folder)
    film = material.chain(
        folder / "film.yaml", jobs, "backend: fal\ndefaults: {model: bench/tiny, frames: 8}\n")
    return run([KEYREEL, "run", "--quiet", "--yes", "--concurrency", limit, film], folder, ready)


def theirs(bench, ready, jobs, limit):
    folder = material.project(bench.folder / f"python-{jobs}-{limit}")
    return run([PYTHON, SCRIPTS / "fal_jobs.py", folder, jobs, limit], folder, ready)


def clients(bench):
    """2,000 jobs each, with few and with many in flight at once."""
    models = bench.folder / "server"
    material.tiny_model(models)
    with running_server(bench.folder / "server", "--dev-tls", models=models / "models") as ready:
        ours(bench, ready, 20, 8)  # the first clip is really rendered
        theirs(bench, ready, 20, 8)
        for limit in LIMITS:
            keyreel, python = ours(bench, ready, JOBS, limit), theirs(bench, ready, JOBS, limit)
            what = f"{JOBS:,} jobs, {limit} in flight"
            print(keyreel.by_service, python.by_service)
            yield Row(
                f"{what}: clips a second", str(keyreel), str(python), f"{keyreel.rate / python.rate:.2f}×",
                "≥ 3×", keyreel.rate >= 3 * python.rate)
            yield Row(
                f"{what}: peak memory", f"{keyreel.memory:.0f} MiB", f"{python.memory:.0f} MiB",
                f"{keyreel.memory / python.memory:.2f}×", "≤ 0.25×", keyreel.memory <= 0.25 * python.memory)
            yield Row(
                f"{what}: requests a clip", f"{keyreel.requests:.2f}", f"{python.requests:.2f}",
                f"{keyreel.requests / python.requests:.2f}×", "≤ 0.5×",
                keyreel.requests <= 0.5 * python.requests)
