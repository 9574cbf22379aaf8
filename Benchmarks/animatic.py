"""The animatic beside ffmpeg's `minterpolate`: speed, and distance to the true in-betweens."""

import re
import subprocess

import material
from measure import KEYREEL, ROOT, Row, once, quiet, repeat

WIDTH, HEIGHT, RATE = 832, 480, 30
# Parts of the push-in's path, in keyframes; the longer the part, the larger the motion between two stills.
PAIRS = ((0, 0.25), (0.75, 1.25), (0, 1), (1, 2))
FRAMES = 31


def interpolate(first, last, frames, target):
    """ffmpeg's best motion compensation between two pictures: exactly `frames` frames, ends exact."""
    fitted = f"scale={WIDTH}:{HEIGHT}:out_color_matrix=bt709:out_range=tv,format=yuv420p,setsar=1"
    graph = (
        f"[0]{fitted},loop=loop=1:size=1[a];[1]{fitted},loop=loop=2:size=1[b];"
        f"[a][b]concat=n=2:v=1,settb=1/30000,setpts=N*{frames - 1}*1000,"
        f"minterpolate=fps={RATE}:mi_mode=mci:mc_mode=aobmc:me_mode=bidir:vsbmc=1:me=epzs:search_param=32:"
        f"scd=none,trim=start_frame={frames - 1}:end_frame={2 * frames - 1},setpts=N/{RATE}/TB")
    return ["ffmpeg", "-v", "error", "-y", "-i", first, "-i", last, "-filter_complex", graph,
            "-c:v", "libx264", "-crf", "16", "-colorspace", "bt709", "-color_primaries", "bt709",
            "-color_trc", "bt709", "-r", RATE, target]


def pair(folder, first, last, frames):
    """A pipeline of one segment."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ".keyreel").mkdir(exist_ok=True)
    path = folder / "pair.yaml"
    path.write_text(
        f"keyreel: 1\nprompt: camera move\ndefaults: {{frames: {frames}}}\n"
        f"sequences:\n  - keyframes: [{first}, {last}]\n")
    return path


def agreement(film, truth, measure):
    """PSNR (dB) or SSIM of a film against the true pictures, over the frames in between."""
    graph = (
        f"[0]trim=start_frame=1:end_frame={FRAMES - 1},settb=1/{RATE},setpts=N[x];"
        f"[1]trim=start_frame=1:end_frame={FRAMES - 1},scale=out_color_matrix=bt709:out_range=tv,"
        f"format=yuv420p,settb=1/{RATE},setpts=N[y];[x][y]{measure}")
    said = subprocess.run(
        ["ffmpeg", "-hide_banner", "-i", str(film), "-framerate", str(RATE), "-i", f"{truth}/%04d.png",
         "-filter_complex", graph, "-f", "null", "-"],
        check=True, capture_output=True, text=True).stderr
    found = re.search({"psnr": r"PSNR y:([\d.]+)", "ssim": r"SSIM Y:([\d.]+)"}[measure], said)
    return float(found.group(1))


def quality(bench):
    """Both against pictures that the drawer knows exactly."""
    rows = []
    for first, last in PAIRS:
        folder = bench.folder / f"quality-{first}-{last}"
        truth = folder / "truth"
        quiet([ROOT / ".venv/bin/python3", "-B", ROOT / "scripts/draw_keyframes.py", "truth", truth,
               first, last, FRAMES, WIDTH, HEIGHT], bench.folder)
        ends = (truth / "0000.png", truth / f"{FRAMES - 1:04d}.png")
        quiet([KEYREEL, "run", "--quiet", pair(folder, "truth/0000.png", f"truth/{FRAMES - 1:04d}.png", FRAMES)],
              folder)
        quiet(interpolate(*ends, FRAMES, "peer.mp4"), folder)
        for measure, unit in (("psnr", " dB"), ("ssim", "")):
            ours = agreement(folder / "films/pair.mp4", truth, measure)
            peer = agreement(folder / "peer.mp4", truth, measure)
            digits = 2 if unit else 4
            rows.append(Row(
                f"{measure.upper()} over {last - first:g} of a push-in, from {first:g}", f"{ours:.{digits}f}{unit}",
                f"minterpolate {peer:.{digits}f}{unit}", f"{ours - peer:+.{digits}f}", "better", ours > peer))
    return rows


def speed(bench):
    """832×480, ten seconds, encoded; a store of its own each time, so that nothing is reused."""
    frames = 301
    folder = bench.folder / "speed"
    folder.mkdir(parents=True, exist_ok=True)
    material.photographs(folder)
    pipeline = pair(folder, "far.jpg", "nearer.jpg", frames)
    ours = repeat(None, folder, bench.times, before=lambda index: [
        KEYREEL, "run", "--quiet", "--store", f"store{index}", pipeline])
    # A tenth of the frames: it is slow, and its speed does not depend on their number.
    peer_frames = 31
    peer = once(interpolate("far.jpg", "nearer.jpg", peer_frames, "peer.mp4"), folder)
    rate, peer_rate = frames / ours.wall, peer_frames / peer.wall
    return [Row(
        "animatic, 832×480, with encoding", f"{rate:.0f} frames/s ({ours.cpu / frames * 1000:.0f} ms CPU/frame)",
        f"minterpolate {peer_rate:.1f} frames/s", f"{rate / peer_rate:.1f}× faster", "≥ 60 frames/s", rate >= 60)]
