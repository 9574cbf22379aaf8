"""Films whose every join drops the doubled keyframe, beside ffmpeg copying and ffmpeg encoding anew."""

import contextlib
import pathlib
import signal
import subprocess
import sys
import time

import material
from measure import KEYREEL, Row, compared, once, quiet, repeat, told
from stitching import concat_list

CLIPS, FRAMES, KINDS = 100, 240, 10
# The film's own settings for what it has to encode, in ffmpeg's words.
SETTINGS = [
    "-c:v", "libx264", "-preset", "veryfast", "-crf", "16", "-bf", "0", "-x264-params",
    "scenecut=0:open-gop=0:mbtree=0:keyint=60:min-keyint=60", "-pix_fmt", "yuv420p"]


def concat(folder, name, files, *options, outpoint=None):
    """The ffmpeg command that joins `files`, up to `outpoint` seconds of each."""
    listing = concat_list(folder / f"{name}.txt", files, outpoint)
    return ["ffmpeg", "-v", "error", "-y", "-f", "concat", "-safe", "0", "-i", listing, *options, "-movflags",
            "+faststart", f"{name}.mp4"]


def expect(film, frames):
    made = material.frames_of(film)
    if made != frames:
        raise SystemExit(f"bench: {film.name} has {made} frames instead of {frames}")


def films(folder, bench, chain, environment=None):
    """Times films of one segment fewer each: every clip is there, the film is not."""
    ours = repeat(None, folder, bench.times, before=lambda index: [
        KEYREEL, "run", "--quiet", chain(folder / f"less{index}.yaml", CLIPS - 1 - index)], environment=environment)
    count = CLIPS - 1
    expect(folder / "films/less0.mp4", count * FRAMES - (count - 1))
    return ours


def own(bench):
    """Our own clips: short groups of pictures that end on a lone P frame, so that all is copied."""
    folder = material.project(bench.folder / "own")
    table = material.tinted(folder, KINDS)
    settings = f"defaults: {{frames: {FRAMES}}}\n"

    def chain(path, segments):
        return material.ring(path, segments, KINDS, settings, table)

    quiet([KEYREEL, "run", "--quiet", chain(folder / "all.yaml", CLIPS)], folder)
    ours = films(folder, bench, chain)
    clips = [path for path in sorted((folder / ".keyreel").rglob("*.mp4")) if material.frames_of(path) == FRAMES]
    files = [clips[index % len(clips)] for index in range(CLIPS - 1)]
    # The same clips round and round again: what a film ten times as long takes.
    wide = once([KEYREEL, "run", "--quiet", chain(folder / "wide.yaml", 10 * CLIPS)], folder)
    expect(folder / "films/wide.mp4", 10 * CLIPS * (FRAMES - 1) + 1)
    peer = repeat(concat(folder, "peer", files, "-c", "copy", outpoint=(FRAMES - 1.5) / 30), folder, bench.times)
    return [Row(
        f"{CLIPS - 1} own clips of {FRAMES} frames, the duplicate dropped at every join",
        f"{told(ours)}, {ours.memory:.0f} MiB", f"ffmpeg concat copy {told(peer)}", compared(ours.cpu, peer.cpu) + " CPU",
        "≤ 1.2×", ours.cpu <= 1.2 * peer.cpu),
        Row(f"{10 * CLIPS:,} own clips of {FRAMES} frames: peak memory", f"{wide.memory:.0f} MiB ({told(wide)})",
            promise="< 100 MB", holds=wide.memory < 100e6 / 2**20)]


@contextlib.contextmanager
def queue(clips, folder):
    """A queue that answers with `clips`; gives the environment that leads there."""
    ready = folder / "port"
    process = subprocess.Popen([sys.executable, pathlib.Path(__file__).with_name("clip_queue.py"), clips, ready])
    try:
        while not ready.exists():
            if process.poll() is not None:
                raise SystemExit("bench: the queue of clips did not start")
            time.sleep(0.05)
        yield {"FAL_QUEUE_RUN_HOST": f"http://127.0.0.1:{ready.read_text()}", "FAL_KEY": "bench:key"}
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def foreign(bench):
    """Clips as encoders make them: one group of pictures each, B frames, so that ends are encoded anew."""
    folder = material.project(bench.folder / "foreign")
    names = material.panned(folder / "clips", CLIPS, FRAMES, KINDS)
    settings = f"backend: fal\ndefaults: {{frames: {FRAMES}}}\n"

    def chain(path, segments):
        return material.chain(path, segments, settings)

    with queue(folder / "clips", folder) as environment:
        arrival = once(
            [KEYREEL, "run", "--quiet", "--yes", chain(folder / "all.yaml", CLIPS)], folder, environment=environment)
        # The clips are those of this queue: another one's would be made anew.
        ours = films(folder, bench, chain, environment)
    # A tenth of the clips: encoding all takes minutes and the same for each.
    files = [folder / "clips" / name for name in names[:KINDS]]
    peer = repeat(concat(folder, "peer", files, *SETTINGS, outpoint=(FRAMES - 1.5) / 30), folder, bench.times)
    ratio = (CLIPS - 1) / KINDS * peer.cpu / ours.cpu
    return [
        Row(f"{CLIPS - 1} foreign one-GOP clips of {FRAMES} frames, the same", f"{told(ours)}, {ours.memory:.0f} MiB",
            f"ffmpeg encoding {KINDS} of them with the same x264 settings {told(peer)}", f"{ratio:.0f}× faster, CPU",
            "≥ 20× faster", ratio >= 20),
        Row("their arrival: submitted, fetched, every frame decoded, ends measured, first film", told(arrival)),
    ]


def encoded(bench):
    """Clips that cannot be copied at all, so that every frame of the film is encoded."""
    folder = material.project(bench.folder / "encoded")
    names = material.panned(folder / "clips", KINDS, FRAMES, KINDS, codec=("mpeg4", "-q:v", "3"))

    def turned(index):
        turn = names[index:] + names[:index]
        return [KEYREEL, "run", "--quiet", material.footage(folder / f"turn{index}.yaml", turn, "clips")]

    ours = repeat(None, folder, bench.times, before=turned)
    expect(folder / "films/turn0.mp4", KINDS * FRAMES)
    files = [folder / "clips" / name for name in names]
    peer = repeat(concat(folder, "peer", files, *SETTINGS), folder, bench.times)
    return [Row(
        f"{KINDS * FRAMES} frames of another codec encoded anew, same x264 settings", told(ours), f"ffmpeg {told(peer)}",
        f"{compared(ours.wall, peer.wall)}, {compared(ours.cpu, peer.cpu)} CPU", "≤ 1×", ours.wall <= 1.02 * peer.wall)]


def joins(bench):
    """All of them; each row as soon as it is known."""
    for part in (own, foreign, encoded):
        yield from part(bench)
