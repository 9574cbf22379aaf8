"""A million segments on a thousand workers: what a shared store is asked for, and what breaks first.

The model is a table of requests. `measured` has the real program make two small films through a proxy that counts, and
holds the table against what was counted; `simulated` then plays the table, request by request, against a server with
S3's limits. Nothing in the simulation is random but for a seeded generator: the same figures come out on every machine.
"""

import collections
import dataclasses
import heapq
import os
import random
import subprocess

import material
from counting_proxy import CountingProxy
from measure import KEYREEL, Row
from object_server import ObjectServer

# What a run of a shard asks for, by the sources: SharedStore, SharedLease, SharedClaim, StoreOwner, RecordMirror.
START = {
    "GET format": 2, "PUT probe": 4, "GET probe": 2, "DELETE probe": 1, "DELETE owner": 1,
}
SEGMENT = {
    "GET lease": 1, "PUT lease": 2, "PUT intent": 1, "PUT ticket": 1, "PUT clip": 1, "PUT receipt": 1,
}
# Looks at a claim's names depend on how long ago the last look was: at least one when the claim is taken,
# and one when the run begins or before the clip is kept; at most all of them.
LOOKS = (2, 5)
# Joining: each clip's names (below a page together), receipt and bytes.
JOIN = {"GET receipt": 1}

# Amazon S3, us-east-1, Standard: dollars for a thousand requests, and requests a second for each partition of names.
# https://aws.amazon.com/s3/pricing/
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html
PRICES = {"PUT": 0.005, "POST": 0.005, "LIST": 0.005, "GET": 0.0004, "HEAD": 0.0004, "DELETE": 0.0}
WRITES_A_SECOND, READS_A_SECOND = 3500, 5500
LATENCY = 0.03  # seconds, of a small request
PAGE = 1000  # names in one answer to a listing
NAMES = 4  # of one claim: lease, intent, ticket, receipt
BEAT = 5.0  # seconds between two signs of life; LeaseTiming.standard
WIDTH = 32  # looks at once; RecordMirror.width
# S3Space.Settings.pauses, in seconds.
PAUSES = [0.1, 0.2, 0.4, 0.8, 1.6, 3, 5, 8, 12, 16, 16]


# --- The real program -------------------------------------------------------------------------------------------------


def count_run(bench, server, proxy, segments):
    """Requests of a shard's run, of another one after it, of joining, and of planning; and bytes of records."""
    folder = material.project(bench.folder / f"count{segments}")
    material.tiny_model(folder)
    material.chain(folder / "film.yaml", segments, "defaults: {model: bench/tiny, frames: 8}\n")
    counted, written = {}, {}
    for phase in ("--shard 1/2", "--shard 2/2", "--stitch-only"):
        proxy.take()
        environment = {
            **os.environ, **server.environment(proxy.endpoint),
            "KEYREEL_CACHE": str(folder / ("cache " + phase.replace("/", " ")))}
        subprocess.run(
            [str(KEYREEL), "run", "film.yaml", "--quiet", "--store", f"s3://clips/count{segments}", *phase.split()],
            cwd=folder, env=environment, check=True, capture_output=True)
        counted[phase], written[phase] = proxy.take()
    return counted, written


def measured(bench):
    """Counts requests of the real program and holds the model's table against them."""
    server = ObjectServer(bench.folder / "server")
    proxy = CountingProxy(server.endpoint)
    few, many = 24, 72
    try:
        small, _ = count_run(bench, server, proxy, few)
        large, written = count_run(bench, server, proxy, many)
    finally:
        proxy.close()
        server.close()
    rows = []
    clips = (many - few) / 2
    for phase in ("--shard 1/2", "--shard 2/2"):
        slope = {what: (large[phase][what] - small[phase][what]) / clips for what in large[phase] | small[phase]}
        fixed = {what: small[phase][what] - slope[what] * few / 2 for what in slope}
        looks = slope.pop("LIST one claim", 0)
        # Beats come with time, the first user of a store writes its format, and clips of equal bytes, as these two
        # pictures give them, are compared.
        beats = {"PUT owner", "PUT format", "GET clip"}
        differing = {
            what: round(slope.get(what, 0), 2) for what in slope.keys() | SEGMENT.keys()
            if abs(slope.get(what, 0) - SEGMENT.get(what, 0)) > 0.1 and what not in beats
            and not what.startswith("LIST")}
        differing |= {
            what: round(fixed[what], 1) for what in START if abs(fixed.get(what, 0) - START[what]) > 0.6}
        holds = not differing and LOOKS[0] - 0.5 <= looks <= LOOKS[1] + 0.5
        rows.append(Row(
            f"requests of `run {phase}` for a clip, counted",
            f"{sum(SEGMENT.values()) + looks:.1f}, {looks:.1f} of them looks at its names",
            promise="as the model has it" + (f"; differs: {differing}" if differing else ""), holds=holds))
    joined = {what: (large["--stitch-only"][what] - small["--stitch-only"][what]) / (many - few)
              for what in large["--stitch-only"] | small["--stitch-only"]}
    rows.append(Row(
        "requests of `run --stitch-only` for a clip, its bytes apart",
        f"{sum(n for what, n in joined.items() if what != 'GET clip'):.1f}",
        promise="as the model has it",
        holds=abs(joined.get("GET receipt", 0) - JOIN["GET receipt"]) < 0.1 and joined.get("GET intent", 0) == 0))
    records = sum(
        n for phase in ("--shard 1/2", "--shard 2/2") for what, n in written[phase].items()
        if what in SEGMENT and what != "PUT clip") / many
    rows.append(Row("bytes of records for a clip", f"{records:,.0f}"))
    return rows


# --- The simulation ---------------------------------------------------------------------------------------------------


@dataclasses.dataclass
class Scene:
    """How the work is divided and how long a clip takes."""

    name: str
    segments: int = 1_000_000
    workers: int = 1_000
    flight: int = 1  # clips that a worker has in the making at once
    making: float = 60.0  # seconds for a clip
    partitions: int = 1  # S3 begins with one and makes more of it under load
    looks: float = 4.0  # at the names of a claim, for each clip
    spread: float = 300.0  # seconds in which the workers begin
    promised: bool = True  # whether all has to go well


class Server:
    """S3 as its limits have it: what is above them in a second is answered with 503."""

    def __init__(self, partitions):
        self.limits = {True: WRITES_A_SECOND * partitions, False: READS_A_SECOND * partitions}
        self.seconds = {True: collections.Counter(), False: collections.Counter()}
        self.requests = collections.Counter()
        self.refused = 0
        self.lost = 0

    def takes(self, now, method):
        """Counts a request at `now` and tells whether it is served."""
        writes = method in ("PUT", "DELETE")
        load, second = self.seconds[writes], int(now)
        self.requests[method] += 1
        if load[second] < self.limits[writes]:
            load[second] += 1
            return True
        self.refused += 1
        return False

    def peak(self, writes):
        return max(self.seconds[writes].values(), default=0)


# Requests one after the other: a worker's first ones, a look, a clip's beginning (the lease's register, looks, lease,
# intent, ticket), and its end (clip, receipt, release).
FIRST, LOOK, END = ["GET"] * 4 + ["PUT"] * 5 + ["DELETE"], ["LIST"], ["PUT"] * 3


def play(scene):
    """Plays a whole run; gives the server with what it was asked, and when the last look and the last clip were done.

    A request that is refused is sent again after the client's pauses.
    """
    server, chance = Server(scene.partitions), random.Random(20260101)
    begin = ["GET"] + ["LIST"] * round(scene.looks - 1) + ["PUT"] * 3
    share = scene.segments // scene.workers
    # RecordMirror looks at claims one by one, or lists all, whatever takes less.
    looks = min(share, scene.segments * NAMES // PAGE)
    left, looking = [share] * scene.workers, [looks] * scene.workers
    unanswered = [looks] * scene.workers
    queue, order, ready, end = [], scene.workers, 0.0, 0.0
    for worker in range(scene.workers):
        queue.append((chance.uniform(0, scene.spread), worker, worker, FIRST, 0, 0))
    heapq.heapify(queue)
    while queue:
        now, _, worker, steps, step, tries = heapq.heappop(queue)
        while step < len(steps):
            if server.takes(now, steps[step]):
                now, step, tries = now + LATENCY, step + 1, 0
                continue
            if tries == len(PAUSES):
                # The program would end here and a person run it again; the model goes on and counts it.
                server.lost, tries = server.lost + 1, 0
            pause = PAUSES[tries]
            break
        if step < len(steps):
            order += 1
            heapq.heappush(queue, (now + LATENCY + pause, order, worker, steps, step, tries + 1))
            continue
        then = []
        if steps is FIRST:
            then = [(now, LOOK)] * min(WIDTH, looks)
            looking[worker] -= len(then)
        elif steps is LOOK:
            unanswered[worker] -= 1
            ready = max(ready, now)
            if looking[worker] > 0:
                looking[worker] -= 1
                then = [(now, LOOK)]
            elif unanswered[worker] == 0:
                then = [(now, begin)] * min(scene.flight, share)
                left[worker] -= len(then)
        elif steps is begin:
            then = [(now + chance.uniform(0.5, 1.5) * scene.making, END)]
        else:
            end = max(end, now)
            if left[worker] > 0:
                left[worker] -= 1
                then = [(now, begin)]
        for time, what in then:
            order += 1
            heapq.heappush(queue, (time, order, worker, what, 0, 0))
    server.requests["PUT"] += int(scene.workers * end / BEAT)
    return server, ready, end


def contended(workers, entries, seconds, rate=50e6, size=100):
    """Runs that end at once and each merge their entries into one register of a film's history.

    Each try reads the register and writes it anew, and fails where another one wrote in between. Gives the time until
    the last one is through, tries, and bytes moved.
    """
    chance = random.Random(7)
    queue = [(chance.uniform(0, seconds), worker) for worker in range(workers)]
    heapq.heapify(queue)
    merged, version, tries, moved, seen = 0, 0, 0, 0, {}
    now = 0.0
    while queue:
        now, worker = heapq.heappop(queue)
        if worker not in seen:
            seen[worker] = version
            tries += 1
            volume = size * (2 * merged + entries)
            moved += volume
            heapq.heappush(queue, (now + 2 * LATENCY + volume / rate, worker))
        elif seen.pop(worker) == version:
            version += 1
            merged += entries
        else:
            heapq.heappush(queue, (now, worker))
    return now, tries, moved


def price(requests):
    return sum(PRICES[method] * count / 1000 for method, count in requests.items())


def clock(seconds):
    return f"{seconds / 3600:.1f} h" if seconds >= 7200 else f"{seconds / 60:.0f} min"


SCENES = [
    Scene("GPUs: 1 clip at once, 60 s each"),
    Scene("the same, but all begin within a minute", spread=60.0, promised=False),
    Scene("a hosted model: 20 clips at once, 90 s each", flight=20, making=90.0),
    Scene("the animatic: 2 clips at once, 2 s each", flight=2, making=2.0, promised=False),
    Scene("the same, after S3 has made four partitions", flight=2, making=2.0, partitions=4),
]


def simulated(bench):
    rows = []
    for scene in SCENES:
        server, ready, end = play(scene)
        total = sum(server.requests.values())
        rows.append(Row(
            f"10⁶ segments, 10³ workers, {scene.name}",
            f"first looks {clock(ready)}, all {clock(end)}, {total / scene.segments:.1f} requests a segment, "
            f"${price(server.requests):,.0f}; at most {server.peak(True):,} writes and {server.peak(False):,} reads "
            f"a second; {server.refused:,} put off by 503, {server.lost:,} given up",
            promise="none given up" if scene.promised else "–",
            holds=server.lost == 0 if scene.promised else None))
    share, full = 1000, 1_000_000 * NAMES // PAGE
    # Copies of what earlier shards made: half of all on the average, three records each.
    copied = 1000 * 500_000 * 3
    rows.append(Row(
        "looks when a thousand shards begin", f"{1000 * min(share, full):,} lists, "
        f"${PRICES['LIST'] * min(share, full):,.0f}",
        peer=f"all names and records, by each: {1000 * full:,} lists, {copied:,} reads, "
             f"${PRICES['LIST'] * full + copied / 1000 * PRICES['GET']:,.0f}"))
    for workers in (10, 100, 300):
        end, tries, moved = contended(workers, 1000, 60)
        rows.append(Row(
            f"history of one film, merged by {workers} shards that end in one minute (not done any more)",
            f"{clock(end)}, {tries:,} tries, {moved / 1e9:,.1f} GB", peer="one write of 100 bytes a segment, when joining"))
    return rows


def planned(bench):
    """What planning takes: time, memory, and the plan's file."""
    folder, rows = material.project(bench.folder / "planned"), []
    from measure import once, told
    for count in (10_000, 100_000, 999_999):
        name = f"plan{count}.yaml"
        # Below the size that files may have: one picture after the other, takes drawn from them all alike.
        stops = ",".join("ab"[i % 2] for i in range(count + 1))
        (folder / name).write_text(
            "keyreel: 1\nprompt: to and fro\nkeyframes: {a: a.png, b: b.png}\n"
            f"sequences:\n  - name: chain\n    keyframes: [{stops}]\n")
        took = once([KEYREEL, "plan", name, "-o", f"plan{count}.json"], folder)
        file = folder / f"plan{count}.json"
        size = file.stat().st_size
        file.unlink()
        rows.append(Row(
            f"`keyreel plan -o`, {count:,} segments",
            f"{told(took)}, {took.memory:,.0f} MiB, file of {size / 1e6:,.0f} MB ({size / count:,.0f} bytes a segment)"))
    return rows


def scale(bench):
    return measured(bench) + simulated(bench)
