"""Reports of long films, and the time from a save to the updated animatic."""

import os
import pathlib
import signal
import subprocess
import time
import urllib.request

import material
from measure import KEYREEL, Row, repeat, told


def reports(bench):
    """A thousand segments as a page with a picture for every keyframe, and as Markdown."""
    folder = material.project(bench.folder / "reports")
    pipeline = material.chain(folder / "film.yaml", 1000)
    rows = []
    for ending, promise, holds in (
        (".html", "< 2 s", lambda took, size: took.wall < 2),
        (".md", "< 64 KiB", lambda took, size: size < 64 << 10),
    ):
        output = folder / f"plan{ending}"
        took = repeat(
            [KEYREEL, "plan", pipeline, "-o", "plan.json", "--storyboard", output], folder, bench.times)
        size = output.stat().st_size
        rows.append(Row(
            f"storyboard of 1,000 segments, `{ending}`", f"{told(took)}, {size / 1024:.0f} KiB",
            promise=promise, holds=holds(took, size)))
    return rows


def processor_time(process):
    """Seconds of CPU that a running process has used."""
    # Behind the name, which may hold anything: user and system time are the 12th and 13th fields.
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def watch(bench):
    """From saving a prompt, or a still, of 20 segments of 60 frames at 480p to the page with the new film."""
    folder = material.project(bench.folder / "watch")
    stills = sorted(pathlib.Path(__file__).parents[1].glob("examples/lake-day/stills/*.jpg"))
    (folder / "stills").mkdir(exist_ok=True)
    for number in range(21):
        # Each a file of its own, so that no two clips are one.
        (folder / f"stills/{number}.jpg").write_bytes(
            stills[number % len(stills)].read_bytes() + b"still %d" % number)
    pipeline = folder / "watched.yaml"

    def write(prompt):
        lines = ["keyreel: 1", "name: watched", "prompt: a lake", "defaults:", "  resolution: 480p",
                 "  duration: 59", "sequences:", "  - name: s", "    keyframes:"]
        lines += [f"      - {{ keyframe: stills/{number}.jpg, next: '{prompt if number == 9 else 'water'}' }}"
                  for number in range(20)]
        draft = folder / ".watched.draft"
        draft.write_text("\n".join(lines + ["      - stills/20.jpg"]) + "\n")
        draft.replace(pipeline)  # As editors save.

    write("first")
    process = subprocess.Popen(
        [KEYREEL, "watch", pipeline.name], cwd=folder, stderr=subprocess.PIPE, text=True)
    try:
        address = process.stderr.readline().strip()
        with urllib.request.urlopen(address + "changes", timeout=1200) as news:
            def next_page():
                while not news.readline().startswith(b"event: change"):
                    pass
            next_page()
            took = {"prompt": [], "still": []}

            def measured(what, save):
                begin, used = time.monotonic(), processor_time(process)
                save()
                next_page()
                took[what].append((time.monotonic() - begin, processor_time(process) - used))

            def write_still(turn):
                draft = folder / "stills/.draft"
                # Another file, whatever was there.
                draft.write_bytes(stills[turn % len(stills)].read_bytes() + bytes([turn]))
                draft.replace(folder / "stills/5.jpg")

            for turn in range(bench.times):
                measured("prompt", lambda: write(f"turn {turn}"))
                measured("still", lambda: write_still(turn))
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate()
    rows = []
    for what, turns in took.items():
        wall, used = (sorted(values)[len(turns) // 2] for values in zip(*turns))
        worst = max(wall for wall, _ in turns)
        rows.append(Row(
            f"saving one {what} of 20 segments to the new animatic",
            f"{wall:.2f} s ({used:.2f} s CPU, worst {worst:.2f} s)", promise="< 3 s", holds=wall < 3))
    return rows
