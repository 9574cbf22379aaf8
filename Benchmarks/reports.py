"""Reports of long films, and the time from a save to the updated animatic."""

import pathlib
import shutil
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


def watch(bench):
    """From saving a prompt, or a still, of 20 segments of 60 frames at 480p to the page with the new film."""
    folder = material.project(bench.folder / "watch")
    stills = sorted(pathlib.Path(__file__).parents[1].glob("examples/lake-day/stills/*.jpg"))
    (folder / "stills").mkdir(exist_ok=True)
    for number in range(21):
        shutil.copy(stills[number % len(stills)], folder / f"stills/{number}.jpg")
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
            for turn in range(bench.times):
                begin = time.monotonic()
                write(f"turn {turn}")
                next_page()
                took["prompt"].append(time.monotonic() - begin)
                begin = time.monotonic()
                shutil.copy(stills[turn % len(stills)], folder / "stills/.draft")
                with open(folder / "stills/.draft", "ab") as draft:
                    draft.write(bytes([turn]))  # Another file, whatever was there.
                (folder / "stills/.draft").replace(folder / "stills/5.jpg")
                next_page()
                took["still"].append(time.monotonic() - begin)
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate()
    rows = []
    for what, walls in took.items():
        middle = sorted(walls)[len(walls) // 2]
        rows.append(Row(
            f"saving one {what} of 20 segments to the new animatic",
            f"{middle:.2f} s (worst {max(walls):.2f} s)", promise="< 3 s", holds=middle < 3))
    return rows
