"""Stitching beside `ffmpeg -f concat`."""

import material
from measure import KEYREEL, Row, compared, quiet, repeat, once, told


def concat_list(path, files, outpoint=None):
    lines = ["ffconcat version 1.0"]
    for file in files:
        lines.append(f"file '{file}'")
        if outpoint:
            lines.append(f"outpoint {outpoint:.6f}")
    path.write_text("\n".join(lines) + "\n")
    return path


def copyable(bench):
    """200 clips of 8 seconds, cut together: nothing needs to be encoded."""
    folder = material.project(bench.folder / "copyable")
    names = material.clips(folder / "clips", 200)
    frames = 200 * 240

    def turned(index):
        """The same clips in another order: known files, a film that nobody has made."""
        pipeline = material.footage(folder / f"turn{index}.yaml", names[index:] + names[:index], "clips")
        return [KEYREEL, "run", "--quiet", pipeline]

    cold = once(turned(0), folder)
    ours = repeat(None, folder, bench.times, before=lambda index: turned(index + 1))
    listing = concat_list(folder / "list.txt", [folder / "clips" / name for name in names])
    peer = repeat(
        ["ffmpeg", "-v", "error", "-y", "-f", "concat", "-safe", "0", "-i", listing, "-c", "copy",
         "-movflags", "+faststart", "peer.mp4"], folder, bench.times)
    made = material.frames_of(folder / "films/turn1.mp4")
    if made != frames:
        raise SystemExit(f"bench: the film has {made} frames instead of {frames}")
    return [
        Row("stitch 200 copyable clips, verified", f"{told(ours)}, {ours.memory:.0f} MiB",
            f"ffmpeg concat copy {told(peer)}", compared(ours.wall, peer.wall), "≤ 0.80×",
            ours.wall <= 0.8 * peer.wall),
        Row("the same, files never seen before", told(cold), f"ffmpeg concat copy {told(peer)}",
            compared(cold.wall, peer.wall)),
    ]


def dropped(bench):
    """A chain of clips whose every join drops a duplicated keyframe."""
    folder = material.project(bench.folder / "dropped")
    segments, frames = 24, 61
    settings = f"defaults: {{frames: {frames}}}\n"
    table = material.photographs(folder)
    quiet([KEYREEL, "run", "--quiet", material.chain(folder / "all.yaml", segments, settings, table)], folder)

    def shorter(index):
        """Fewer of the same segments: every clip is there, the film is not."""
        pipeline = material.chain(folder / f"less{index}.yaml", segments - 1 - index, settings, table)
        return [KEYREEL, "run", "--quiet", pipeline]

    ours = repeat(None, folder, bench.times, before=shorter)
    count = segments - 1
    made = material.frames_of(folder / "films/less0.mp4")
    if made != count * frames - (count - 1):
        raise SystemExit(f"bench: the film has {made} frames instead of {count * frames - (count - 1)}")
    clips = [path for path in sorted((folder / ".keyreel").rglob("*.mp4"))
             if material.frames_of(path) == frames]
    if not clips:
        raise SystemExit("bench: no clips found in the store")
    # The animatic ignores seeds, so the store holds clips of equal bytes once.
    listing = concat_list(folder / "list.txt", [clips[i % len(clips)] for i in range(count)], outpoint=(frames - 1) / 30 - 1 / 60)
    peer = repeat(
        ["ffmpeg", "-v", "error", "-y", "-f", "concat", "-safe", "0", "-i", listing, "-c:v", "libx264",
         "-crf", "16", "-preset", "medium", "-movflags", "+faststart", "peer.mp4"], folder, bench.times)
    peer_frames = material.frames_of(folder / "peer.mp4")
    return [Row(
        f"{count} clips, the duplicate dropped at every join", f"{told(ours)}, {made} frames",
        f"ffmpeg re-encode {told(peer)}, {peer_frames} frames", f"{peer.wall / ours.wall:.0f}× faster", "≥ 20× faster",
        peer.wall >= 20 * ours.wall)]
