#!/usr/bin/env python3
"""What keyreel sends to have a clip made is field for field what fal's own Python client sends.

usage: wire_suite.py KEYREEL-SERVE KEYREEL

Both clients have the same clip made by the same server, through a recorder; their requests are compared by
method, path, query, headers and body. What differs by nature stands in DIFFERENCES with its reason, and a
difference that is not there, or one that no longer is, ends this with 1. This script is its own Python client:
with `--client` it makes the calls of a case, read from standard input.
"""

import base64
import contextlib
import io
import itertools
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from PIL import Image

from recorder import Recorder
from serving import Server

MODEL = "test/wire/flf2v"
ROOT = pathlib.Path(__file__).resolve().parents[3]

# Every input of the endpoint, none at its default, with values of all types.
INPUT = {
    "prompt": 'Nebel über dem See, "still" & kalt/klar – 霧 🌫', "negative_prompt": "blurry, \\ distorted",
    "seed": 1234567890, "aspect_ratio": "9:16", "resolution": "720p", "cfg_scale": 1.5,
    "guidance_scale": 7, "num_frames": 9, "enable_safety_checker": True, "strength": 0.05,
}

# A wish in the pipeline, and how the Python client is asked for the same.
WISHES = {
    "nothing more": ({}, {}),
    "low priority, a deadline, short-lived results and no records": (
        {"priority": "low", "start_timeout": "90s", "keep_results": "1d", "store_io": "false"},
        {"priority": "low", "start_timeout": 90, "headers": {
            "X-Fal-Object-Lifecycle-Preference": '{"expiration_duration_seconds":86400}', "X-Fal-Store-IO": "0"}},
    ),
}

# Headers that differ, by kind of request (`*`: any): only the first client's, only the second's, or the value.
DIFFERENCES = {
    ("*", "user-agent"): "each says its own name",
    ("*", "accept"): "keyreel says that it reads JSON, or anything; httpx always says anything",
    ("*", "accept-encoding"): "keyreel asks for nothing compressed: answers are small, clips are compressed",
    ("*", "connection"): "HTTP/1.1 keeps connections without being told",
    ("token", "host"): "storage has fal's own names in the Python client, and an address of its own in keyreel",
    ("upload", "host"): "the same",
    ("submit", "x-fal-tags"): "keyreel names project and run for the provider's reports",
    ("upload", "authorization"): "each has a token of its own",
    ("upload", "x-fal-file-name"): "keyreel names a picture by its digest, so that no name of a file is told",
}


def profile():
    """The endpoint's own profile with a small canvas, so that clips take milliseconds."""
    told = json.loads((ROOT / "schemas/models/fal-ai--framepack--flf2v.json").read_text())
    told.update(id=MODEL, title="All inputs of the endpoint, small clips", canvases=[
        {"when": {}, "width": 48, "height": 64}], length={"parameter": "num_frames", "frame_rate": "30"})
    for parameter in told["parameters"]:
        if parameter["name"] == "num_frames":
            parameter.update(default=8, minimum=2, maximum=30)
    return json.dumps(told)


def still(path, shade):
    picture = Image.new("RGB", (48, 64))
    picture.putdata([((x * 5 + shade) % 256, y * 4, (x + y + shade) % 256) for y in range(64) for x in range(48)])
    picture.save(path)


def keyreel_makes(program, folder, recorder, upload, wishes):
    """Runs a pipeline of one segment; gives what was sent for it."""
    settings = "".join(f"  {name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in INPUT.items())
    host = "https://" + recorder.env["FAL_QUEUE_RUN_HOST"].removesuffix("/queue")
    more = "".join(f", {name}: {value}" for name, value in wishes.items())
    (folder / "film.yaml").write_text(
        f"keyreel: 1\nbackend: shop\nbackends:\n  shop: {{kind: fal, origin: '{host}', upload: {upload}{more}}}\n"
        f"defaults:\n  model: {MODEL}\n{settings}sequences:\n  - keyframes: [a.png, b.png]\n")
    run([program, "run", "film.yaml", "--yes"], folder, recorder)
    return recorder.take()


def python_makes(folder, recorder, upload, wishes, pictures):
    """Has the official client do the same with pictures of these bytes."""
    for name, picture in zip(("first.png", "last.png"), pictures):
        (folder / name).write_bytes(picture)
    run([sys.executable, __file__, "--client"], folder, recorder, json.dumps({"upload": upload, "wishes": wishes}))
    return recorder.take()


def client():
    """The official client, as its README shows."""
    import fal_client

    case = json.load(sys.stdin)
    def bring(name):
        if case["upload"] == "inline":
            return fal_client.encode_file(name)
        return fal_client.upload_file(name, lifecycle=fal_client.StorageSettings(expires_in="7d"))
    # In the order in which the endpoint's page lists them, so that whole bodies can be compared.
    prompt = {"prompt": INPUT["prompt"], "image_url": bring("first.png"), "end_image_url": bring("last.png")}
    fal_client.submit(MODEL, {**prompt, **INPUT}, **case["wishes"]).get()


def run(command, folder, recorder, words=""):
    own = {name: value for name, value in os.environ.items() if name not in ("CI", "KEYREEL_STORE")}
    environment = {**own, **recorder.env, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [str(part) for part in command], cwd=folder, env=environment, input=words, capture_output=True, text=True)
    assert done.returncode == 0, f"{command} ended with {done.returncode}:\n{done.stdout}{done.stderr}"


ID = r"[0-9a-f]{8}-[0-9a-f-]{27}"
KINDS = [
    ("token", "POST", "storage", r"/storage/auth/token"), ("upload", "POST", "media", r"/files/upload"),
    ("submit", "POST", "queue", f"/{MODEL}"), ("status", "GET", "queue", f"/test/wire/requests/{ID}/status"),
    ("stream", "GET", "queue", f"/test/wire/requests/{ID}/status/stream"),
    ("result", "GET", "queue", f"/test/wire/requests/{ID}"), ("download", "GET", "media", r"/files/b/.*"),
]


def by_kind(sent):
    """Requests by what they are for; one that is for nothing known is a failure."""
    kinds = {}
    for request in sent:
        kind = next((kind for kind, *form in KINDS if form[:2] == [request.method, request.service]
                     and re.fullmatch(form[2], request.path)), None)
        assert kind, f"what is {request}?"
        kinds.setdefault(kind, []).append(request)
    return kinds


def pixels(png):
    picture = Image.open(io.BytesIO(png))
    return picture.format, picture.size, picture.mode, picture.tobytes()


class Comparison:
    """Two clients' requests for the same clip, in the order in which they belong together."""

    def __init__(self, recorder):
        self.recorder, self.found, self.met = recorder, [], set()

    def same(self, kind, what, ours, theirs):
        if ours != theirs:
            told = [repr(value) if len(repr(value)) < 2000 else f"{repr(value)[:1000]}…{repr(value)[-1000:]}"
                    for value in (ours, theirs)]
            self.found.append(f"      {kind}: {what}\n        keyreel    {told[0]}\n        fal_client {told[1]}")

    def request(self, kind, ours, theirs):
        for what in ("method", "service", "query"):
            self.same(kind, what, getattr(ours, what), getattr(theirs, what))
        self.same(kind, "path", re.sub(ID, "{id}", ours.path), re.sub(ID, "{id}", theirs.path))
        self.same(kind, "body", self.body(ours.body), self.body(theirs.body))
        ours, theirs = ({name: json.loads(value) if "lifecycle" in name else value for name, value in request.headers}
                        for request in (ours, theirs))
        for name in sorted({*ours, *theirs} - {"content-length"}):  # which follows from the body
            known = next((key for key in ((kind, name), ("*", name)) if key in DIFFERENCES), None)
            if known and ours.get(name) != theirs.get(name):
                self.met.add(known)
            elif not known:
                self.same(kind, name, ours.get(name), theirs.get(name))

    def body(self, body):
        """The bytes as they are, but with what is behind an uploaded file's address in the address's place."""
        def content(address):
            return b'"' + base64.b64encode(self.recorder.fetch(address.group(1).decode())) + b'"'
        return re.sub(rb'"(https://[^"]*)"', content, body)


def pictures(submission, recorder):
    """The bytes of both pictures as the server has them."""
    told = json.loads(submission.body)
    return [base64.b64decode(address.partition("base64,")[2]) if address.startswith("data:")
            else recorder.fetch(address) for address in (told["image_url"], told["end_image_url"])]


def compare(keyreel, folder, recorder, upload, words):
    """Has both clients make the clip; gives the differences that nothing explains, and the known ones met."""
    wishes, options = WISHES[words]
    recorder.refusals = {"/status/stream": 404}  # so that keyreel polls as the Python client does
    ours = by_kind(keyreel_makes(keyreel, folder, recorder, upload, wishes))
    brought = pictures(ours["submit"][0], recorder)
    theirs = by_kind(python_makes(folder, recorder, upload, options, brought))
    comparison = Comparison(recorder)
    # The author's pictures have the model's size, so they must arrive as they are.
    for name, picture in zip(("a.png", "b.png"), brought):
        comparison.same(name, "pixels", pixels(picture), pixels((folder / name).read_bytes()))
    # What is polled is up to each client's patience; the video is nothing that the Python client fetches.
    for kinds in (ours, theirs):
        kinds.pop("stream", None)
        kinds.pop("download", None)
        kinds["status"] = kinds["status"][:1]
    comparison.same("requests", "numbers", *({kind: len(sent) for kind, sent in sorted(kinds.items())}
                                             for kinds in (ours, theirs)))
    for kind in ours.keys() & theirs.keys():
        for pair in zip(ours[kind], theirs[kind]):
            comparison.request(kind, *pair)
    return comparison


def main():
    if sys.argv[1:] == ["--client"]:
        return client()
    failures, met = 0, set()
    with tempfile.TemporaryDirectory(prefix="keyreel-wire-") as scratch:
        folder = pathlib.Path(scratch) / "project"
        (folder / "models").mkdir(parents=True)
        (folder / ".keyreel").mkdir()
        (folder / "models" / "wire.json").write_text(profile())
        server = Server(sys.argv[1], scratch, "--dev-tls", "--backend", "instant", models=folder / "models")
        with server, contextlib.closing(Recorder(server)) as recorder:
            for shade, (upload, words) in enumerate(itertools.product(("inline", "storage"), WISHES)):
                # Other pictures, another clip.
                still(folder / "a.png", shade * 20)
                still(folder / "b.png", shade * 20 + 130)
                comparison = compare(sys.argv[2], folder, recorder, upload, words)
                met |= comparison.met
                failures += len(comparison.found)
                print(f"{'FAIL' if comparison.found else 'ok  '}  pictures {upload}, {words}", flush=True)
                for line in comparison.found:
                    print(line)
    for kind, name in sorted(DIFFERENCES.keys() - met):
        failures += 1
        print(f"FAIL  nothing differs any more in {kind} {name}")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
