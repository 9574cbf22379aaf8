#!/usr/bin/env python3
"""Rehearsed faults happen as their file says, where it says, and nowhere else.

usage: faults.py PROGRAM EXAMPLE SCHEMA

Prints a line per case and ends with 1 when any fails.
"""

import http.client
import json
import pathlib
import subprocess
import sys
import tempfile
import time
import traceback

import jsonschema
import yaml

from rehearsal import PROGRAM, Rehearsal, broken
from serving import PATIENCE, Server, TINY, call, tiny_input


def submissions():
    script = """
        faults:
          - {at: submit, nth: 1, answer: {status: 429, retry_after: 7}}
          - {at: submit, nth: 2, answer: {status: 503, after: true}}
          - {at: submit, nth: 3, reset: before}
          - {at: submit, nth: 4, reset: after}
          - {at: submit, nth: 5, answer: {status: 502, gateway: true}}
          - {at: submit, nth: 6, delay: 300ms}
          - {at: submit, endpoint: other/model, answer: 500}
        """
    with Rehearsal(script) as rehearsal:
        answer = rehearsal.submit()
        assert (answer.status, answer.headers["retry-after"]) == (429, "7"), (answer.status, answer.headers)
        assert rehearsal.jobs() == 0
        answer = rehearsal.submit()
        assert answer.status == 503 and isinstance(answer.json()["detail"], str), answer.body
        assert rehearsal.jobs() == 1, "a 5xx after acceptance accepts nothing"
        assert broken(rehearsal.submit) and rehearsal.jobs() == 1
        assert broken(rehearsal.submit) and rehearsal.jobs() == 2, "the answer was lost, and the job with it"
        answer = rehearsal.submit()
        assert answer.status == 502 and b"nginx" in answer.body and answer.headers["x-fal-request-id"] is None
        begin = time.monotonic()
        assert rehearsal.submit().status == 200 and time.monotonic() - begin >= 0.3
        begin = time.monotonic()
        assert rehearsal.submit().status == 200 and rehearsal.jobs() == 4
        log = rehearsal.server.log.read_text()
        assert "REHEARSAL" in log and log.count("fault played") == 6, log


def others():
    script = """
        faults:
          - {at: status, nth: 2, answer: 500}
          - {at: result, nth: 1, answer: {status: 504, gateway: true}}
          - {at: cancel, nth: 1, answer: 503}
          - {at: run, nth: 1, answer: 429}
          - {at: upload, nth: 1, answer: 500}
          - {at: platform, nth: 1, answer: 429}
        """
    with Rehearsal(script) as rehearsal:
        id = rehearsal.submit().json()["request_id"]
        assert rehearsal.ask(f"{id}/status").status in (200, 202)
        assert rehearsal.ask(f"{id}/status").status == 500
        rehearsal.ended(id)
        assert rehearsal.ask(id).status == 504
        assert rehearsal.ask(id).status == 200, "the result is there at the next question"
        assert rehearsal.ask(f"{id}/cancel", "PUT").status == 503
        assert rehearsal.ask(f"{id}/cancel", "PUT").status == 400
        run = f"{rehearsal.server.urls['run']}/{TINY}"
        assert call("POST", run, body=tiny_input(), key=rehearsal.key).status == 429
        assert call("POST", run, body=tiny_input(), key=rehearsal.key).status == 200
        token = f"{rehearsal.server.urls['storage']}/storage/auth/token?storage_type=fal-cdn-v3"
        assert call("POST", token, body={}, key=rehearsal.key).status == 500
        assert call("POST", token, body={}, key=rehearsal.key).status == 200
        prices = f"{rehearsal.server.urls['platform']}/v1/models/pricing?endpoint_id={TINY}"
        assert call("GET", prices, key=rehearsal.key).status == 429
        assert call("GET", prices, key=rehearsal.key).status == 200


def downloads():
    script = """
        faults:
          - {at: download, nth: 2, truncate: 100}
          - {at: download, nth: 3, slow: 2000}
          - {at: download, nth: 4, expired: true}
          - {at: download, nth: 5, reset: before}
        """
    with Rehearsal(script) as rehearsal:
        url = rehearsal.result().json()["video"]["url"]
        whole = call("GET", url).body
        try:
            call("GET", url)
        except http.client.IncompleteRead as error:
            assert error.partial == whole[:100], len(error.partial)
        else:
            raise AssertionError("the truncated download looks whole")
        begin = time.monotonic()
        assert call("GET", url).body == whole
        assert time.monotonic() - begin >= len(whole) / 2000 * 0.8, (time.monotonic() - begin, len(whole))
        assert call("GET", url).status == 404
        assert broken(lambda: call("GET", url))
        assert call("GET", url).body == whole


def probe(rehearsal, url):
    file = rehearsal.server.folder / "clip.mp4"
    file.write_bytes(call("GET", url).body)
    told = json.loads(subprocess.run(
        ["ffprobe", "-v", "error", "-select_streams", "v", "-count_packets", "-show_entries",
         "stream=width,height,nb_read_packets", "-of", "json", file], check=True, capture_output=True).stdout)
    stream = told["streams"][0]
    return int(stream["nb_read_packets"]), stream["width"], stream["height"]


def clips():
    script = """
        faults:
          - {at: work, nth: [2, 5], frames: 3}
          - {at: work, nth: 3, frames: -2}
          - {at: work, nth: [4, 5], size: 96x64}
          - {at: work, nth: 6, refuse: content_policy_violation}
          - {at: work, nth: 7, fail: {status: 500, type: runner_server_error}}
          - {at: work, nth: 8, delay: {uniform: [200ms, 300ms]}}
          - {at: work, nth: 9, never_ends: true}
          - {at: work, nth: 10, bill: worst}
        """
    with Rehearsal(script) as rehearsal:
        for expected in ((5, 64, 48), (8, 64, 48), (3, 64, 48), (5, 96, 64), (8, 96, 64)):
            answer = rehearsal.result()
            found = probe(rehearsal, answer.json()["video"]["url"])
            assert found == expected, (found, expected)
        answer = rehearsal.result()
        assert answer.status == 422 and answer.json()["detail"][0]["type"] == "content_policy_violation", answer.body
        answer = rehearsal.result()
        assert answer.status == 500 and answer.json()["error_type"] == "runner_server_error", answer.body
        begin = time.monotonic()
        assert rehearsal.result().status == 200 and time.monotonic() - begin >= 0.2
        id = rehearsal.submit().json()["request_id"]
        while (state := rehearsal.ask(f"{id}/status").json()["status"]) == "IN_QUEUE":
            time.sleep(0.02)
        assert state == "IN_PROGRESS", state
        assert rehearsal.ask(f"{id}/cancel", "PUT").status == 202
        assert rehearsal.ended(id)["error_type"] == "client_cancelled"


def bills():
    """The worst price of FramePack: its own grid of frames, and the dearer resolution."""
    model = "fal-ai/framepack/flf2v"
    with Rehearsal("faults: [{at: work, nth: 2, bill: worst}]") as rehearsal:
        units = []
        for _ in range(2):
            answer = call("POST", f"{rehearsal.server.urls['run']}/{model}", key=rehearsal.key, timeout=PATIENCE,
                          body=tiny_input(num_frames=30))
            units.append(float(answer.headers["x-fal-billable-units"]))
        # 30 frames may come back as 37, at 30 a second, one and a half times as dear.
        assert units[0] == 1.0 and abs(units[1] - 37 / 30 * 1.5) < 1e-6, units


def seeds():
    def played(seed):
        with Rehearsal(f"seed: {seed}\nfaults:\n  - {{at: platform, probability: 0.4, answer: 503}}\n") as rehearsal:
            prices = f"{rehearsal.server.urls['platform']}/v1/models/pricing?endpoint_id={TINY}"
            return [call("GET", prices, key=rehearsal.key).status for _ in range(60)]
    first, again, other = played(3), played(3), played(4)
    assert first == again and first != other, (first, again, other)
    assert 10 <= first.count(503) <= 40 and set(first) == {200, 503}, first


def quiet():
    with Server(PROGRAM, None, "--backend", "instant") as server:
        call("GET", server.urls["queue"].rsplit("/", 1)[0] + "/healthz")
        assert "REHEARSAL" not in server.log.read_text()


MISTAKES = [
    ("", None, "empty"),
    ("faults: []\n", None, "faults"),
    ("seed: -1\nfaults: [{at: submit, answer: 500}]\n", "1:7", "seed"),
    ("faults:\n  - at: sbmit\n    answer: 500\n", "2:9", "submit"),
    ("faults:\n  - answer: 500\n", "2:5", "at"),
    ("faults:\n  - at: submit\n", "2:5", "nothing"),
    ("faults:\n  - at: submit\n    answr: 500\n", "3:5", "answer"),
    ("faults:\n  - at: submit\n    answer: 200\n", "3:13", "400"),
    ("faults:\n  - at: submit\n    answer: 500\n    reset: after\n", "4:5", "one thing"),
    ("faults:\n  - at: submit\n    delay: 5\n", "3:12", "time"),
    ("faults:\n  - at: submit\n    delay: {uniform: [2s, 1s]}\n", "3:27", "longer"),
    ("faults:\n  - at: submit\n    probability: 1.5\n    answer: 500\n", "3:18", "probability"),
    ("faults:\n  - at: submit\n    nth: [1, 0]\n    answer: 500\n", "3:14", "nth"),
    ("faults:\n  - at: submit\n    frames: 3\n", "3:5", "work"),
    ("faults:\n  - at: work\n    answer: 500\n", "3:5", "work"),
    ("faults:\n  - at: download\n    endpoint: a/b\n    expired: true\n", "3:15", "endpoint"),
    ("faults:\n  - at: work\n    size: 640\n", "3:11", "size"),
    ("faults:\n  - at: work\n    never_ends: false\n", "3:17", "nothing"),
    ("faults:\n\t- at: work\n", "2:1", "tab"),
    ("faults: [\n", "1:10", ""),
    ("- at: work\n", "1:1", "mapping"),
    ("faults: !x 3\n", "1:9", "tag"),
]


def mistakes(schema):
    judge = jsonschema.Draft202012Validator(schema)
    for text, place, word in MISTAKES:
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "faults.yaml"
            file.write_text(text)
            outcome = subprocess.run(
                [PROGRAM, "--port", "0", "--data", f"{folder}/data", "--faults", str(file)],
                capture_output=True, text=True, timeout=PATIENCE)
            said = outcome.stderr
            where = f"{file}:{place}: " if place else str(file)
            assert outcome.returncode == 64, (text, outcome.returncode, said)
            assert where in said and word in said, (text, said)
            assert len(said.splitlines()) <= 3, said
        try:
            value = yaml.safe_load(text)
        except yaml.YAMLError:
            continue
        # A rule that the schema leaves to the program.
        if "uniform: [2s, 1s]" in text:
            continue
        assert list(judge.iter_errors(value)), f"the schema takes {text!r}"


def example(file, schema):
    jsonschema.Draft202012Validator.check_schema(schema)
    script = pathlib.Path(file).read_text()
    errors = list(jsonschema.Draft202012Validator(schema).iter_errors(yaml.safe_load(script)))
    assert not errors, errors
    with Rehearsal(script) as rehearsal:
        assert [rehearsal.submit().status for _ in range(4)] == [429, 429, 429, 200]
        assert broken(rehearsal.submit)


def main():
    schema = json.loads(pathlib.Path(sys.argv[3]).read_text())
    failures = 0
    for title, function in (
            ("submissions are refused, lost, reset and late", submissions),
            ("every other place has its faults", others), ("downloads break in their four ways", downloads),
            ("clips and jobs go wrong", clips), ("the worst bill is the profile's", bills),
            ("a seed decides", seeds), ("without a file nothing goes wrong", quiet),
            ("mistakes in the file are told with their place", lambda: mistakes(schema)),
            ("the example is a valid file and plays", lambda: example(sys.argv[2], schema))):
        try:
            function()
            print(f"ok    {title}", flush=True)
        except Exception:
            failures += 1
            print(f"FAIL  {title}\n{traceback.format_exc(limit=-3)}", flush=True)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
