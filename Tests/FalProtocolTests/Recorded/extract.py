#!/usr/bin/env python3
"""Turns a log of recorded HTTP requests of the official clients into requests.json beside this file.

usage: extract.py LOG

The log has sections (a line of equal signs, a title such as `A. Python, …`, a line of equal signs), cases
(`#### title   [n request(s)]`) and requests (`>>> REQUEST [tls]`, the request as it was sent, then
`<<< RESPONSE`). Bodies that are no text stand as `<binary 58 bytes, first 16: 8950…>`; they become a
`size` and the first bytes in hexadecimal digits. Repetitions of a request within a case are left out,
and so are the headers that every HTTP client sends anyhow.
"""

import json
import pathlib
import re
import sys

PLAIN = {"accept-encoding", "connection", "accept-language", "sec-fetch-mode", "content-length"}
BINARY = re.compile(r"^<binary (\d+) bytes, first \d+: ([0-9a-f]*)>$")
METHOD = re.compile(r"^(GET|POST|PUT|DELETE) (\S+) HTTP/1\.1$")


def requests(text):
    section = case = None
    lines = text.split("\n")
    index = 0
    while index < len(lines):
        line = lines[index]
        if match := re.match(r"^([A-Z])\. (\w+)", line):
            section, client = match.groups()
        elif line.startswith("#### "):
            case = re.sub(r"\s+\[\d+ request.*$", "", line[5:])
        elif section and (match := METHOD.match(line)):
            end = next(i for i in range(index, len(lines)) if lines[i].startswith("<<< RESPONSE"))
            yield {"section": section, "client": client, "case": case, **request(match, lines[index + 1 : end])}
            index = end
        index += 1


def request(match, lines):
    blank = lines.index("")
    headers = dict(line.split(": ", 1) for line in lines[:blank])
    path, _, query = match.group(2).partition("?")
    result = {"method": match.group(1), "path": path}
    if query:
        result["query"] = query
    result["headers"] = {k: v for k, v in headers.items() if k.lower() not in PLAIN}
    body = "\n".join(lines[blank + 1 :]).strip("\n")
    if binary := BINARY.match(body):
        result["size"], result["first"] = int(binary.group(1)), binary.group(2)
    elif body:
        result["body"] = body
    return result


if __name__ == "__main__":
    seen, kept = set(), []
    for entry in requests(pathlib.Path(sys.argv[1]).read_text()):
        # Ids differ from one recording to the next, what is asked for does not.
        key = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "id", json.dumps(entry))
        if key not in seen:
            seen.add(key)
            kept.append(entry)
    lines = ",\n".join(" " + json.dumps(entry, ensure_ascii=False) for entry in kept)
    (pathlib.Path(__file__).parent / "requests.json").write_text("[\n" + lines + "\n]\n")
    print(len(kept), "requests")
