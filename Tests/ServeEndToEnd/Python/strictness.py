"""What the three official clients demand of an answer: each refuses something that the others take."""

import urllib.parse
import uuid

LEVELS = {"STDERR", "STDOUT", "ERROR", "INFO", "WARN", "DEBUG"}


class Breach(Exception):
    pass


def must(condition, sentence):
    if not condition:
        raise Breach(sentence)


def check_status(status, code):
    state = status.get("status")
    must(state in ("IN_QUEUE", "IN_PROGRESS", "COMPLETED"), f"no client knows the state {state}")
    must(code == (200 if state == "COMPLETED" else 202), f"{state} came with {code}")
    must("logs" in status, "Python and Swift refuse a status without `logs`")
    if state == "IN_QUEUE":
        must(isinstance(status.get("queue_position"), int), "Python and Swift refuse IN_QUEUE without a position")
    for name in ("response_url", "status_url", "cancel_url"):
        must(str(status.get(name)).startswith("http"), f"Swift refuses a status without `{name}`")
    must(isinstance(status.get("metrics"), dict), "`metrics` is an object")
    if state != "COMPLETED":
        must("error" not in status and "error_type" not in status, "an error stands in a status that is none")
    for line in status["logs"] or []:
        must(line["labels"]["level"] in LEVELS, f"Swift refuses the level {line['labels']}")
        must(isinstance(line["message"], str) and isinstance(line["timestamp"], str), "a log line has no text")


def check_submit(answer):
    told = answer.json()
    uuid.UUID(told["request_id"])
    for name in ("response_url", "status_url", "cancel_url"):
        must(urllib.parse.urlsplit(told[name]).scheme in ("http", "https"), f"Python needs `{name}`")
        must(told["request_id"] in told[name], f"`{name}` leads elsewhere")
    must(answer.headers["x-fal-request-id"] == told["request_id"], "JS reads the id from the header")


def check_error(answer):
    must(400 <= answer.status < 500, f"the answer is {answer.status}: {answer.body[:200]}")
    detail = answer.json()["detail"]
    if isinstance(detail, list):
        must(all(set(entry) >= {"loc", "msg", "type"} for entry in detail), f"a mistake lacks its place: {detail}")
    else:
        must(isinstance(detail, str), f"`detail` is {detail}")


def check_output(answer):
    must(answer.status == 200, f"the answer is {answer.status}: {answer.body[:200]}")
    must(answer.json()["video"]["url"].startswith("http"), "the output has no video")
