"""From submit to film on a real Slurm of four nodes on this machine, beside a run without it."""

import contextlib
import subprocess
import sys

import material
from measure import KEYREEL, ROOT, Row, once, seconds
from serving import running_server

CLUSTER = ROOT / "Tests/slurm_cluster.py"
NODES, CLIPS = 4, 24
# What one clip takes a machine that makes one at a time.
WORK = 5


@contextlib.contextmanager
def cluster(folder):
    """The cluster's variables, while it runs."""
    process = subprocess.Popen(
        [sys.executable, CLUSTER, folder, "--nodes", str(NODES)], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, text=True)
    try:
        if process.stdout.readline() != "ready\n":
            sys.exit("bench: Slurm did not start; scripts/setup --tests installs it")
        yield {"SLURM_CONF": str(folder / "slurm.conf"), "KEYREEL_CACHE": str(folder / "caches")}
    finally:
        process.stdin.close()
        process.wait()


def film(folder, settings):
    """A project of its own, whose film is of tiny clips."""
    material.project(folder)
    material.tiny_model(folder)
    return material.chain(
        folder / "film.yaml", CLIPS, settings + "defaults: {model: bench/tiny, frames: 8}\n")


def row(what, folder, settings, words, variables):
    """The same film by a run on this machine and by tasks of a cluster."""
    alone, shared = folder / "alone", folder / "shared"
    local = once(
        [KEYREEL, "run", "--quiet", "--yes", *words, film(alone, settings)], alone,
        environment={**variables, "KEYREEL_STORE": ""})
    with cluster(folder / "cluster") as where:
        far = once(
            [KEYREEL, "submit", "--yes", *words, film(shared, settings), "--tasks", NODES, "--wait"],
            shared, environment={**variables, **where, "KEYREEL_STORE": f"shared:{folder}/store"})
    if (alone / "films/film.mp4").read_bytes() != (shared / "films/film.mp4").read_bytes():
        sys.exit("bench: the cluster's film is another one")
    return Row(what, seconds(far.wall), f"keyreel run {seconds(local.wall)}", f"{far.wall / local.wall:.2f}×")


def slurm(bench):
    """From submit to film: what Slurm adds, and what many machines save."""
    yield row(
        f"Slurm, {NODES} tasks: {CLIPS} tiny clips of the animatic, submit to film",
        bench.folder / "tiny", "", [], {})
    faults = bench.folder / "faults.yaml"
    faults.write_text(f"seed: 7\nfaults: [{{at: work, delay: {WORK}s}}]\n")
    models = bench.folder / "models/models"
    material.tiny_model(bench.folder / "models")
    with running_server(bench.folder / "server", "--faults", faults, models=models) as ready:
        yield row(
            f"the same, each clip {WORK} s of work, each task one at a time", bench.folder / "slow",
            "backend: fal\n", ["--concurrency", "1"], ready["env"])
