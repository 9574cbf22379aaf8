"""Planning, and a run that has nothing to do."""

import material
from measure import KEYREEL, Row, repeat, once, told


def start(bench):
    """How long the program takes to say its version."""
    took = repeat([KEYREEL, "--version"], bench.folder, 20)
    return [Row("`keyreel --version`", told(took), promise="< 50 ms", holds=took.wall < 0.05)]


def planning(bench):
    """Ten thousand and a hundred thousand segments, to a plan file."""
    folder = material.project(bench.folder / "planning")
    rows, walls = [], {}
    for count, limit in ((10_000, 1.0), (100_000, 10.0)):
        pipeline = material.chain(folder / f"plan{count}.yaml", count)
        took = repeat([KEYREEL, "plan", pipeline, "-o", f"plan{count}.json"], folder, bench.times)
        walls[count] = took.wall
        rows.append(Row(
            f"plan {count:,} segments", f"{told(took)}, {took.memory:.0f} MiB",
            promise=f"< {limit:.0f} s, < 1 GiB", holds=took.wall < limit and took.memory < 1024))
    growth = walls[100_000] / walls[10_000]
    rows.append(Row("time for ten times the segments", f"{growth:.1f}×", promise="linear", holds=growth < 13))
    return rows


def nothing_to_do(bench):
    """A run whose 1,000 clips and film are all there."""
    folder = material.project(bench.folder / "nothing")
    material.tiny_model(folder)
    pipeline = material.chain(
        folder / "film.yaml", 1000, "defaults: {model: bench/tiny, frames: 8}\n")
    first = once([KEYREEL, "run", "--quiet", pipeline], folder)
    took = repeat([KEYREEL, "run", "--quiet", pipeline], folder, bench.times)
    # Another film of the same clips: nothing to make, all to stitch.
    shorter = material.chain(
        folder / "shorter.yaml", 999, "defaults: {model: bench/tiny, frames: 8}\n")
    stitch = once([KEYREEL, "run", "--quiet", shorter], folder)
    return [
        Row("first run, 1,000 tiny clips made and stitched", f"{told(first)}, {first.memory:.0f} MiB"),
        Row("run with nothing to do, 1,000 segments", told(took), promise="< 1 s", holds=took.wall < 1),
        Row("stitching 999 clips: peak memory", f"{stitch.memory:.0f} MiB in {told(stitch)}",
            promise="< 100 MB", holds=stitch.memory < 100e6 / 2**20),
    ]
