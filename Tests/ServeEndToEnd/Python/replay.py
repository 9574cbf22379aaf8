#!/usr/bin/env python3
"""Sends every recorded request of the three official clients to a running server, as they were sent.

usage: replay.py PROGRAM REQUESTS

Ids, keys, tokens and addresses that the recording's own server had handed out are put in anew; pictures
nobody can fetch become data URIs; parts of uploads are cut to a few bytes. Every answer must be one that
all three clients accept: see strictness.py. Prints one line per breach.
"""

import http.client
import json
import re
import sys
import time
import urllib.parse

from serving import PATIENCE, Server, data_uri, png
from strictness import Breach, check_error, check_output, check_status, check_submit, must

ID = re.compile(r"/requests/([0-9a-f-]{36})")
NOBODY = "00000000-0000-0000-0000-000000000000"
PICTURE = json.dumps(data_uri(png()))
# Put in anew.
DROPPED = {"host", "content-length", "authorization", "x-fal-target-url"}


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)


class Replay:
    def __init__(self, server):
        self.server = server
        base = urllib.parse.urlsplit(server.urls["queue"])
        self.connection = http.client.HTTPConnection(base.netloc, timeout=PATIENCE)
        self.key = server.env["FAL_KEY"]
        self.ids, self.fresh = {}, []
        self.token, self.target, self.upload, self.etags = None, None, None, {}
        self.checked = 0

    def send(self, method, path, body=None, headers=None):
        self.connection.request(method, path, body=body, headers=headers or {})
        answer = self.connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())

    def play(self, request):
        headers = {name: value for name, value in request["headers"].items() if name.lower() not in DROPPED}
        given = {name.lower(): value for name, value in request["headers"].items()}
        path = request["path"] + (f"?{request['query']}" if request.get("query") else "")
        service, place = self.service(given, path)
        if "authorization" in given:
            headers["Authorization"] = self.credentials(given["authorization"], request, service)
        body = self.body(request)
        place, body = self.substitute(request, place, body)
        if "x-fal-target-url" in given:
            headers["x-fal-target-url"] = self.host(service) + place
            sent_path = path
        else:
            headers["Host"] = given["host"] if given["host"].endswith((".ai", ".run", ".media")) else \
                urllib.parse.urlsplit(self.server.urls["queue"]).netloc
            sent_path = place if headers["Host"] == given["host"] else f"/{service}{place}"
        if self.is_target(request):
            # An address is followed as it was given.
            parts = urllib.parse.urlsplit(place)
            headers["Host"], sent_path = parts.netloc, parts.path + (f"?{parts.query}" if parts.query else "")
        if service == "queue" and request["method"] == "GET" and "/status" not in place:
            self.wait(place)
        answer = self.send(request["method"], sent_path, body, headers)
        self.check(request, service, place, answer)
        self.checked += 1

    @staticmethod
    def host(service):
        return {"queue": "https://queue.fal.run", "run": "https://fal.run", "storage": "https://rest.fal.ai",
                "media": "https://v3.fal.media"}[service]

    @staticmethod
    def service(given, path):
        if "x-fal-target-url" in given:
            url = given["x-fal-target-url"]
            parts = urllib.parse.urlsplit(url)
            place = url.split(parts.netloc, 1)[1]
            return ("run" if parts.netloc == "fal.run" else "storage" if "rest" in parts.netloc else "queue"), place
        if path.startswith("/run/"):
            return "run", path[4:]
        if path.startswith("/storage/"):
            return "storage", path
        if path.startswith("/files/"):
            return ("storage" if given["host"] == "rest.fal.ai" else "media"), path
        return ("run" if given["host"].endswith(":9441") else "queue"), path

    @staticmethod
    def is_target(request):
        return request["path"].startswith("/upload-target/")

    def credentials(self, text, request, service):
        if "401" in request["case"] and request["method"] == "POST":
            return text
        return f"Bearer {self.token}" if text == "Bearer cdn-tok" else f"Key {self.key}"

    @staticmethod
    def body(request):
        if "size" in request:
            start = bytes.fromhex(request.get("first", ""))
            return (start + b"\0" * 64)[:min(64, request["size"])] or b"x"
        body = request.get("body")
        if body is None:
            return b"" if request["method"] in ("PUT", "POST") else None
        for address in ('"https://e/a.png"', '"https://e/b.png"', '"https:\\/\\/e\\/a.png"', '"https:\\/\\/e\\/b.png"'):
            body = body.replace(address, PICTURE)
        # The recording's own uploads are not here.
        body = re.sub(r'"http:[\\/]+127\.0\.0\.1:9480[\\/]+files[^"]*"', lambda _: PICTURE, body)
        return body.encode()

    def substitute(self, request, place, body):
        if self.is_target(request):
            rest = request["path"].removeprefix("/upload-target/abc")
            base, _, query = self.target.partition("?")
            if rest == "/complete":
                told = json.loads(body)
                for part in told["parts"]:
                    part["etag"] = self.etags.get(part["partNumber"], part["etag"])
                told["parts"] = [part for part in told["parts"] if part["partNumber"] in self.etags]
                body = json.dumps(told).encode()
            return base + rest + (f"?{query}" if query else ""), body
        if "/multipart/up1/" in place:
            last = place.rsplit("/", 1)[1]
            if last == "complete":
                body = json.dumps({"parts": self.all_parts(json.loads(body)["parts"])}).encode()
            access, identifier = self.upload
            return f"{urllib.parse.urlsplit(access).path}/multipart/{identifier}/{last}", body
        found = ID.search(place)
        if found and found.group(1) != NOBODY:
            place = place.replace(found.group(1), self.live(found.group(1), place))
        return place, body

    def all_parts(self, recorded):
        """The parts in the recorded order; those that the recording left out are sent first."""
        access, identifier = self.upload
        path = urllib.parse.urlsplit(access).path
        for part in recorded:
            number = part["partNumber"]
            if number not in self.etags:
                answer = self.send("PUT", f"{path}/multipart/{identifier}/{number}", b"more", {
                    "Host": urllib.parse.urlsplit(access).netloc, "Authorization": f"Bearer {self.token}"})
                self.etags[number] = answer.headers["etag"]
        return [{"partNumber": part["partNumber"], "etag": self.etags[part["partNumber"]]} for part in recorded]

    def live(self, recorded, place):
        """The id here of a request of the recording; one is made where the recording did not show its submission."""
        if recorded not in self.ids:
            if place.startswith("/workflows/"):
                self.ids[recorded] = recorded
            else:
                self.ids[recorded] = self.fresh.pop() if self.fresh else self.submit()
        return self.ids[recorded]

    def submit(self):
        body = f'{{"prompt":"a","image_url":{PICTURE},"end_image_url":{PICTURE},"num_frames":30}}'
        answer = self.send("POST", "/queue/fal-ai/framepack/flf2v", body.encode(),
                           {"Authorization": f"Key {self.key}", "Content-Type": "application/json"})
        return answer.json()["request_id"]

    def wait(self, place):
        """Clients ask for a result after COMPLETED."""
        id = ID.search(place)
        end = time.monotonic() + PATIENCE
        while id and time.monotonic() < end:
            answer = self.send("GET", f"/queue/fal-ai/framepack/requests/{id.group(1)}/status",
                               headers={"Authorization": f"Key {self.key}"})
            if answer.status != 202:
                return
            time.sleep(0.05)

    def check(self, request, service, place, answer):
        path = place.partition("?")[0]
        must(answer.status < 500, f"the answer is {answer.status}: {answer.body[:200]}")
        if "401" in request["case"] and request["method"] == "POST":
            must(answer.status == 401, f"a foreign key got {answer.status}")
            return check_error(answer)
        if self.is_target(request) or service in ("storage", "media"):
            return self.check_storage(request, path, answer)
        if path.startswith("/workflows/") or path.endswith("/stream") and "/requests/" not in path:
            must(answer.status == 404, f"what is not served here got {answer.status}")
            return check_error(answer)
        if NOBODY in path:
            must(answer.status == 404, f"an unknown request got {answer.status}")
        elif path.endswith("/status/stream"):
            must(answer.headers["content-type"].startswith("text/event-stream"), "no event stream")
            events = [json.loads(line[6:]) for line in answer.body.decode().splitlines() if line.startswith("data: ")]
            for event in events:
                check_status(event, 200 if event["status"] == "COMPLETED" else 202)
            must(events[-1]["status"] == "COMPLETED", "the stream ended before the request")
        elif path.endswith("/status"):
            check_status(answer.json(), answer.status)
        elif path.endswith("/cancel"):
            must((answer.status, answer.json()["status"]) in
                 ((202, "CANCELLATION_REQUESTED"), (400, "ALREADY_COMPLETED")), f"cancel got {answer.status}")
        elif "/requests/" in path:
            check_output(answer) if answer.status == 200 else check_error(answer)
        elif service == "run":
            check_output(answer) if b"image_url" in (self.body(request) or b"") else check_error(answer)
        elif answer.status == 422:
            # What the model itself finds wrong with an input is told by the result, not here.
            raise Breach(f"a submission got 422: {answer.body[:200]}")
        else:
            must(answer.status == 200, f"a submission got {answer.status}: {answer.body[:200]}")
            check_submit(answer)
            self.fresh = [answer.json()["request_id"]]

    def check_storage(self, request, path, answer):
        must(200 <= answer.status < 300, f"the answer is {answer.status}: {answer.body[:200]}")
        number = path.rsplit("/", 1)[1]
        if path.endswith("/auth/token"):
            told = answer.json()
            must(told["token_type"] and told["base_url"].startswith("http"), "Python needs the token's type and base")
            must(re.search(r"[+-]\d\d:\d\d$", told["expires_at"]), "old Pythons cannot read this time")
            self.token = told["token"]
        elif path.endswith("/upload/initiate") or path.endswith("/initiate-multipart"):
            told = answer.json()
            must(told["file_url"].startswith("http") and told["upload_url"].startswith("http"), "no upload address")
            self.target = told["upload_url"]
            self.etags = {}
        elif path.endswith("/files/upload/multipart"):
            told = answer.json()
            self.upload, self.etags = (told["access_url"], told["uploadId"]), {}
        elif path.endswith("/files/upload"):
            must(answer.json()["access_url"].startswith("http"), "Python needs `access_url`")
        elif number.isdigit() and ("/multipart/" in path or self.is_target(request)):
            if "/multipart/" in path:
                must(answer.headers["etag"], "Python needs an ETag")
                self.etags[int(number)] = answer.headers["etag"]
            if request["client"] == "JS":
                told = answer.json()
                must(told["partNumber"] == int(number) and told["etag"], "JS needs the part's number and etag")
                self.etags[int(number)] = told["etag"]


def main():
    program, file = sys.argv[1:3]
    requests = json.load(open(file, encoding="utf-8"))
    breaches = 0
    with Server(program, None, "--backend", "instant") as server:
        replay = Replay(server)
        for number, request in enumerate(requests, 1):
            try:
                replay.play(request)
            except (Breach, KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
                breaches += 1
                print(f"{number}. {request['client']}, {request['case']}: {request['method']} {request['path']}: "
                      f"{type(error).__name__}: {error}")
        if breaches:
            print(server.tail(20))
    print(f"{len(requests)} requests, {replay.checked} answers taken, {breaches} refused")
    sys.exit(1 if breaches or not requests else 0)


if __name__ == "__main__":
    main()
