"""Makes what the benchmarks work on: stills, clips and pipelines of any length."""

import json
import subprocess
import struct
import zlib

from measure import ROOT, quiet


def png(path, shade, size=64):
    """A small picture with a gradient, without any imaging library."""
    rows = b"".join(
        b"\0" + bytes(channel for x in range(size) for channel in (
            (x * 3 + shade) % 256, (y * 3) % 256, (x + y + shade) % 256))
        for y in range(size))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def tiny_model(folder):
    """A model profile whose clips are small and short, so that counts weigh and pixels do not."""
    profile = json.loads((ROOT / "schemas/models/fal-ai--framepack--flf2v.json").read_text())
    profile["id"] = "bench/tiny"
    profile["title"] = "Very small and very short clips, for benchmarks"
    profile["canvases"] = [{"when": {}, "width": 64, "height": 64}]
    profile["length"] = {"parameter": "num_frames", "frame_rate": "30"}
    for parameter in profile["parameters"]:
        if parameter["name"] == "num_frames":
            parameter.update(default=8, minimum=2, maximum=30)
    models = folder / "models"
    models.mkdir(parents=True, exist_ok=True)
    (models / "tiny.json").write_text(json.dumps(profile, indent=2))


def project(folder):
    """A project root of its own with two stills."""
    (folder / ".keyreel").mkdir(parents=True, exist_ok=True)
    png(folder / "a.png", 0)
    png(folder / "b.png", 120)
    return folder


def chain(path, segments, settings="", table="{a: a.png, b: b.png}"):
    """A pipeline that goes to and fro between two stills; every segment has a seed of its own."""
    stops = "\n".join(
        f"      - {{keyframe: {'ab'[i % 2]}, next: {{seed: {i + 1}}}}}" for i in range(segments))
    path.write_text(
        f"keyreel: 1\nprompt: to and fro\n{settings}"
        f"keyframes: {table}\n"
        f"sequences:\n  - name: chain\n    keyframes:\n{stops}\n      - {'ab'[segments % 2]}\n")
    return path


def clips(folder, count, frames=240):
    """Clips with B-frames and one long group of pictures each, as encoders make them by default."""
    folder.mkdir(parents=True, exist_ok=True)
    kinds = min(count, 8)
    for kind in range(kinds):
        quiet(
            ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i",
             f"testsrc2=size=832x480:rate=30,hue=h={kind * 45}", "-frames:v", frames, "-pix_fmt", "yuv420p",
             "-c:v", "libx264", "-crf", "20", "-preset", "medium", folder / f"kind{kind}.mp4"], folder)
    names = []
    for index in range(count):
        name = folder / f"{index:03d}.mp4"
        name.write_bytes((folder / f"kind{index % kinds}.mp4").read_bytes())
        names.append(name.name)
    return names


# What the planner expects of clips; others are converted, so that nothing of them can be copied.
BT709 = ["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv"]


def panned(folder, count, frames, kinds, codec=("libx264", "-crf", "18", "-preset", "medium")):
    """Pans over a photograph with a little grain; one group of pictures each where the codec has long ones.

    There are `kinds` different ones; the others have the same pictures in other files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    still = ROOT / "examples/push-in/stills/far.jpg"
    names = []
    for index in range(count):
        name = folder / f"{index:03d}.mp4"
        names.append(name.name)
        if index < kinds:
            quiet(
                ["ffmpeg", "-v", "error", "-y", "-loop", "1", "-framerate", "30", "-i", still, "-frames:v", frames, "-vf",
                 "scale=1280:-2:out_color_matrix=bt709:out_range=tv,"
                 f"crop=832:480:x='{10 * index}+n':y='n/4',noise=alls=4:allf=t:all_seed={index}",
                 "-pix_fmt", "yuv420p", *BT709, "-c:v", *codec, name], folder)
        else:
            quiet(
                ["ffmpeg", "-v", "error", "-y", "-i", folder / names[index % kinds], "-c", "copy", "-metadata",
                 f"comment={index}", name], folder)
    return names


def tinted(folder, count):
    """One of the push-in's stills in `count` tints; gives the table of keyframes for `ring`."""
    for index in range(count):
        quiet(
            ["ffmpeg", "-v", "error", "-y", "-i", ROOT / "examples/push-in/stills" / ("far.jpg", "near.jpg")[index % 2],
             "-vf", f"hue=h={3 * index}", "-q:v", "2", folder / f"k{index}.jpg"], folder)
    return "{" + ", ".join(f"k{index}: k{index}.jpg" for index in range(count)) + "}"


def ring(path, segments, stills, settings, table):
    """A pipeline that goes round and round through keyframes `k0`, `k1`, …"""
    stops = "\n".join(f"      - k{index % stills}" for index in range(segments + 1))
    path.write_text(
        f"keyreel: 1\nprompt: round and round\n{settings}keyframes: {table}\n"
        f"sequences:\n  - name: chain\n    keyframes:\n{stops}\n")
    return path


def photographs(folder):
    """Two of the push-in's stills; gives the table of keyframes for `chain`."""
    for name in ("far.jpg", "nearer.jpg"):
        (folder / name).write_bytes((ROOT / "examples/push-in/stills" / name).read_bytes())
    return "{a: far.jpg, b: nearer.jpg}"


def footage(path, names, folder):
    """A pipeline that cuts existing clips together."""
    path.write_text("keyreel: 1\nsequences:\n" + "".join(f"  - clip: {folder}/{name}\n" for name in names))
    return path


def frames_of(film):
    """The number of pictures in a film, counted by packets."""
    return int(subprocess.run(
        ["ffprobe", "-v", "error", "-select_streams", "v", "-count_packets", "-show_entries",
         "stream=nb_read_packets", "-of", "csv=p=0", str(film)],
        check=True, capture_output=True, text=True).stdout.strip().strip(","))
